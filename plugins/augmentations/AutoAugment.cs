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
    private static readonly Dictionary<PolicyOperation, Action<ImageBuffer, float, float>> Operations = new()
    {
        [PolicyOperation.ShearX] = (image, amount, fill) => ByteGeometry.ShearX(image, amount, fill),
        [PolicyOperation.Rotate] = (image, amount, fill) => ByteGeometry.Rotate(image, amount, fill),
        [PolicyOperation.Color] = (image, amount, _) => ByteImage.Color(image, amount),
        [PolicyOperation.Contrast] = (image, amount, _) => ByteImage.Contrast(image, amount),
        [PolicyOperation.Sharpness] = (image, amount, _) => ByteImage.Sharpen(image, amount),
        [PolicyOperation.Posterize] = (image, amount, _) => ByteTables.Posterize(image, (int)amount),
        [PolicyOperation.Solarize] = (image, amount, _) => ByteTables.Solarize(image, amount),
        [PolicyOperation.AutoContrast] = (image, _, _) => ByteTables.AutoContrast(image),
        [PolicyOperation.Equalize] = (image, _, _) => ByteTables.Equalize(image),
        [PolicyOperation.Invert] = (image, _, _) => ByteTables.Solarize(image, threshold: 0),
    };

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
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        if (parameters[0] == 0 && parameters[2] == 0)
        {
            return;
        }

        ByteImage.Quantise(image);
        Run((PolicyOperation)(int)parameters[0], parameters[1], image);
        Run((PolicyOperation)(int)parameters[2], parameters[3], image);
        ByteImage.Restore(image);
    }

    private static void DrawStep(ref CounterRandom random, PolicyStep step, bool applied, Span<float> row)
    {
        var happens = random.Chance(step.Probability) && applied;
        var sign = random.Chance(0.5) ? 1 : -1;
        (row[0], row[1]) = happens ? ((int)step.Operation, (float)step.Amount(sign)) : (0, 0);
    }

    private void Run(PolicyOperation operation, float amount, ImageBuffer image)
    {
        if (Operations.TryGetValue(operation, out var run))
        {
            run(image, amount, (float)Math.Round(options.Fill * ByteImage.White));
        }
    }
}
