namespace Parallax.Engine;

/// <summary>Memory order of tensors.</summary>
internal static class DenseMemory
{
    /// <summary>Whether the elements fill one piece of memory without gaps or overlap, in any order of the dimensions.</summary>
    public static bool IsDense(Tensor tensor)
    {
        if (tensor.is_contiguous())
        {
            return true;
        }

        var shape = tensor.shape;
        var stride = tensor.stride();
        var order = Enumerable.Range(0, shape.Length).Where(i => shape[i] != 1).OrderBy(i => stride[i]);
        var expected = 1L;
        foreach (var i in order)
        {
            if (stride[i] != expected)
            {
                return false;
            }

            expected *= shape[i];
        }

        return true;
    }

    /// <summary>Whether equal flat positions of two dense tensors of one shape mean equal elements.</summary>
    public static bool HaveSameOrder(Tensor a, Tensor b)
    {
        var shape = a.shape;
        var strideA = a.stride();
        var strideB = b.stride();
        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i] != 1 && strideA[i] != strideB[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The tensor itself when type, device and memory order are those of <paramref name="like"/>; otherwise a copy that is.</summary>
    /// <param name="type">Type wanted; the type of <paramref name="like"/> when null.</param>
    public static Tensor Matching(Tensor tensor, Tensor like, torch.ScalarType? type = null)
    {
        var wanted = type ?? like.dtype;
        return tensor.dtype == wanted && tensor.device_type == like.device_type && HaveSameOrder(tensor, like)
            ? tensor
            : torch.empty_like(like, dtype: wanted).copy_(tensor);
    }

    /// <summary>Address of the first element. The tensor must outlive its use: keep it alive.</summary>
    public static unsafe void* Address(Tensor tensor)
    {
        nint data;
        Native.Check(Native.px_data_ptr(tensor.Handle, &data), "data_ptr");
        return (void*)data;
    }
}
