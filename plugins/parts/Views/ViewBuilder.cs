using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Builds the views of a run from augmentations, as papers and their code write them down. A method composes its views from it; a recipe may replace them.</summary>
/// <remarks>
/// The names are those of the augmentation plugins. Normalisation uses the statistics of the data set in hand, which are the papers' numbers on the papers' data.
/// The rule for small images is here and nowhere else: up to <see cref="SmallImageSide"/> pixels they are not blurred, which would destroy what is left to see.
/// Where a paper's own recipe for small images differs further, the method asks <see cref="IsSmall"/>.
/// </remarks>
/// <param name="imageSize">Side of the main view in pixels.</param>
public sealed class ViewBuilder(int imageSize)
{
    /// <summary>Images of at most this side, in pixels, are small.</summary>
    public const int SmallImageSide = 64;

    /// <summary>Whether the run's images are small.</summary>
    public bool IsSmall => imageSize <= SmallImageSide;

    /// <summary>A view of augmentations in order, normalised at the end.</summary>
    /// <param name="steps">What the builder gives; null entries are left out.</param>
    public static ViewSpec View(params IEnumerable<AugmentationSpec?> steps) => new([.. steps.OfType<AugmentationSpec>(), new("normalize")]);

    /// <summary>A crop of random area and shape, resized.</summary>
    /// <param name="scaleMin">Smallest share of the image's area, a fraction in (0, 1].</param>
    /// <param name="scaleMax">Largest share of the image's area, a fraction in (0, 1].</param>
    /// <param name="bicubic">Whether the resize is bicubic; else it is bilinear.</param>
    /// <param name="side">Side of the view in pixels; null takes that of the main view.</param>
    public AugmentationSpec Crop(double scaleMin, double scaleMax = 1, bool bicubic = false, int? side = null) => new(
        "random-resized-crop",
        ("size", side ?? imageSize), ("scaleMin", scaleMin), ("scaleMax", scaleMax), ("interpolation", bicubic ? "bicubic" : "bilinear"));

    /// <summary>A horizontal flip of half of the views.</summary>
    public static AugmentationSpec Flip() => new("horizontal-flip", ("probability", 0.5));

    /// <summary>A colour jitter.</summary>
    /// <param name="brightness">Largest relative change, as torchvision's.</param>
    /// <param name="contrast">Largest relative change.</param>
    /// <param name="saturation">Largest relative change.</param>
    /// <param name="hue">Largest change in turns of the colour circle, at most 0.5.</param>
    /// <param name="probability">Share of the views, a fraction in [0, 1].</param>
    public static AugmentationSpec Jitter(double brightness, double contrast, double saturation, double hue, double probability = 0.8) => new(
        "color-jitter", ("brightness", brightness), ("contrast", contrast), ("saturation", saturation), ("hue", hue), ("probability", probability));

    /// <summary>A fifth of the views without colour.</summary>
    public static AugmentationSpec Grayscale() => new("grayscale", ("probability", 0.2));

    /// <summary>A Gaussian blur of a standard deviation between 0.1 and 2 pixels, as PIL's: as wide as the deviation needs. None on small images.</summary>
    /// <param name="probability">Share of the views, a fraction in [0, 1]; at 0 there is no such step.</param>
    /// <param name="alsoSmall">Whether small images are blurred too, for a method whose own source does so.</param>
    public AugmentationSpec? Blur(double probability, bool alsoSmall = false) => IsSmall && !alsoSmall ? null : Blurred(probability, kernel: 0);

    /// <summary>The blur of SimCLR and BYOL: its kernel is a tenth of the side wide, made odd; 23 at 224 pixels. None on small images.</summary>
    /// <param name="probability">Share of the views, a fraction in [0, 1]; at 0 there is no such step.</param>
    /// <param name="side">Side of the view in pixels; null takes that of the main view.</param>
    public AugmentationSpec? BlurByTenth(double probability, int? side = null) =>
        IsSmall ? null : Blurred(probability, kernel: ((side ?? imageSize) / 20 * 2) + 1);

    /// <summary>Inverts the bright half of the values.</summary>
    /// <param name="probability">Share of the views, a fraction in [0, 1]; at 0 there is no such step.</param>
    public static AugmentationSpec? Solarize(double probability) =>
        probability == 0 ? null : new("solarize", ("threshold", 0.5), ("probability", probability));

    private static AugmentationSpec? Blurred(double probability, int kernel) => probability == 0
        ? null
        : new("gaussian-blur", ("sigmaMin", 0.1), ("sigmaMax", 2.0), ("probability", probability), ("kernelSize", kernel));
}
