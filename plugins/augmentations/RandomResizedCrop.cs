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

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ScaleMin > ScaleMax)
        {
            yield return new($"scaleMin is {ScaleMin}, above scaleMax {ScaleMax}. Swap them.", [nameof(ScaleMin)]);
        }

        if (RatioMin > RatioMax)
        {
            yield return new($"ratioMin is {RatioMin}, above ratioMax {RatioMax}. Swap them.", [nameof(RatioMin)]);
        }
    }
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
public sealed class RandomResizedCrop(RandomResizedCropOptions options) : IShrinkingCrop
{
    /// <inheritdoc/>
    public int ParameterCount => 4;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        var box = new RandomBox(options.ScaleMin, options.ScaleMax, options.RatioMin, options.RatioMax).Draw(ref random, input);
        box.Write(parameters);
    }

    /// <inheritdoc/>
    public ImageSize OutputSize(ImageSize input, ReadOnlySpan<float> parameters) => new(options.Size, options.Size);

    /// <inheritdoc/>
    public double PixelsPerPixel(ReadOnlySpan<float> parameters) => Part.PixelsPerPixel(parameters, options.Size);

    /// <inheritdoc/>
    public void Reduce(Span<float> parameters, int reduction) => Part.Reduce(parameters, reduction);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The box lies outside the image: the row was drawn for an image of another size.</exception>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters) =>
        Resampling.CropAndResize(image, Part.Read(parameters, image.Size), options.Size, options.Size, options.Interpolation);
}
