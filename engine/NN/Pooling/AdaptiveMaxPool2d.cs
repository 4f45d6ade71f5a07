namespace Parallax.Torch.Modules;

/// <summary>Maximum over windows that divide [N, C, H, W] into a given number of parts.</summary>
public sealed class AdaptiveMaxPool2d : Module<Tensor, Tensor>
{
    internal AdaptiveMaxPool2d(long[] output_size)
        : base(nameof(AdaptiveMaxPool2d)) => this.output_size = output_size;

    /// <summary>Size of the output in each dimension.</summary>
    public long[] output_size { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.adaptive_max_pool2d(input, output_size);

    /// <summary>Also tells where each maximum was, as a flat position within its channel.</summary>
    public (Tensor output, Tensor indices) forward_with_indices(Tensor input) => F.adaptive_max_pool2d_with_indices(input, output_size);
}
