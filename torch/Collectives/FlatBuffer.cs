namespace Parallax.Torch;

/// <summary>One contiguous block with a part for each of several tensors, so that they travel in one exchange. It belongs to no scope.</summary>
internal sealed class FlatBuffer : IDisposable
{
    /// <param name="tensors">Shapes and device of the parts.</param>
    /// <param name="type">Element type of the block.</param>
    /// <param name="extra">Elements after the last part.</param>
    /// <remarks>Parts are in the order of channels-last tensors' memory: copies are fast, and all processes must have the same layouts.</remarks>
    public FlatBuffer(IReadOnlyList<Tensor> tensors, ScalarType type, int extra)
    {
        using var scope = NewDisposeScope();
        Whole = empty([tensors.Sum(tensor => tensor.numel()) + extra], type, tensors[0].device);
        Parts = new Tensor[tensors.Count];
        var offset = 0L;
        for (var i = 0; i < Parts.Length; i++)
        {
            var (tensor, length) = (tensors[i], tensors[i].numel());
            Parts[i] = !tensor.is_contiguous() && tensor.IsChannelsLast()
                ? Whole.as_strided(tensor.shape, tensor.stride(), offset)
                : Whole.narrow(0, offset, length).view(tensor.shape);
            offset += length;
        }

        Extra = Whole.narrow(0, offset, extra);
        foreach (var own in (Tensor[])[Whole, .. Parts, Extra])
        {
            own.DetachFromDisposeScope();
        }
    }

    /// <summary>[total], contiguous, uninitialised.</summary>
    public Tensor Whole { get; }

    /// <summary>A view into <see cref="Whole"/> for each tensor, of its shape.</summary>
    public Tensor[] Parts { get; }

    /// <summary>[extra], the end of <see cref="Whole"/>.</summary>
    public Tensor Extra { get; }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach([Whole, .. Parts, Extra], own => own.Dispose());
}
