using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>jitter-or-auto-augment</c>.</summary>
public sealed record JitterOrAutoAugmentOptions
{
    /// <summary>Share of images that AutoAugment changes instead of jitter, grayscale and blur, a fraction in [0, 1]. Van Gansbeke et al., authors' code:
    /// 0.5.</summary>
    [Range(0.0, 1.0)]
    public double AutoAugmentShare { get; init; } = 0.5;

    /// <summary>As in <c>color-jitter</c>. MoCo v2: 0.4.</summary>
    [Range(0.0, 10.0)]
    public double Brightness { get; init; } = 0.4;

    /// <summary>As in <c>color-jitter</c>. MoCo v2: 0.4.</summary>
    [Range(0.0, 10.0)]
    public double Contrast { get; init; } = 0.4;

    /// <summary>As in <c>color-jitter</c>. MoCo v2: 0.4.</summary>
    [Range(0.0, 10.0)]
    public double Saturation { get; init; } = 0.4;

    /// <summary>As in <c>color-jitter</c>. MoCo v2: 0.1.</summary>
    [Range(0.0, 0.5)]
    public double Hue { get; init; } = 0.1;

    /// <summary>Share of the other images that are jittered, a fraction in [0, 1]. MoCo v2: 0.8.</summary>
    [Range(0.0, 1.0)]
    public double JitterProbability { get; init; } = 0.8;

    /// <summary>Share of the other images that lose their colour, a fraction in [0, 1]. MoCo v2: 0.2.</summary>
    [Range(0.0, 1.0)]
    public double GrayscaleProbability { get; init; } = 0.2;

    /// <summary>Share of the other images that are blurred with 0.1 to 2 pixels, a fraction in [0, 1]. MoCo v2: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double BlurProbability { get; init; } = 0.5;
}

/// <summary>Tosses a coin per image: either the colours of MoCo v2 (jitter, grayscale, blur) or a sub-policy of AutoAugment.</summary>
/// <remarks>
/// <para>Van Gansbeke et al., "Revisiting Contrastive Methods for Unsupervised Learning of Visual Representations", NeurIPS 2021, section 4.2,
/// https://arxiv.org/abs/2106.05967. One step of a view, because steps of a view know nothing of each other.</para>
/// <para>Row of decisions: 1 for AutoAugment, else 0; then the rows of <c>auto-augment</c>, <c>color-jitter</c>, <c>grayscale</c> and <c>gaussian-blur</c>.
/// Always consumes 18 numbers.</para>
/// </remarks>
[Plugin("jitter-or-auto-augment", Options = typeof(JitterOrAutoAugmentOptions), Family = "policy",
    Summary = "A coin between AutoAugment and the colours of MoCo v2.")]
public sealed class JitterOrAutoAugment(JitterOrAutoAugmentOptions options) : IAugmentation
{
    private readonly IAugmentation[] _steps =
    [
        new AutoAugment(new()),
        new ColorJitter(new()
        {
            Brightness = options.Brightness, Contrast = options.Contrast, Saturation = options.Saturation, Hue = options.Hue,
            Probability = options.JitterProbability,
        }),
        new Grayscale(new() { Probability = options.GrayscaleProbability }),
        new GaussianBlur(new() { Probability = options.BlurProbability }),
    ];

    /// <inheritdoc/>
    public int ParameterCount => 1 + _steps[0].ParameterCount + _steps[1].ParameterCount + _steps[2].ParameterCount + _steps[3].ParameterCount;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        parameters[0] = random.Flag(options.AutoAugmentShare);
        var rest = parameters[1..];
        foreach (var step in _steps)
        {
            step.Draw(ref random, input, rest[..step.ParameterCount]);
            rest = rest[step.ParameterCount..];
        }
    }

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        var rest = parameters[1..];
        foreach (var step in _steps)
        {
            if ((step is AutoAugment) == (parameters[0] != 0))
            {
                step.Apply(image, rest[..step.ParameterCount]);
            }

            rest = rest[step.ParameterCount..];
        }
    }
}
