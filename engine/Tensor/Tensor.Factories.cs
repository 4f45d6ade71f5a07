namespace Parallax.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.zeros_like(this, dtype, device: device).Record(requires_grad);

        public Tensor ones_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.ones_like(this, dtype, device: device).Record(requires_grad);

        public Tensor empty_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.empty_like(this, dtype, device: device).Record(requires_grad);

        public Tensor rand_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.rand_like(this, dtype, device: device).Record(requires_grad);

        public Tensor randn_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.randn_like(this, dtype, device: device).Record(requires_grad);

        public Tensor full_like(Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.full_like(this, value, dtype, device: device).Record(requires_grad);

        public Tensor randint_like(Scalar low, Scalar high, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.randint_like_low_dtype(this, low.Integer, high.Integer, dtype, device: device).Record(requires_grad);

        public Tensor new_zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.zeros(size, dtype ?? this.dtype, device: device ?? this.device).Record(requires_grad);

        public Tensor new_zeros(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.zeros(size, dtype ?? this.dtype, device: device ?? this.device).Record(requires_grad);

        public Tensor new_zeros(long dim0, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            new_zeros([dim0], dtype, device, requires_grad);

        public Tensor new_zeros(long dim0, long dim1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            new_zeros([dim0, dim1], dtype, device, requires_grad);

        public Tensor new_zeros(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            new_zeros([dim0, dim1, dim2], dtype, device, requires_grad);

        public Tensor new_zeros(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            new_zeros([dim0, dim1, dim2, dim3], dtype, device, requires_grad);

        public Tensor new_ones(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.ones(size, dtype ?? this.dtype, device: device ?? this.device).Record(requires_grad);

        public Tensor new_ones(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.ones(size, dtype ?? this.dtype, device: device ?? this.device).Record(requires_grad);

        public Tensor new_ones(long dim0, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            new_ones([dim0], dtype, device, requires_grad);

        public Tensor new_ones(long dim0, long dim1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            new_ones([dim0, dim1], dtype, device, requires_grad);

        public Tensor new_ones(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            new_ones([dim0, dim1, dim2], dtype, device, requires_grad);

        public Tensor new_ones(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            new_ones([dim0, dim1, dim2, dim3], dtype, device, requires_grad);

        public Tensor new_empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.empty_memory_format(size, dtype ?? this.dtype, device: device ?? this.device).Record(requires_grad);

        public Tensor new_empty(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.empty_memory_format(size, dtype ?? this.dtype, device: device ?? this.device).Record(requires_grad);

        public Tensor new_empty(long dim0, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            new_empty([dim0], dtype, device, requires_grad);

        public Tensor new_empty(long dim0, long dim1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            new_empty([dim0, dim1], dtype, device, requires_grad);

        public Tensor new_empty(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            new_empty([dim0, dim1, dim2], dtype, device, requires_grad);

        public Tensor new_empty(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            new_empty([dim0, dim1, dim2, dim3], dtype, device, requires_grad);

        public Tensor new_full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.full(size, value, dtype ?? this.dtype, device: device ?? this.device).Record(requires_grad);

        public Tensor new_full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Ops.full(size, value, dtype ?? this.dtype, device: device ?? this.device).Record(requires_grad);

        public Tensor new_tensor(Tensor data, bool requires_grad = false) => data.to(dtype, device, copy: true).Record(requires_grad);

        internal Tensor Record(bool requires_grad) => requires_grad ? requires_grad_() : this;
    }
}
