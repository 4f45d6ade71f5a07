using System.ComponentModel.DataAnnotations;
using Parallax.Contracts;

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
/// <para>torchvision's <c>RandomResizedCrop</c>: ten tries with area uniform and log-ratio uniform; when none fits, the largest central box of an allowed ratio.</para>
/// <para>Row of decisions: top, left, height, width of the box in pixels. Always consumes 22 numbers, however many tries were needed.</para>
/// <para>Differs from torchvision on tensors: always antialiased, as torchvision is on PIL images, and clipped to [0, 1].</para>
/// </remarks>
[Plugin("random-resized-crop", Options = typeof(RandomResizedCropOptions), Family = "geometry",
    Summary = "Cuts out a box of random area, shape and place, and resizes it to a square.")]
public sealed class RandomResizedCrop(RandomResizedCropOptions options) : IAugmentation
{
    private const int Tries = 10;

    /// <inheritdoc/>
    public int ParameterCount => 4;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        Box? chosen = null;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var area = (double)input.Height * input.Width * random.Uniform(options.ScaleMin, options.ScaleMax);
            var ratio = Math.Exp(random.Uniform(Math.Log(options.RatioMin), Math.Log(options.RatioMax)));
            var box = new Box(0, 0, (int)Math.Round(Math.Sqrt(area / ratio)), (int)Math.Round(Math.Sqrt(area * ratio)));
            chosen ??= box.FitsInto(input) ? box : null;
        }

        var shape = chosen ?? CentralBox(input);
        var top = random.Index(input.Height - shape.Height + 1);
        var left = random.Index(input.Width - shape.Width + 1);
        (parameters[0], parameters[1]) = chosen is null ? (shape.Top, shape.Left) : (top, left);
        (parameters[2], parameters[3]) = (shape.Height, shape.Width);
    }

    /// <inheritdoc/>
    public ImageSize OutputSize(ImageSize input, ReadOnlySpan<float> parameters) => new(options.Size, options.Size);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The box lies outside the image: the row was drawn for an image of another size.</exception>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        var box = new Box((int)parameters[0], (int)parameters[1], (int)parameters[2], (int)parameters[3]);
        if (!box.FitsInto(image.Size))
        {
            throw new ArgumentException(
                $"The crop {box} lies outside the image of {image.Size}: its row was drawn for an image of another size.", nameof(parameters));
        }

        Resampling.CropAndResize(image, box, options.Size, options.Size, options.Interpolation);
    }

    private Box CentralBox(ImageSize input)
    {
        var ratio = (double)input.Width / input.Height;
        var (height, width) = (input.Height, input.Width);
        if (ratio < options.RatioMin)
        {
            height = Math.Clamp((int)Math.Round(width / options.RatioMin), 1, input.Height);
        }
        else if (ratio > options.RatioMax)
        {
            width = Math.Clamp((int)Math.Round(height * options.RatioMax), 1, input.Width);
        }

        return new((input.Height - height) / 2, (input.Width - width) / 2, height, width);
    }
}
