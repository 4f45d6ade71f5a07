using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>vertical-flip</c>.</summary>
public sealed record VerticalFlipOptions
{
    /// <summary>Share of images that are flipped, a fraction in [0, 1]. torchvision: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double Probability { get; init; } = 0.5;
}

/// <summary>Mirrors top and bottom with a probability.</summary>
/// <remarks>torchvision's <c>RandomVerticalFlip</c>. Row of decisions: 1 when flipped, else 0. Consumes 1 number.</remarks>
[Plugin("vertical-flip", Options = typeof(VerticalFlipOptions), Family = "geometry", Summary = "Mirrors top and bottom with a probability.")]
public sealed class VerticalFlip(VerticalFlipOptions options) : RandomlyApplied(options.Probability), IAugmentation
{
    private protected override void Change(ImageBuffer image)
    {
        var swap = image.Scratch(image.Width);
        for (var channel = 0; channel < image.Channels; channel++)
        {
            var plane = image.Plane(channel);
            for (int top = 0, bottom = image.Height - 1; top < bottom; top++, bottom--)
            {
                var first = plane.Slice(top * image.Width, image.Width);
                var last = plane.Slice(bottom * image.Width, image.Width);
                first.CopyTo(swap);
                last.CopyTo(first);
                swap.CopyTo(last);
            }
        }
    }
}
