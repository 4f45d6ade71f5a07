namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>A tensor over the array's own memory: a write to either is seen in both. The array stays pinned while the tensor or a view of it lives.</summary>
    public static Tensor from_array(Array rawArray) => FromData.Share(rawArray, null, 0, -1);

    public static Tensor from_array(Array rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        var shared = FromData.Share(rawArray, null, 0, -1);
        var moved = dtype is null && device is null ? shared : Ops.to_dtype_layout(shared, dtype, device: device);
        return moved.Record(requires_grad);
    }

    public static Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false) =>
        FromData.Share(rawArray, dtype, offset, count).Record(requires_grad);

    public static Tensor as_tensor(Array data, ScalarType? dtype = null, Device? device = null) => from_array(data, dtype, device);

    public static Tensor as_tensor(Tensor data, ScalarType? dtype = null, Device? device = null) => Ops.to_dtype_layout(data, dtype, device: device);
}
