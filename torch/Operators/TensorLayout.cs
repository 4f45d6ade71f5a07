namespace Parallax.Torch;

/// <summary>Shape, memory order, type and place of a tensor, read where libtorch keeps them: a tenth of the time of TorchSharp's properties.</summary>
/// <remarks>Valid as long as the tensor lives and is not changed by <c>set_</c> or a resize: keep the tensor alive.</remarks>
internal readonly unsafe ref struct TensorLayout
{
    private static readonly delegate* unmanaged<nint, long*, int> Dimensions = (delegate* unmanaged<nint, long*, int>)Exports.Address(Exports.Dimensions);
    private static readonly delegate* unmanaged<nint, long**, int> Sizes = (delegate* unmanaged<nint, long**, int>)Exports.Address(Exports.Sizes);
    private static readonly delegate* unmanaged<nint, long**, int> StridesOf = (delegate* unmanaged<nint, long**, int>)Exports.Address(Exports.Strides);
    private static readonly delegate* unmanaged<nint, int*, int> TypeOf = (delegate* unmanaged<nint, int*, int>)Exports.Address(Exports.Type);
    private static readonly delegate* unmanaged<nint, int*, int> DeviceOf = (delegate* unmanaged<nint, int*, int>)Exports.Address(Exports.Device);

    public TensorLayout(Tensor tensor)
    {
        var handle = tensor.Handle;
        long dimensions;
        long* sizes;
        long* strides;
        int type, device;
        if ((Dimensions(handle, &dimensions) | Sizes(handle, &sizes) | StridesOf(handle, &strides) | TypeOf(handle, &type) | DeviceOf(handle, &device)) != 0)
        {
            throw new InvalidOperationException("The layout of this tensor cannot be read; expected a dense tensor.");
        }

        Shape = new(sizes, (int)dimensions);
        Strides = new(strides, (int)dimensions);
        (Type, Device) = ((ScalarType)type, (DeviceType)device);
    }

    public ReadOnlySpan<long> Shape { get; }

    public ReadOnlySpan<long> Strides { get; }

    public ScalarType Type { get; }

    public DeviceType Device { get; }

    public long Count
    {
        get
        {
            var count = 1L;
            foreach (var size in Shape)
            {
                count *= size;
            }

            return count;
        }
    }

    /// <summary>Whether the elements fill one piece of memory without gaps or overlap, in any order of the dimensions.</summary>
    public bool IsDense
    {
        get
        {
            // Stride by stride: the dimension of the next stride is the one whose neighbours lie as far apart as all elements so far are long.
            var expected = 1L;
            var count = Count;
            while (expected < count)
            {
                var next = -1;
                for (var i = 0; i < Shape.Length && next < 0; i++)
                {
                    next = Shape[i] > 1 && Strides[i] == expected ? i : -1;
                }

                if (next < 0)
                {
                    return false;
                }

                expected *= Shape[next];
            }

            return true;
        }
    }

    /// <summary>Whether equal flat positions of two dense tensors of one shape mean equal elements.</summary>
    public bool HasOrderOf(in TensorLayout other)
    {
        for (var i = 0; i < Shape.Length; i++)
        {
            if (Shape[i] != 1 && Strides[i] != other.Strides[i])
            {
                return false;
            }
        }

        return true;
    }
}
