using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>grayscale</c>.</summary>
public sealed record GrayscaleOptions
{
    /// <summary>Share of images that lose their colour, a fraction in [0, 1]. 0.2 in all papers.</summary>
    [Range(0.0, 1.0)]
    public double Probability { get; init; } = 0.2;

    /// <inheritdoc cref="ColorJitterOptions.PerFrame"/>
    public bool PerFrame { get; init; }
}

/// <summary>Takes the colour away with a probability; three channels stay three, all equal.</summary>
/// <remarks>
/// torchvision's <c>RandomGrayscale</c>, grey = 0.2989 red + 0.587 green + 0.114 blue. Images of one channel stay as they are.
/// Row of decisions: 1 when applied, else 0. Consumes 1 number.
/// </remarks>
[Plugin("grayscale", Options = typeof(GrayscaleOptions), Family = "color", Summary = "Takes the colour away with a probability.")]
public sealed class Grayscale(GrayscaleOptions options) : RandomlyApplied(options.Probability), IAugmentation
{
    /// <inheritdoc/>
    public bool DrawsPerFrame => options.PerFrame;

    private protected override void Change(ImageBuffer image)
    {
        if (image.Channels == 3)
        {
            Pixels.ForEachColor(image, default(ToGrey));
        }
    }
}
