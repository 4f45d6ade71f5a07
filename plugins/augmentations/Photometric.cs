using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>photometric</c>.</summary>
public sealed record PhotometricOptions : IValidatableObject
{
    /// <summary>Share of images that are changed, by all four operations, a fraction in [0, 1]. PIRL's code: 0.66.</summary>
    [Range(0.0, 1.0)]
    public double Probability { get; init; } = 0.66;

    /// <summary>Fewest bits of a value that are kept. PIRL's code: 4.</summary>
    [Range(1, 8)]
    public int BitsMin { get; init; } = 4;

    /// <summary>Most bits of a value that are kept; 8 keeps it as it is. PIRL's code: 8.</summary>
    [Range(1, 8)]
    public int BitsMax { get; init; } = 8;

    /// <summary>Smallest factor of sharpness: 0 is a smoothed image, 1 the image itself. PIRL's code: 0.1.</summary>
    [Range(0.0, 10.0)]
    public double SharpnessMin { get; init; } = 0.1;

    /// <summary>Largest factor of sharpness. PIRL's code: 1.9.</summary>
    [Range(0.0, 10.0)]
    public double SharpnessMax { get; init; } = 1.9;

    /// <summary>Smallest threshold from which on values are inverted, in bytes: 0 inverts all. PIRL's code: 0.</summary>
    [Range(0, 256)]
    public int ThresholdMin { get; init; }

    /// <summary>Largest threshold from which on values are inverted, in bytes: 256 inverts none. PIRL's code: 256.</summary>
    [Range(0, 256)]
    public int ThresholdMax { get; init; } = 256;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        [.. RangeFaults.Of(BitsMin, BitsMax), .. RangeFaults.Of(SharpnessMin, SharpnessMax), .. RangeFaults.Of(ThresholdMin, ThresholdMax)];
}

/// <summary>With a probability posterizes, sharpens or smooths, solarizes, and stretches the contrast, in this order.</summary>
/// <remarks>
/// <para>Misra and van der Maaten, "Self-Supervised Learning of Pretext-Invariant Representations", CVPR 2020, https://arxiv.org/abs/1912.01991, as in the
/// authors' code (VISSL). The operations are PIL's: the image is rounded to bytes before the first, and stays in bytes up to the last.</para>
/// <para>Row of decisions: the four operations, each with its amount; an operation 0 does nothing. Always consumes 4 numbers.</para>
/// </remarks>
[Plugin("photometric", Options = typeof(PhotometricOptions), Family = "color",
    Summary = "Posterizes, sharpens, solarizes and stretches contrast with a probability, as PIRL.",
    Paper = "Self-Supervised Learning of Pretext-Invariant Representations", Authors = "Misra, van der Maaten", Venue = "CVPR", Year = 2020,
    ArXiv = "1912.01991")]
public sealed class Photometric(PhotometricOptions options) : IAugmentation
{
    private static readonly PolicyOperation[] _order =
        [PolicyOperation.Posterize, PolicyOperation.Sharpness, PolicyOperation.Solarize, PolicyOperation.AutoContrast];

    /// <inheritdoc/>
    public int ParameterCount => 2 * _order.Length;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        var applied = random.Chance(options.Probability);
        var bits = options.BitsMin + random.Index(options.BitsMax - options.BitsMin + 1);
        var sharpness = random.Uniform(options.SharpnessMin, options.SharpnessMax);
        var threshold = options.ThresholdMin + random.Index(options.ThresholdMax - options.ThresholdMin + 1);
        ReadOnlySpan<float> amounts = [bits, (float)sharpness, threshold, 0];
        for (var step = 0; step < _order.Length; step++)
        {
            (parameters[2 * step], parameters[(2 * step) + 1]) = applied ? ((int)_order[step], amounts[step]) : (0, 0);
        }
    }

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters) => PolicyOperations.Run(image, parameters, []);
}
