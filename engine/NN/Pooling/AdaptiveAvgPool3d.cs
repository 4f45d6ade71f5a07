namespace Parallax.Torch.Modules;

/// <summary>Mean over windows that divide [N, C, D, H, W] into a given number of parts.</summary>
public sealed class AdaptiveAvgPool3d : Module<Tensor, Tensor>
{
    internal AdaptiveAvgPool3d(long[] output_size)
        : base(nameof(AdaptiveAvgPool3d)) => this.output_size = output_size;

    /// <summary>Size of the output in each dimension.</summary>
    public long[] output_size { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.adaptive_avg_pool3d(input, output_size);
}
