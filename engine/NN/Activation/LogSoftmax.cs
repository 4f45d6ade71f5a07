namespace Parallax.Torch.Modules;

/// <summary>Logarithm of softmax along a dimension.</summary>
public sealed class LogSoftmax : Module<Tensor, Tensor>
{
    internal LogSoftmax(long dim)
        : base(nameof(LogSoftmax)) => this.dim = dim;

    /// <summary>The dimension that sums to one.</summary>
    public long dim { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.log_softmax(input, dim);
}
