using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Augmentations of one view, as the papers and their code write them down. A method offers one of these as its plan; a recipe file may replace it.</summary>
/// <remarks>
/// The names are those of the augmentation plugins. Normalisation uses the statistics of the data set in hand, which are the papers' numbers on the papers' data.
/// Recipes named "small" are for images of about <see cref="SmallImageSide"/> pixels and below, where blur would destroy what is left to see.
/// </remarks>
public static partial class ViewRecipes
{
    /// <summary>At or below this side, in pixels, methods take the recipes named "small".</summary>
    public const int SmallImageSide = 64;

    private const string Bilinear = "bilinear", Bicubic = "bicubic";

    /// <summary>MoCo v1: crop, grayscale before a jitter that always happens, flip.</summary>
    /// <param name="size">Side of the view in pixels.</param>
    /// <remarks>He et al., "Momentum Contrast for Unsupervised Visual Representation Learning", CVPR 2020, https://arxiv.org/abs/1911.05722, and its code.</remarks>
    public static ViewSpec MoCoV1(int size) => new(
    [
        Crop(size, 0.2, 1, Bilinear), Grayscale(), Jitter(0.4, 0.4, 0.4, 0.4, probability: 1), Flip(), Normalize(),
    ]);

    /// <summary>MoCo v2, also MoCHi: crop, jitter, grayscale, blur, flip.</summary>
    /// <param name="size">Side of the view in pixels.</param>
    /// <remarks>Chen et al., "Improved Baselines with Momentum Contrastive Learning", 2020, https://arxiv.org/abs/2003.04297, and its code.</remarks>
    public static ViewSpec MoCoV2(int size) => new(
    [
        Crop(size, 0.2, 1, Bilinear), Jitter(0.4, 0.4, 0.4, 0.1), Grayscale(), Blur(0.5), Flip(), Normalize(),
    ]);

    /// <summary>MoCo on small images: crop down to 8 % of the area, flip, jitter, grayscale, no blur.</summary>
    /// <param name="size">Side of the view in pixels, 32 in the source.</param>
    /// <remarks>The CIFAR notebook of MoCo's authors.</remarks>
    public static ViewSpec MoCoSmall(int size) => new(
    [
        Crop(size, 0.08, 1, Bilinear), Flip(), Jitter(0.4, 0.4, 0.4, 0.1), Grayscale(), Normalize(),
    ]);

    /// <summary>SimCLR: crop, flip, jitter of strength s, grayscale, blur.</summary>
    /// <param name="size">Side of the view in pixels.</param>
    /// <param name="strength">Factor s on the jitter (0.8, 0.8, 0.8, 0.2), at most 2.5; 1 on ImageNet, 0.5 on CIFAR.</param>
    /// <param name="blur">Whether half of the views are blurred; the paper leaves blur out on CIFAR.</param>
    /// <remarks>
    /// Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", ICML 2020, appendix A, https://arxiv.org/abs/2002.05709, and its code.
    /// Differs from its code: the view is normalised at the end, because evaluations feed the backbone normalised images; the first batch norm absorbs most of it.
    /// </remarks>
    public static ViewSpec SimCLR(int size, double strength = 1, bool blur = true)
    {
        List<AugmentationSpec> steps =
        [
            Crop(size, 0.08, 1, Bicubic), Flip(), Jitter(0.8 * strength, 0.8 * strength, 0.8 * strength, 0.2 * strength), Grayscale(),
        ];
        if (blur)
        {
            steps.Add(Blur(0.5, KernelSize(size)));
        }

        steps.Add(Normalize());

        return new(steps);
    }

    /// <summary>SimCLR on small images: strength 0.5, no blur.</summary>
    /// <param name="size">Side of the view in pixels, 32 in the source.</param>
    /// <remarks>SimCLR, appendix B.9 (CIFAR-10).</remarks>
    public static ViewSpec SimCLRSmall(int size) => SimCLR(size, strength: 0.5, blur: false);

    /// <summary>BYOL's two different views: the first always blurred, the second rarely blurred and sometimes solarized.</summary>
    /// <param name="size">Side of the views in pixels.</param>
    /// <returns>The first and the second view.</returns>
    /// <remarks>
    /// Grill et al., "Bootstrap Your Own Latent", NeurIPS 2020, appendix B, https://arxiv.org/abs/2006.07733.
    /// Differs from its code: brightness is multiplied as in torchvision, where BYOL adds to it.
    /// </remarks>
    public static (ViewSpec First, ViewSpec Second) BYOL(int size) =>
        (BYOLView(size, blurProbability: 1, solarizeProbability: 0), BYOLView(size, blurProbability: 0.1, solarizeProbability: 0.2));

    /// <summary>BYOL's views on small images: no blur, the second view solarized in a fifth of the cases.</summary>
    /// <param name="size">Side of the views in pixels, 32 in the source.</param>
    /// <returns>The first and the second view.</returns>
    /// <remarks>The asymmetric CIFAR recipe of da Costa et al., "solo-learn", JMLR 2022.</remarks>
    public static (ViewSpec First, ViewSpec Second) BYOLSmall(int size) =>
        (BYOLView(size, blurProbability: 0, solarizeProbability: 0), BYOLView(size, blurProbability: 0, solarizeProbability: 0.2));

    /// <summary>SwAV's view, with the share of the image that the crop may cover.</summary>
    /// <param name="size">Side of the view in pixels.</param>
    /// <param name="scaleMin">Smallest share of the area, a fraction in (0, 1].</param>
    /// <param name="scaleMax">Largest share of the area, a fraction in (0, 1].</param>
    /// <remarks>
    /// Caron et al., "Unsupervised Learning of Visual Features by Contrasting Cluster Assignments", NeurIPS 2020, https://arxiv.org/abs/2006.09882, and its code.
    /// </remarks>
    public static ViewSpec SwAV(int size, double scaleMin = 0.14, double scaleMax = 1) => new(
    [
        Crop(size, scaleMin, scaleMax, Bilinear), Flip(), Jitter(0.8, 0.8, 0.8, 0.2), Grayscale(), Blur(0.5), Normalize(),
    ]);

    /// <summary>Multi-crop: two large views that cover 14 % to 100 % of the image, then small ones that cover 5 % to 14 %.</summary>
    /// <param name="size">Side of the large views in pixels, 224 in the paper.</param>
    /// <param name="smallSize">Side of the small views in pixels, 96 in the paper.</param>
    /// <param name="smallCount">Number of small views, 6 in the paper.</param>
    /// <param name="view">Makes a view from its side, smallest and largest share of the area; null takes <see cref="SwAV"/>.</param>
    /// <returns>The two large views first.</returns>
    /// <remarks>SwAV, section 3.2; the scales are those of its code.</remarks>
    public static ViewPlan MultiCrop(int size = 224, int smallSize = 96, int smallCount = 6, Func<int, double, double, ViewSpec>? view = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(smallCount);
        view ??= SwAV;
        var large = view(size, 0.14, 1);
        var small = view(smallSize, 0.05, 0.14);

        return new([large, large, .. Enumerable.Repeat(small, smallCount)]);
    }

    private static ViewSpec BYOLView(int size, double blurProbability, double solarizeProbability)
    {
        List<AugmentationSpec> steps = [Crop(size, 0.08, 1, Bicubic), Flip(), Jitter(0.4, 0.4, 0.2, 0.1), Grayscale()];
        if (blurProbability > 0)
        {
            steps.Add(Blur(blurProbability, KernelSize(size)));
        }

        if (solarizeProbability > 0)
        {
            steps.Add(new("solarize", ("threshold", 0.5), ("probability", solarizeProbability)));
        }

        steps.Add(Normalize());

        return new(steps);
    }

    private static AugmentationSpec Crop(int size, double scaleMin, double scaleMax, string interpolation) => new(
        "random-resized-crop", ("size", size), ("scaleMin", scaleMin), ("scaleMax", scaleMax), ("interpolation", interpolation));

    private static AugmentationSpec Jitter(double brightness, double contrast, double saturation, double hue, double probability = 0.8) => new(
        "color-jitter", ("brightness", brightness), ("contrast", contrast), ("saturation", saturation), ("hue", hue), ("probability", probability));

    private static AugmentationSpec Grayscale() => new("grayscale", ("probability", 0.2));

    private static AugmentationSpec Flip() => new("horizontal-flip", ("probability", 0.5));

    private static AugmentationSpec Normalize() => new("normalize");

    // kernelSize 0: wide enough for the sigma, where the source blurs with PIL
    private static AugmentationSpec Blur(double probability, int kernelSize = 0) => new(
        "gaussian-blur", ("sigmaMin", 0.1), ("sigmaMax", 2.0), ("probability", probability), ("kernelSize", kernelSize));

    // SimCLR and BYOL: a tenth of the side, made odd; 23 at 224
    private static int KernelSize(int size) => (size / 20 * 2) + 1;
}
