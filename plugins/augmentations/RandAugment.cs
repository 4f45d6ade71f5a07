using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>rand-augment</c>.</summary>
public sealed record RandAugmentOptions
{
    /// <summary>Operations that are drawn for an image. timm: 2.</summary>
    [Range(1, 16)]
    public int Operations { get; init; } = 2;

    /// <summary>Mean strength of an operation, 0 to 10. DeiT, MAE's fine-tuning: 9.</summary>
    [Range(0.0, 10.0)]
    public double Magnitude { get; init; } = 9;

    /// <summary>Standard deviation of the strength, which stays in [0, 10]. DeiT, MAE's fine-tuning: 0.5.</summary>
    [Range(0.0, 10.0)]
    public double Deviation { get; init; } = 0.5;

    /// <summary>Probability that a drawn operation is applied, a fraction in [0, 1]. timm: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double Probability { get; init; } = 0.5;
}

/// <summary>Applies a few random operations of equal strength.</summary>
/// <remarks>
/// <para>Cubuk et al., "RandAugment: Practical Automated Data Augmentation with a Reduced Search Space", NeurIPS 2020, https://arxiv.org/abs/1909.13719, as
/// timm's <c>rand-m9-mstd0.5-inc1</c>: fifteen operations whose strength rises with the magnitude, drawn with replacement, each applied with probability 0.5
/// at a strength around the magnitude. What shifts, shears and rotations bring in has the mean colour of the data set.</para>
/// <para>Row of decisions: each operation with its amount; an operation 0 does nothing. Always consumes five numbers per operation.</para>
/// <para>Differs from timm: geometric operations take the nearest pixel, where timm interpolates.</para>
/// </remarks>
[Plugin("rand-augment", Options = typeof(RandAugmentOptions), Family = "policy", Summary = "A few random operations of one strength, as timm's.",
    Paper = "RandAugment: Practical Automated Data Augmentation with a Reduced Search Space", Authors = "Cubuk, Zoph, Shlens, Le", Venue = "NeurIPS",
    Year = 2020, ArXiv = "1909.13719")]
public sealed class RandAugment : IAugmentation
{
    private const double Strongest = 10;

    /// <summary>timm's increasing transforms, in its order.</summary>
    internal static readonly PolicyOperation[] Choices =
    [
        PolicyOperation.AutoContrast, PolicyOperation.Equalize, PolicyOperation.Invert, PolicyOperation.Rotate, PolicyOperation.Posterize,
        PolicyOperation.Solarize, PolicyOperation.SolarizeAdd, PolicyOperation.Color, PolicyOperation.Contrast, PolicyOperation.Brightness,
        PolicyOperation.Sharpness, PolicyOperation.ShearX, PolicyOperation.ShearY, PolicyOperation.TranslateX, PolicyOperation.TranslateY,
    ];

    private readonly RandAugmentOptions _options;
    private readonly float[] _fill;

    /// <summary>Takes the mean colour from the data set.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="run">Tells the data set's mean.</param>
    public RandAugment(RandAugmentOptions options, RunInfo run) =>
        (_options, _fill) = (options, [.. run.Data.Mean.Select(mean => (float)Math.Min(ByteImage.White, Math.Round(ByteImage.White * mean)))]);

    /// <inheritdoc/>
    public int ParameterCount => 2 * _options.Operations;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        for (var step = 0; step < ParameterCount; step += 2)
        {
            var operation = Choices[random.Index(Choices.Length)];
            var applied = random.Chance(_options.Probability);
            var strength = Math.Clamp(_options.Magnitude + (_options.Deviation * random.Normal()), 0, Strongest);
            var sign = random.Chance(0.5) ? -1 : 1;
            (parameters[step], parameters[step + 1]) = applied ? ((int)operation, (float)Amount(operation, strength, sign)) : (0, 0);
        }
    }

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters) => PolicyOperations.Run(image, parameters, _fill);

    /// <summary>What an operation is called with: degrees, a slope, a share of the side, a factor, a number of bits, a threshold or a sum in bytes.</summary>
    /// <param name="operation">Which.</param>
    /// <param name="strength">0 to 10.</param>
    /// <param name="sign">1 or -1, for operations that go both ways.</param>
    internal static double Amount(PolicyOperation operation, double strength, int sign)
    {
        var share = strength / Strongest;

        return operation switch
        {
            PolicyOperation.Rotate => sign * 30 * share,
            PolicyOperation.ShearX or PolicyOperation.ShearY => sign * 0.3 * share,
            PolicyOperation.TranslateX or PolicyOperation.TranslateY => sign * 0.45 * share,
            PolicyOperation.Color or PolicyOperation.Contrast or PolicyOperation.Brightness or PolicyOperation.Sharpness =>
                Math.Max(0.1, 1 + (sign * 0.9 * share)),
            PolicyOperation.Posterize => 4 - (int)(4 * share),
            PolicyOperation.Solarize => 256 - Math.Min(256, (int)(256 * share)),
            PolicyOperation.SolarizeAdd => Math.Min(128, (int)(110 * share)),
            _ => 0,
        };
    }
}
