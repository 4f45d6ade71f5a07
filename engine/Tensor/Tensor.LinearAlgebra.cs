namespace Parallax.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor matmul(Tensor target) => Ops.matmul(this, target);

        public Tensor mm(Tensor target) => Ops.mm(this, target);

        public Tensor bmm(Tensor batch2) => Ops.bmm(this, batch2);

        public Tensor mv(Tensor target) => Ops.mv(this, target);

        public Tensor dot(Tensor target) => Ops.dot(this, target);

        public Tensor outer(Tensor vec2) => Ops.outer(this, vec2);

        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => Ops.baddbmm(this, batch1, batch2, beta, alpha);

        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Ops.addmm(this, mat1, mat2, beta, alpha);

        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Ops.addmm_(this, mat1, mat2, beta, alpha);

        public Tensor addmv(Tensor mat, Tensor vec, float beta = 1, float alpha = 1) => Ops.addmv(this, mat, vec, beta, alpha);

        public Tensor addbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => Ops.addbmm(this, batch1, batch2, beta, alpha);

        public Tensor tensordot(Tensor b, long dims = 2)
        {
            var own = Enumerable.Range(0, (int)dims).Select(i => dim() - dims + i).ToArray();
            return Ops.tensordot(this, b, own, Enumerable.Range(0, (int)dims).Select(i => (long)i).ToArray());
        }

        public Tensor tensordot(Tensor b, long[] dims1, long[] dims2) => Ops.tensordot(this, b, dims1, dims2);

        public Tensor kron(Tensor other) => Ops.kron(this, other);

        public Tensor inverse() => Ops.linalg_inv(this);

        public Tensor pinverse() => Ops.linalg_pinv(this, 1e-15);

        public Tensor trace() => Ops.trace(this);

        public Tensor cross(Tensor other, long? dim = null) => Ops.cross(this, other, dim);
    }
}
