namespace Parallax.Plugins.Parts;

/// <summary>
/// Builds the views of a run from augmentations, as papers and their code write them down. A method composes its views from it; a recipe may replace them.
/// </summary>
/// <remarks>
/// The names and keys of the augmentation plugins are written here and nowhere else among the methods. Normalisation uses the statistics of the data set
/// in hand, which are the papers' numbers on the papers' data. The rule for small images is here too: up to <see cref="SmallImageSide"/> pixels they are not
/// blurred, which would destroy what is left to see. Where a paper's own recipe for small images differs further, the method asks <see cref="IsSmall"/>.
/// </remarks>
/// <param name="imageSize">Side of the main view in pixels.</param>
public sealed class ViewBuilder(int imageSize)
{
    /// <summary>Images of at most this side, in pixels, are small.</summary>
    public const int SmallImageSide = 64;

    /// <summary>How many crops <see cref="ShrinkingCrops"/> has.</summary>
    public const int MostShrinkingCrops = 5;

    // the five crops of ReSSL's code: side as a share of 224 pixels, smallest and largest share of the area
    private static readonly (int Side, double ScaleMin, double ScaleMax)[] _shrinkingCrops =
        [(224, 0.2, 1), (192, 0.172, 0.86), (160, 0.143, 0.715), (128, 0.114, 0.571), (96, 0.086, 0.429)];

    /// <summary>Side of the main view in pixels.</summary>
    public int ImageSize { get; } = imageSize;

    /// <summary>Whether the run's images are small.</summary>
    public bool IsSmall => ImageSize <= SmallImageSide;

    /// <summary>A view of augmentations in order, normalised at the end.</summary>
    /// <param name="steps">What the builder gives; null entries are left out.</param>
    public static ViewSpec View(params IEnumerable<AugmentationSpec?> steps) => new([.. steps.OfType<AugmentationSpec>(), new("normalize")]);

    /// <summary>The view of supervised transformers and of fine-tuning: crop, flip, RandAugment; normalised; then random erasing.</summary>
    /// <remarks>Touvron et al., DeiT, ICML 2021, https://arxiv.org/abs/2012.12877, with timm's <c>rand-m9-mstd0.5-inc1</c> and pixel-wise erasing.</remarks>
    /// <param name="crop">The crop.</param>
    /// <param name="magnitude">Mean strength of RandAugment, 0 to 10; at 0 there is no such step.</param>
    /// <param name="deviation">Standard deviation of that strength.</param>
    /// <param name="erasing">Share of the views of which a box is erased, a fraction in [0, 1]; at 0 there is no such step.</param>
    public static ViewSpec Finetuning(AugmentationSpec crop, double magnitude, double deviation, double erasing)
    {
        var policy = magnitude == 0 ? null : new AugmentationSpec("rand-augment", ("magnitude", magnitude), ("deviation", deviation));
        var view = View(crop, Flip(), policy);

        return erasing == 0 ? view : new([.. view.Steps, new("random-erasing", ("probability", erasing))]);
    }

    /// <summary>A view with the colours that BYOL brought: flip, jitter (0.4, 0.4, 0.2, 0.1), grayscale, then what is given.</summary>
    /// <remarks>Grill et al., "Bootstrap Your Own Latent", NeurIPS 2020, appendix B, https://arxiv.org/abs/2006.07733.</remarks>
    /// <param name="crop">The crop.</param>
    /// <param name="blur">A blur, or null for none.</param>
    /// <param name="solarize">Share of the views that are solarized, a fraction in [0, 1].</param>
    public static ViewSpec Distorted(AugmentationSpec crop, AugmentationSpec? blur, double solarize = 0) =>
        View(crop, Flip(), Jitter(0.4, 0.4, 0.2, 0.1), Grayscale(), blur, Solarize(solarize));

    /// <summary>Multi-crop: large views, then small ones that are all alike.</summary>
    /// <param name="large">The large views.</param>
    /// <param name="small">The small view.</param>
    /// <param name="smallCount">Number of small views, not negative.</param>
    public static ViewPlan MultiCrop(IEnumerable<ViewSpec> large, ViewSpec small, int smallCount) => new([.. large, .. Enumerable.Repeat(small, smallCount)]);

    /// <summary>Two large crops with BYOL's colours: the first always blurred, the second in a tenth of the views, and solarized in a fifth.</summary>
    /// <param name="scaleMin">Smallest share of the image's area, a fraction in (0, 1].</param>
    public ViewSpec[] LargeCrops(double scaleMin)
    {
        var crop = Crop(scaleMin, bicubic: true);

        return [Distorted(crop, Blur(1)), Distorted(crop, Blur(0.1), solarize: 0.2)];
    }

    /// <summary>The two <see cref="LargeCrops"/>, and small ones of 96 pixels, half of which are blurred.</summary>
    /// <remarks>Caron et al., DINO, ICCV 2021, https://arxiv.org/abs/2104.14294, as in the authors' code.</remarks>
    /// <param name="border">Share of the image's area that large crops have at least and small ones at most, a fraction in (0.05, 1].</param>
    /// <param name="smallCount">Number of small views, not negative.</param>
    public ViewPlan LargeAndSmallCrops(double border, int smallCount) =>
        MultiCrop(LargeCrops(border), Distorted(Crop(0.05, border, bicubic: true, side: 96), Blur(0.5)), smallCount);

    /// <summary>A weak view, cropped and flipped only, then strong ones, each smaller than the one before (<see cref="ShrinkingCrops"/>).</summary>
    /// <param name="strongViews">Number of strong views, at most <see cref="MostShrinkingCrops"/>.</param>
    /// <remarks>
    /// Zheng et al., ReSSL, NeurIPS 2021, https://arxiv.org/abs/2107.09282, and its code; strong is MoCo v2's view. Small images are blurred too, as in the
    /// code of SCE and in solo-learn's CIFAR recipe of ReSSL (da Costa et al., JMLR 2022).
    /// </remarks>
    public ViewPlan WeakThenStrong(int strongViews = 1)
    {
        var strong = from crop in ShrinkingCrops(strongViews)
                     select View(crop.Crop, Jitter(0.4, 0.4, 0.4, 0.1), Grayscale(), Blur(0.5, alsoSmall: true), Flip());

        return new([View(Crop(0.2), Flip()), .. strong]);
    }

    /// <summary>A crop of random area and shape, resized.</summary>
    /// <param name="scaleMin">Smallest share of the image's area, a fraction in (0, 1].</param>
    /// <param name="scaleMax">Largest share of the image's area, a fraction in (0, 1].</param>
    /// <param name="bicubic">Whether the resize is bicubic; else it is bilinear.</param>
    /// <param name="side">Side of the view in pixels; null takes that of the main view.</param>
    /// <param name="elongation">Most by which one side of the crop is longer than the other, at least 1; null takes torchvision's 4/3.</param>
    public AugmentationSpec Crop(double scaleMin, double scaleMax = 1, bool bicubic = false, int? side = null, double? elongation = null)
    {
        (string, object)[] options =
            [("size", side ?? ImageSize), ("scaleMin", scaleMin), ("scaleMax", scaleMax), ("interpolation", bicubic ? "bicubic" : "bilinear")];

        return new("random-resized-crop", elongation is { } ratio ? [.. options, ("ratioMin", 1 / ratio), ("ratioMax", ratio)] : options);
    }

    /// <summary>Crops of 224, 192, 160, 128 and 96 pixels of an image of 224, in proportion otherwise: each smaller and of a smaller part of the
    /// image.</summary>
    /// <remarks>Zheng et al., ReSSL, NeurIPS 2021, https://arxiv.org/abs/2107.09282, as in the authors' code.</remarks>
    /// <param name="count">Number of crops.</param>
    /// <param name="skip">How many of the largest are left out; with <paramref name="count"/> at most <see cref="MostShrinkingCrops"/>.</param>
    /// <returns>The crops and their sides in pixels, largest first.</returns>
    public IEnumerable<(AugmentationSpec Crop, int Side)> ShrinkingCrops(int count, int skip = 0) =>
        from crop in _shrinkingCrops.Skip(skip).Take(count)
        let side = ImageSize * crop.Side / 224
        select (Crop(crop.ScaleMin, crop.ScaleMax, side: side), side);

    /// <summary>A crop that overlaps the crop of another view, which begins with <see cref="Crop"/>.</summary>
    /// <param name="side">Side of the view in pixels.</param>
    /// <param name="scaleMin">Smallest share of the image's area, a fraction in (0, 1].</param>
    /// <param name="scaleMax">Largest share of the image's area, a fraction in (0, 1].</param>
    /// <param name="minOverlap">Share of the crop that must lie in the other one, a fraction in [0, 1].</param>
    /// <param name="anchorView">The other view, from 0.</param>
    /// <param name="anchorScaleMin">Smallest share of the image's area in the other view's crop; the largest is 1.</param>
    public static AugmentationSpec ConstrainedCrop(int side, double scaleMin, double scaleMax, double minOverlap, int anchorView, double anchorScaleMin) => new(
        "constrained-crop", ("size", side), ("scaleMin", scaleMin), ("scaleMax", scaleMax),
        ("minOverlap", minOverlap), ("anchorView", anchorView), ("anchorScaleMin", anchorScaleMin), ("anchorScaleMax", 1.0));

    /// <summary>A crop of random area and shape, resized, and a flip of half of the images: the same in all views of an image that begin with it.</summary>
    /// <param name="side">Side of the result in pixels.</param>
    /// <param name="scaleMin">Smallest share of the image's area, a fraction in (0, 1]; the largest is 1.</param>
    /// <param name="bicubic">Whether the resize is bicubic; else it is bilinear.</param>
    /// <param name="view">The view whose random numbers decide, from 0.</param>
    public static AugmentationSpec SharedCrop(int side, double scaleMin, bool bicubic = false, int view = 0) => new(
        "shared-crop", ("size", side), ("scaleMin", scaleMin), ("scaleMax", 1.0), ("interpolation", bicubic ? "bicubic" : "bilinear"),
        ("flipProbability", 0.5), ("view", view));

    /// <summary>A square at a random place of one cell of a grid over the image.</summary>
    /// <param name="size">Side of the square in pixels.</param>
    /// <param name="grid">Cells on each side of the image.</param>
    /// <param name="cell">Which cell, row by row from 0 on.</param>
    public static AugmentationSpec CellCrop(int size, int grid, int cell) => new("cell-crop", ("size", size), ("grid", grid), ("cell", cell));

    /// <summary>A square of the main view's side, near the upper left corner of a larger one.</summary>
    /// <param name="maxShift">Largest distance to that corner on each axis in pixels; 0 takes the corner.</param>
    public AugmentationSpec ShiftedCrop(int maxShift) => new("shifted-crop", ("size", ImageSize), ("maxShift", maxShift));

    /// <summary>A crop without a resize, at a random place of the padded image.</summary>
    /// <param name="padding">Pixels added at each side.</param>
    public AugmentationSpec PaddedCrop(int padding) => new("random-crop", ("size", ImageSize), ("padding", padding));

    /// <summary>A resize to a little more than the view, then a crop of the view's side at a random place.</summary>
    /// <param name="enlargement">Shorter side after the resize as a multiple of the view's, at least 1.</param>
    public IEnumerable<AugmentationSpec> ResizedCrop(double enlargement) =>
    [
        new("resize", ("size", (int)Math.Round(ImageSize * enlargement))), new("random-crop", ("size", ImageSize), ("padding", 0)),
    ];

    /// <summary>The crop of a probe: of random area and shape, or a square at a random place of an image that is resized to 8 / 7 of it, 256 for 224.</summary>
    /// <param name="scaleMin">Smallest share of the image's area, a fraction in (0, 1]; 0 for the square.</param>
    /// <param name="bicubic">Whether the resize of a crop of random shape is bicubic; else it is bilinear.</param>
    public IEnumerable<AugmentationSpec> ProbeCrop(double scaleMin, bool bicubic = true) =>
        scaleMin > 0 ? [Crop(scaleMin, bicubic: bicubic)] : ResizedCrop(8.0 / 7);

    /// <summary>A square cut at a random place out of an image that is resized first, and a flip of half of the images. Small images are not resized: they get
    /// a black border of an eighth of the side.</summary>
    /// <param name="scale">Shorter side of the image as a multiple of the view's: 8.0 / 7 for views of 224 in images of 256.</param>
    public ViewSpec CutAndFlipped(double scale) => IsSmall
        ? View(PaddedCrop(ImageSize / 8), Flip())
        : View([.. ResizedCrop(scale), Flip()]);

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

    /// <summary>In half of the views AutoAugment's policy for ImageNet; in the others a jitter (0.4, 0.4, 0.4, 0.1), grayscale and a blur.</summary>
    /// <param name="blur">Share of these others that are blurred, a fraction in [0, 1]; none of small images.</param>
    public AugmentationSpec JitterOrAutoAugment(double blur) => new("jitter-or-auto-augment", ("blurProbability", IsSmall ? 0.0 : blur));

    /// <summary>Jitter (0.4, 0.4, 0.4, 0.1), a single colour channel and blur, on one or both of two views of a video. Small ones are not blurred.</summary>
    /// <param name="index">Which of the two, 0 or 1.</param>
    /// <param name="share">Share of the views that are changed where both show different clips, a fraction in [0, 1].</param>
    /// <param name="otherClipShare">Share of the videos whose views show different clips, a fraction in [0, 1].</param>
    public AugmentationSpec PairedColors(int index, double share, double otherClipShare) => new(
        "paired-colors", ("view", index), ("share", share), ("otherClipShare", otherClipShare), ("blurProbability", IsSmall ? 0.0 : 0.5));

    /// <summary>Some of the views without colour.</summary>
    /// <param name="probability">Share of the views, a fraction in [0, 1].</param>
    public static AugmentationSpec Grayscale(double probability = 0.2) => new("grayscale", ("probability", probability));

    /// <summary>AlexNet's change of colours along their principal components.</summary>
    /// <param name="deviation">Standard deviation of the change along each component, as a multiple of its eigenvalue; at 0 there is no such step.</param>
    public static AugmentationSpec? Lighting(double deviation) => deviation == 0 ? null : new("lighting", ("deviation", deviation));

    /// <summary>Noise in hue, saturation and value, with the ranges of S4L.</summary>
    public static AugmentationSpec HsvNoise() => new("hsv-noise");

    /// <summary>A Gaussian blur of a standard deviation between 0.1 and 2 pixels, as PIL's: as wide as the deviation needs. None on small images.</summary>
    /// <param name="probability">Share of the views, a fraction in [0, 1]; at 0 there is no such step.</param>
    /// <param name="alsoSmall">Whether small images are blurred too, for a method whose own source does so.</param>
    public AugmentationSpec? Blur(double probability, bool alsoSmall = false) => IsSmall && !alsoSmall ? null : Blurred(probability, kernel: 0);

    /// <summary>The blur of SimCLR and BYOL: its kernel is a tenth of the side wide, made odd; 23 at 224 pixels. None on small images.</summary>
    /// <param name="probability">Share of the views, a fraction in [0, 1]; at 0 there is no such step.</param>
    /// <param name="side">Side of the view in pixels; null takes that of the main view.</param>
    public AugmentationSpec? BlurByTenth(double probability, int? side = null) =>
        IsSmall ? null : Blurred(probability, kernel: ((side ?? ImageSize) / 20 * 2) + 1);

    /// <summary>A Gaussian blur of one strength. None on small images.</summary>
    /// <param name="probability">Share of the views, a fraction in [0, 1].</param>
    /// <param name="sigma">Standard deviation in pixels, above 0.</param>
    /// <param name="kernel">Width of the kernel in pixels, odd.</param>
    public AugmentationSpec? SteadyBlur(double probability, double sigma, int kernel) => IsSmall ? null : new(
        "gaussian-blur", ("sigmaMin", sigma), ("sigmaMax", sigma), ("probability", probability), ("kernelSize", kernel));

    /// <summary>Inverts the bright half of the values.</summary>
    /// <param name="probability">Share of the views, a fraction in [0, 1]; at 0 there is no such step.</param>
    public static AugmentationSpec? Solarize(double probability) =>
        probability == 0 ? null : new("solarize", ("threshold", 0.5), ("probability", probability));

    private static AugmentationSpec? Blurred(double probability, int kernel) => probability == 0
        ? null
        : new("gaussian-blur", ("sigmaMin", 0.1), ("sigmaMax", 2.0), ("probability", probability), ("kernelSize", kernel));
}
