namespace Parallax.Torch;

/// <summary>The memory behind a tensor.</summary>
public static unsafe class TensorMemory
{
    private static readonly delegate* unmanaged<nint, nint*, int> DataPointer = (delegate* unmanaged<nint, nint*, int>)Exports.Address(Exports.DataPointer);

    /// <summary>Address of the first element. The tensor must outlive its use: keep it alive.</summary>
    /// <exception cref="InvalidOperationException">The tensor has no memory of its own, for example a sparse one.</exception>
    public static void* Address(Tensor tensor)
    {
        nint data;
        if (DataPointer(tensor.Handle, &data) != 0)
        {
            throw new InvalidOperationException("The memory of this tensor cannot be read; expected a dense tensor.");
        }

        return (void*)data;
    }
}
