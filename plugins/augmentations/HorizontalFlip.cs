using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>horizontal-flip</c>.</summary>
public sealed record HorizontalFlipOptions
{
    /// <summary>Share of images that are flipped, a fraction in [0, 1]. torchvision: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double Probability { get; init; } = 0.5;
}

/// <summary>Mirrors left and right with a probability.</summary>
/// <remarks>torchvision's <c>RandomHorizontalFlip</c>. Row of decisions: 1 when flipped, else 0. Consumes 1 number.</remarks>
[Plugin("horizontal-flip", Options = typeof(HorizontalFlipOptions), Family = "geometry", Summary = "Mirrors left and right with a probability.")]
public sealed class HorizontalFlip(HorizontalFlipOptions options) : RandomlyApplied(options.Probability), IAugmentation
{
    private protected override void Change(ImageBuffer image)
    {
        for (var row = 0; row < image.Channels * image.Height; row++)
        {
            image.Pixels.Slice(row * image.Width, image.Width).Reverse();
        }
    }
}
