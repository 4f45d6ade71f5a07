namespace Parallax.Torch.Modules;

/// <summary>Splits a dimension into several.</summary>
public sealed class Unflatten : Module<Tensor, Tensor>
{
    internal Unflatten(long dim, long[] unflattened_size)
        : base(nameof(Unflatten))
    {
        this.dim = dim;
        this.unflattened_size = unflattened_size;
    }

    /// <summary>The dimension to split.</summary>
    public long dim { get; set; }

    /// <summary>Sizes of its parts.</summary>
    public long[] unflattened_size { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => input.unflatten(dim, unflattened_size);
}
