using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>random-resized-crop</c>.</summary>
public sealed record RandomResizedCropOptions : IValidatableObject
{
    /// <summary>Side of the result in pixels. Default 224.</summary>
    [Range(1, 4096)]
    public int Size { get; init; } = 224;

    /// <summary>Smallest share of the image's area, a fraction in (0, 1]. torchvision: 0.08; MoCo: 0.2.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double ScaleMin { get; init; } = 0.08;

    /// <summary>Largest share of the image's area, a fraction in (0, 1]. torchvision: 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double ScaleMax { get; init; } = 1;

    /// <summary>Smallest width / height of the crop. torchvision: 3/4.</summary>
    [Range(0.01, 100.0)]
    public double RatioMin { get; init; } = 3.0 / 4.0;

    /// <summary>Largest width / height of the crop. torchvision: 4/3.</summary>
    [Range(0.01, 100.0)]
    public double RatioMax { get; init; } = 4.0 / 3.0;

    /// <summary>Weights of the resize. torchvision: bilinear; SimCLR, BYOL, Barlow Twins, DINO: bicubic.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bilinear;

    /// <inheritdoc cref="ColorJitterOptions.PerFrame"/>
    public bool PerFrame { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        [.. RangeFaults.Of(ScaleMin, ScaleMax), .. RangeFaults.Of(RatioMin, RatioMax)];
}

/// <summary>Cuts out a box of random area, shape and place, and resizes it to a square.</summary>
/// <remarks>
/// <para>torchvision's <c>RandomResizedCrop</c>: ten tries with area uniform and log-ratio uniform; when none fits, the largest central box of an allowed
/// ratio.</para>
/// <para>Row of decisions: top, left, height, width of the box in pixels; parts of pixels when the image was decoded smaller. Always consumes 22 numbers,
/// however many tries were needed.</para>
/// <para>Differs from torchvision on tensors: always antialiased, as torchvision is on PIL images, and clipped to [0, 1].</para>
/// </remarks>
[Plugin("random-resized-crop", Options = typeof(RandomResizedCropOptions), Family = "geometry",
    Summary = "Cuts out a box of random area, shape and place, and resizes it to a square.")]
public sealed class RandomResizedCrop(RandomResizedCropOptions options) : SquareCrop(options.Size, options.Interpolation), IShrinkingCrop
{
    /// <inheritdoc/>
    public bool DrawsPerFrame => options.PerFrame;

    private protected override Box DrawBox(ref CounterRandom random, ImageSize input) =>
        new RandomBox(options.ScaleMin, options.ScaleMax, options.RatioMin, options.RatioMax).Draw(ref random, input);
}
