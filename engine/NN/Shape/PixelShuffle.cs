namespace Parallax.Torch.Modules;

/// <summary>Moves channels into space: [N, C r r, H, W] to [N, C, H r, W r].</summary>
public sealed class PixelShuffle : Module<Tensor, Tensor>
{
    internal PixelShuffle(long upscale_factor)
        : base(nameof(PixelShuffle)) => this.upscale_factor = upscale_factor;

    /// <summary>The factor r.</summary>
    public long upscale_factor { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.pixel_shuffle(input, upscale_factor);
}
