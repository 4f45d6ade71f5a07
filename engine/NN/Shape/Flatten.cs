namespace Parallax.Torch.Modules;

/// <summary>Joins a range of dimensions into one.</summary>
public sealed class Flatten : Module<Tensor, Tensor>
{
    internal Flatten(long start_dim, long end_dim)
        : base(nameof(Flatten))
    {
        this.start_dim = start_dim;
        this.end_dim = end_dim;
    }

    /// <summary>First dimension to join.</summary>
    public long start_dim { get; set; }

    /// <summary>Last dimension to join.</summary>
    public long end_dim { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => input.flatten(start_dim, end_dim);
}
