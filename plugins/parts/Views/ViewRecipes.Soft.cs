using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <content>Views of methods with a weak and a strong side, and their multi-crop variants.</content>
public static partial class ViewRecipes
{
    // ReSSL's five crops, also the local crops of SCE: side as a share of 224 pixels, smallest and largest share of the area
    private static readonly (int Side, double ScaleMin, double ScaleMax)[] _shrinkingCrops =
        [(224, 0.2, 1), (192, 0.172, 0.86), (160, 0.143, 0.715), (128, 0.114, 0.571), (96, 0.086, 0.429)];

    /// <summary>Largest number of crops that <see cref="WeakStrong"/> and <see cref="SCE"/> know sizes for, the one of full size included.</summary>
    public const int ShrinkingCrops = 5;

    /// <summary>A teacher's view: crop and flip only.</summary>
    /// <param name="size">Side of the view in pixels.</param>
    /// <remarks>Zheng et al., ReSSL, NeurIPS 2021, https://arxiv.org/abs/2107.09282, and its code; also SCE on CIFAR and ASCL.</remarks>
    public static ViewSpec Weak(int size) => new([Crop(size, 0.2, 1, Bilinear), Flip(), Normalize()]);

    /// <summary>The teacher's weak view first, then strong views of the student, each smaller than the one before and of a smaller part of the image.</summary>
    /// <param name="size">Side of the weak and the first strong view in pixels.</param>
    /// <param name="strongViews">Number of strong views, 1 to <see cref="ShrinkingCrops"/>.</param>
    /// <returns>1 + <paramref name="strongViews"/> views. Strong is <see cref="MoCoV2(int)"/>.</returns>
    /// <remarks>ReSSL and its code: 224, 192, 160, 128 and 96 pixels of an image of 224; other sizes in proportion.</remarks>
    public static ViewPlan WeakStrong(int size, int strongViews = 1) =>
        new([Weak(size), .. Shrinking(size, 0, strongViews, (side, min, max) => new([Crop(side, min, max, Bilinear), .. MoCoV2(side).Steps.Skip(1)]))]);

    /// <summary>SCE on ImageNet: two different global views, then local ones.</summary>
    /// <param name="size">Side of the global views in pixels.</param>
    /// <param name="localViews">Number of local views, 0 to <see cref="ShrinkingCrops"/> - 1; 4 in the paper's multi-crop.</param>
    /// <returns>2 + <paramref name="localViews"/> views.</returns>
    /// <remarks>
    /// Denize et al., "Similarity Contrastive Estimation", WACV 2023, https://arxiv.org/abs/2111.14585, and the authors' code.
    /// Both global views are flipped, as in the newer of the authors' two repositories.
    /// </remarks>
    public static ViewPlan SCE(int size, int localViews = 0) => new(
    [
        Distorted(size, 0.2, 1, Bilinear, blur: 1, solarize: 0),
        Distorted(size, 0.2, 1, Bilinear, blur: 0.1, solarize: 0.2),
        .. Shrinking(size, 1, localViews, (side, min, max) => Distorted(side, min, max, Bilinear, blur: 0.5, solarize: 0.2)),
    ]);

    /// <summary>ReLIC v2: large views with BYOL's two distortions in turn, then small ones.</summary>
    /// <param name="size">Side of the large views in pixels; small views have 3/7 of it, 96 pixels for 224.</param>
    /// <param name="large">Number of large views, at least 1.</param>
    /// <param name="small">Number of small views.</param>
    /// <returns>Large views first. Images of <see cref="SmallImageSide"/> pixels and below are not blurred.</returns>
    /// <remarks>
    /// Tomasev et al., "Pushing the Limits of Self-supervised ResNets", 2022, https://arxiv.org/abs/2201.05119: distortions and shares of the area (0.14 to 1, 0.05 to 0.14) from memory of the paper;
    /// which view is distorted how is ours.
    /// </remarks>
    public static ViewPlan ReLICv2(int size, int large = 4, int small = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(large, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(small);
        var blur = size <= SmallImageSide ? 0 : 1;
        var views = Enumerable.Range(0, large).Select(view => view % 2 == 0
            ? Distorted(size, 0.14, 1, Bicubic, blur, solarize: 0)
            : Distorted(size, 0.14, 1, Bicubic, 0.1 * blur, solarize: 0.2));

        return new([.. views, .. Enumerable.Repeat(Distorted(size * 3 / 7, 0.05, 0.14, Bicubic, 0.5 * blur, solarize: 0.2), small)]);
    }

    private static IEnumerable<ViewSpec> Shrinking(int size, int first, int count, Func<int, double, double, ViewSpec> view)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, ShrinkingCrops - first);

        return _shrinkingCrops.Skip(first).Take(count).Select(crop => view(size * crop.Side / 224, crop.ScaleMin, crop.ScaleMax));
    }

    private static ViewSpec Distorted(int size, double scaleMin, double scaleMax, string interpolation, double blur, double solarize)
    {
        List<AugmentationSpec> steps = [Crop(size, scaleMin, scaleMax, interpolation), Jitter(0.4, 0.4, 0.2, 0.1), Grayscale()];
        if (blur > 0)
        {
            steps.Add(Blur(blur, KernelSize(size)));
        }

        if (solarize > 0)
        {
            steps.Add(new("solarize", ("threshold", 0.5), ("probability", solarize)));
        }

        return new([.. steps, Flip(), Normalize()]);
    }
}
