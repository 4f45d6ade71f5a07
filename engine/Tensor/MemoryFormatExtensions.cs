using static Parallax.Torch.torch;

namespace Parallax.Engine;

/// <summary>Memory order of tensors, which TorchSharp has no functions for.</summary>
public static class MemoryFormatExtensions
{
    /// <summary>The same values in the given order; a new object even when nothing had to be copied.</summary>
    public static Tensor contiguous(this Tensor tensor, memory_format format) => Ops.contiguous(tensor, format);

    /// <summary>Does the tensor lie in memory in the given order?</summary>
    public static unsafe bool is_contiguous(this Tensor tensor, memory_format format)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        int result;
        Native.Check(Native.px_is_contiguous(tensor.Live, (int)format, &result), "is_contiguous()");
        GC.KeepAlive(tensor);
        return result != 0;
    }

    /// <summary>Device, type and order in one copy; what is null stays.</summary>
    public static Tensor to(this Tensor tensor, memory_format format, ScalarType? type = null, Device? device = null, bool non_blocking = false) =>
        Ops.to_dtype_layout(tensor, type, device: device, non_blocking: non_blocking, memory_format: format);

    /// <summary>A copy in the given order.</summary>
    public static Tensor clone(this Tensor tensor, memory_format format) => Ops.clone(tensor, format);

    /// <summary>A tensor of the shape, type and device of this one in the given order, not initialised.</summary>
    public static Tensor empty_like(this Tensor tensor, memory_format format) => Ops.empty_like(tensor, memory_format: format);
}
