using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>constrained-crop</c>.</summary>
public sealed record ConstrainedCropOptions : IValidatableObject, IRunRequirements
{
    /// <summary>Side of the result in pixels. Van Gansbeke et al., authors' code: 96.</summary>
    [Range(1, 4096)]
    public int Size { get; init; } = 96;

    /// <summary>Smallest share of the image's area, a fraction in (0, 1]. Authors' code: 0.05.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double ScaleMin { get; init; } = 0.05;

    /// <summary>Largest share of the image's area, a fraction in (0, 1]. Authors' code: 0.14.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double ScaleMax { get; init; } = 0.14;

    /// <summary>Smallest width / height of this crop and of the anchor. torchvision: 3/4.</summary>
    [Range(0.01, 100.0)]
    public double RatioMin { get; init; } = 3.0 / 4.0;

    /// <summary>Largest width / height of this crop and of the anchor. torchvision: 4/3.</summary>
    [Range(0.01, 100.0)]
    public double RatioMax { get; init; } = 4.0 / 3.0;

    /// <summary>Weights of the resize. Authors' code: bilinear.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bilinear;

    /// <summary>Share of this crop's area that must lie in the anchor's crop, a fraction in [0, 1]; 0 lifts the constraint. Authors' code: 0.1.</summary>
    [Range(0.0, 1.0)]
    public double MinOverlap { get; init; } = 0.1;

    /// <summary>View whose crop is the anchor, from 0. Authors' code: the key, which is the second view, 1.</summary>
    [Range(0, 99)]
    public int AnchorView { get; init; } = 1;

    /// <summary>The anchor's own <c>scaleMin</c>, a fraction in (0, 1]. Authors' code: 0.2.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double AnchorScaleMin { get; init; } = 0.2;

    /// <summary>The anchor's own <c>scaleMax</c>, a fraction in (0, 1]. Authors' code: 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double AnchorScaleMax { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        [.. RangeFaults.Of(ScaleMin, ScaleMax), .. RangeFaults.Of(AnchorScaleMin, AnchorScaleMax), .. RangeFaults.Of(RatioMin, RatioMax)];

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => run.ViewCount is not { } views || AnchorView < views ? [] :
        [$"anchorView is {AnchorView}, but there are {views} views, from 0 on. Give the number of the view whose crop this one shall overlap."];
}

/// <summary>A random resized crop that must overlap the crop of another view of the same image.</summary>
/// <remarks>
/// <para>Van Gansbeke et al., "Revisiting Contrastive Methods for Unsupervised Learning of Visual Representations", NeurIPS 2021, section 4.1,
/// https://arxiv.org/abs/2106.05967, as in the authors' code: ten tries, then a crop without constraint. The overlap is measured against the area that was
/// drawn, before rounding to pixels.</para>
/// <para>The anchor's crop is drawn again here from the anchor view's own random numbers. That holds when the anchor view and this one both begin with their
/// crop, and the anchor's is a <c>random-resized-crop</c> with the scales and ratios given here; otherwise the constraint is towards a crop that nobody
/// takes.</para>
/// <para>Row of decisions: top, left, height, width of the box in pixels; parts of pixels when the image was decoded smaller. Always consumes 62
/// numbers.</para>
/// </remarks>
[Plugin("constrained-crop", Options = typeof(ConstrainedCropOptions), Family = "geometry",
    Summary = "A random resized crop that must overlap the crop of another view.")]
public sealed class ConstrainedCrop(ConstrainedCropOptions options) : SquareCrop(options.Size, options.Interpolation), IShrinkingCrop
{
    private protected override Box DrawBox(ref CounterRandom random, ImageSize input)
    {
        var ofAnchor = random.OfView(options.AnchorView);
        var anchor = new RandomBox(options.AnchorScaleMin, options.AnchorScaleMax, options.RatioMin, options.RatioMax).Draw(ref ofAnchor, input);

        return new RandomBox(options.ScaleMin, options.ScaleMax, options.RatioMin, options.RatioMax)
            .DrawOverlapping(ref random, input, anchor, options.MinOverlap);
    }
}
