using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>auto-augment</c>.</summary>
public sealed record AutoAugmentOptions
{
    /// <summary>Share of images that go through a sub-policy, a fraction in [0, 1]. Cubuk et al.: 1.</summary>
    [Range(0.0, 1.0)]
    public double Probability { get; init; } = 1;

    /// <summary>Value of pixels that rotation and shear bring in from outside, a fraction in [0, 1]. Authors' code: grey, 128 of 255; torchvision: 0.</summary>
    [Range(0.0, 1.0)]
    public double Fill { get; init; } = 128 / 255.0;
}

/// <summary>Applies one of the 25 sub-policies that AutoAugment learned on ImageNet, two operations with their probabilities and strengths.</summary>
/// <remarks>
/// <para>Cubuk et al., "AutoAugment: Learning Augmentation Strategies from Data", CVPR 2019, https://arxiv.org/abs/1805.09501. Policy and strengths are those
/// of torchvision's <c>AutoAugment(IMAGENET)</c>, and the operations are PIL's: the image is rounded to bytes before the first operation, and stays in bytes
/// between the two.</para>
/// <para>Row of decisions: first operation and its amount, second operation and its amount; an operation 0 does nothing. Always consumes 6 numbers.</para>
/// <para>Differs from torchvision: what rotation and shear bring in is grey, as in the authors' code (see <see cref="AutoAugmentOptions.Fill"/>).</para>
/// </remarks>
[Plugin("auto-augment", Options = typeof(AutoAugmentOptions), Family = "policy", Summary = "One of AutoAugment's 25 sub-policies for ImageNet.")]
public sealed class AutoAugment(AutoAugmentOptions options) : IAugmentation
{
    private readonly float[] _fill = [(float)Math.Round(options.Fill * ByteImage.White)];

    /// <inheritdoc/>
    public int ParameterCount => 4;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        var applied = random.Chance(options.Probability);
        var (first, second) = PolicyTable.ImageNet[random.Index(PolicyTable.ImageNet.Length)];
        DrawStep(ref random, first, applied, parameters[..2]);
        DrawStep(ref random, second, applied, parameters[2..]);
    }

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters) => PolicyOperations.Run(image, parameters, _fill);

    private static void DrawStep(ref CounterRandom random, PolicyStep step, bool applied, Span<float> row)
    {
        var happens = random.Chance(step.Probability) && applied;
        var sign = random.Chance(0.5) ? 1 : -1;
        (row[0], row[1]) = happens ? ((int)step.Operation, (float)step.Amount(sign)) : (0, 0);
    }
}
