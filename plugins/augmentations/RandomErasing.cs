using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>random-erasing</c>.</summary>
public sealed record RandomErasingOptions : IValidatableObject
{
    /// <summary>Share of images of which a box is erased, a fraction in [0, 1]. DeiT, MAE's fine-tuning: 0.25.</summary>
    [Range(0.0, 1.0)]
    public double Probability { get; init; } = 0.25;

    /// <summary>Smallest share of the image's area, a fraction in (0, 1]. timm: 0.02.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double ScaleMin { get; init; } = 0.02;

    /// <summary>Largest share of the image's area, a fraction in (0, 1]. timm: 1/3.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double ScaleMax { get; init; } = 1.0 / 3.0;

    /// <summary>Smallest height / width of the box, a fraction in (0, 1]; the largest is its reciprocal. timm: 0.3.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Ratio { get; init; } = 0.3;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => RangeFaults.Of(ScaleMin, ScaleMax);
}

/// <summary>Fills a random box with noise, a number from the standard normal distribution for each pixel and channel. Comes behind <c>normalize</c>.</summary>
/// <remarks>
/// <para>Zhong et al., "Random Erasing Data Augmentation", AAAI 2020, https://arxiv.org/abs/1708.04896, as timm's <c>RandomErasing</c> in mode pixel: one box
/// per image, area and log-ratio uniform, ten tries for one that is smaller than the image on both sides; without such a one the image stays.</para>
/// <para>Row of decisions: top, left, height, width of the box, height 0 for none, and what the noise is drawn from. Always consumes 24 numbers.</para>
/// </remarks>
[Plugin("random-erasing", Options = typeof(RandomErasingOptions), Family = "filter", Summary = "Fills a random box with noise, with a probability.",
    Paper = "Random Erasing Data Augmentation", Authors = "Zhong, Zheng, Kang, Li, Yang", Venue = "AAAI", Year = 2020, ArXiv = "1708.04896")]
public sealed class RandomErasing(RandomErasingOptions options) : IAugmentation
{
    private const int Keys = 1 << 24;   // whole numbers that a float holds exactly

    private readonly RandomBox _boxes = new(options.ScaleMin, options.ScaleMax, options.Ratio, 1 / options.Ratio);

    /// <inheritdoc/>
    public int ParameterCount => 5;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        var applied = random.Chance(options.Probability);
        var box = _boxes.DrawSmaller(ref random, input);
        var key = random.Index(Keys);
        parameters.Clear();
        if (applied && box is { } erased)
        {
            (parameters[0], parameters[1], parameters[2], parameters[3], parameters[4]) = (erased.Top, erased.Left, erased.Height, erased.Width, key);
        }
    }

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        var (top, left, height, width) = ((int)parameters[0], (int)parameters[1], (int)parameters[2], (int)parameters[3]);
        var random = new CounterRandom(seed: (long)parameters[4], epoch: 0, sample: 0, view: 0);
        for (var row = 0; row < image.Channels * height; row++)
        {
            var start = ((top + (row % height)) * image.Width) + left;
            foreach (ref var pixel in image.Plane(row / height).Slice(start, width))
            {
                pixel = (float)random.Normal();
            }
        }
    }
}
