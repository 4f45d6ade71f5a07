using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <content>Views of SimSiam, Barlow Twins and VICReg where they differ from MoCo's and BYOL's.</content>
public static partial class ViewRecipes
{
    /// <summary>A plan of two different views.</summary>
    /// <param name="views">The first and the second view.</param>
    public static ViewPlan Pair((ViewSpec First, ViewSpec Second) views) => new([views.First, views.Second]);

    /// <summary>SimSiam on small images: MoCo v2's view without blur.</summary>
    /// <param name="size">Side of the view in pixels, 32 in the source.</param>
    /// <remarks>Chen and He, "Exploring Simple Siamese Representation Learning", CVPR 2021, appendix D (CIFAR-10), https://arxiv.org/abs/2011.10566.</remarks>
    public static ViewSpec SimSiamSmall(int size) => new(
    [
        Crop(size, 0.2, 1, Bilinear), Flip(), Jitter(0.4, 0.4, 0.4, 0.1), Grayscale(), Normalize(),
    ]);

    /// <summary>Barlow Twins' two different views, also VICReg's: BYOL's, with the blur of PIL.</summary>
    /// <param name="size">Side of the views in pixels.</param>
    /// <returns>The first and the second view.</returns>
    /// <remarks>Zbontar et al., "Barlow Twins", ICML 2021, section 2.2, https://arxiv.org/abs/2103.03230, and its code.</remarks>
    public static (ViewSpec First, ViewSpec Second) BarlowTwins(int size) =>
        (BarlowView(size, blurProbability: 1, solarizeProbability: 0), BarlowView(size, blurProbability: 0.1, solarizeProbability: 0.2));

    /// <summary>VICReg on small images: milder crop, no blur, both views solarized in a tenth of the cases.</summary>
    /// <param name="size">Side of the view in pixels, 32 in the source.</param>
    /// <remarks>The CIFAR recipe of da Costa et al., "solo-learn", JMLR 2022.</remarks>
    public static ViewSpec VICRegSmall(int size) => new(
    [
        Crop(size, 0.2, 1, Bicubic), Jitter(0.4, 0.4, 0.2, 0.1), Grayscale(), Solarize(0.1), Flip(), Normalize(),
    ]);

    private static ViewSpec BarlowView(int size, double blurProbability, double solarizeProbability)
    {
        AugmentationSpec[] solarize = solarizeProbability > 0 ? [Solarize(solarizeProbability)] : [];

        return new([Crop(size, 0.08, 1, Bicubic), Flip(), Jitter(0.4, 0.4, 0.2, 0.1), Grayscale(), Blur(blurProbability), .. solarize, Normalize()]);
    }

    private static AugmentationSpec Solarize(double probability) => new("solarize", ("threshold", 0.5), ("probability", probability));
}
