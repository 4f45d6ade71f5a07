namespace Parallax.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => Ops.eq_Tensor(this, target);

        public Tensor eq(Scalar target) => Ops.eq_Scalar(this, target);

        public Tensor ne(Tensor target) => Ops.ne_Tensor(this, target);

        public Tensor ne(Scalar target) => Ops.ne_Scalar(this, target);

        public Tensor lt(Tensor target) => Ops.lt_Tensor(this, target);

        public Tensor lt(Scalar target) => Ops.lt_Scalar(this, target);

        public Tensor le(Tensor target) => Ops.le_Tensor(this, target);

        public Tensor le(Scalar target) => Ops.le_Scalar(this, target);

        public Tensor gt(Tensor target) => Ops.gt_Tensor(this, target);

        public Tensor gt(Scalar target) => Ops.gt_Scalar(this, target);

        public Tensor ge(Tensor target) => Ops.ge_Tensor(this, target);

        public Tensor ge(Scalar target) => Ops.ge_Scalar(this, target);

        public Tensor logical_and(Tensor other) => Ops.logical_and(this, other);

        public Tensor bitwise_and(Tensor other) => Ops.bitwise_and_Tensor(this, other);

        public Tensor logical_or(Tensor other) => Ops.logical_or(this, other);

        public Tensor bitwise_or(Tensor other) => Ops.bitwise_or_Tensor(this, other);

        public Tensor logical_xor(Tensor other) => Ops.logical_xor(this, other);

        public Tensor bitwise_xor(Tensor other) => Ops.bitwise_xor_Tensor(this, other);

        public Tensor equal(Tensor target) => Ops.eq_Tensor(this, target);

        public bool allclose(Tensor target, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) =>
            Ops.allclose(this, target, rtol, atol, equal_nan);

        public Tensor isclose(Tensor other, double rtol = 1e-5, double atol = 1e-8, bool nanEqual = false) => Ops.isclose(this, other, rtol, atol, nanEqual);

        public Tensor all() => Ops.all(this);

        public Tensor all(long dim, bool keepdim = false) => Ops.all_dim(this, dim, keepdim);

        public Tensor any() => Ops.any(this);

        public Tensor any(long dim, bool keepdim = false) => Ops.any_dim(this, dim, keepdim);
    }
}
