namespace Parallax.Torch.Modules;

/// <summary>exp(x) divided by its sum along a dimension.</summary>
public sealed class Softmax : Module<Tensor, Tensor>
{
    internal Softmax(long dim)
        : base(nameof(Softmax)) => this.dim = dim;

    /// <summary>The dimension that sums to one.</summary>
    public long dim { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.softmax(input, dim);
}
