namespace Parallax.Torch.Modules;

/// <summary>Mean over windows that divide [N, C, L] into a given number of parts.</summary>
public sealed class AdaptiveAvgPool1d : Module<Tensor, Tensor>
{
    internal AdaptiveAvgPool1d(long output_size)
        : base(nameof(AdaptiveAvgPool1d)) => this.output_size = output_size;

    /// <summary>Size of the output.</summary>
    public long output_size { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.adaptive_avg_pool1d(input, output_size);
}
