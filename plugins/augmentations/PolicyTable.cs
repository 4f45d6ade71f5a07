namespace Parallax.Plugins.Augmentations;

/// <summary>Operations of policies; the number is what a row of decisions holds.</summary>
internal enum PolicyOperation
{
    None,
    ShearX,
    Rotate,
    Color,
    Contrast,
    Sharpness,
    Posterize,
    Solarize,
    AutoContrast,
    Equalize,
    Invert,
    Brightness,
    SolarizeAdd,
    ShearY,
    TranslateX,
    TranslateY,
}

/// <summary>One half of a sub-policy.</summary>
/// <param name="Operation">What is done.</param>
/// <param name="Probability">How often, a fraction in [0, 1].</param>
/// <param name="Magnitude">Strength from 0 to 9; operations without a strength ignore it.</param>
internal readonly record struct PolicyStep(PolicyOperation Operation, double Probability, int Magnitude = 0)
{
    private const double Strongest = 9;

    /// <summary>What the operation is called with: a slope, degrees, a factor, a number of bits, or a threshold in bytes.</summary>
    /// <param name="sign">1 or -1, for operations that go both ways.</param>
    public double Amount(int sign) => Operation switch
    {
        PolicyOperation.ShearX => sign * 0.3 * Magnitude / Strongest,
        PolicyOperation.Rotate => sign * 30 * Magnitude / Strongest,
        PolicyOperation.Color or PolicyOperation.Contrast or PolicyOperation.Sharpness => 1 + (sign * 0.9 * Magnitude / Strongest),
        PolicyOperation.Posterize => 8 - Math.Round(4 * Magnitude / Strongest),
        PolicyOperation.Solarize => 255 * (1 - (Magnitude / Strongest)),
        _ => 0,
    };
}

/// <summary>AutoAugment's policy for ImageNet.</summary>
/// <remarks>Cubuk et al., "AutoAugment: Learning Augmentation Strategies from Data", CVPR 2019, table 9, https://arxiv.org/abs/1805.09501; the same list as
/// torchvision's.</remarks>
internal static class PolicyTable
{
    /// <summary>The 25 sub-policies; some appear twice, which doubles their chance.</summary>
    public static readonly (PolicyStep First, PolicyStep Second)[] ImageNet =
    [
        (new(PolicyOperation.Posterize, 0.4, 8), new(PolicyOperation.Rotate, 0.6, 9)),
        (new(PolicyOperation.Solarize, 0.6, 5), new(PolicyOperation.AutoContrast, 0.6)),
        (new(PolicyOperation.Equalize, 0.8), new(PolicyOperation.Equalize, 0.6)),
        (new(PolicyOperation.Posterize, 0.6, 7), new(PolicyOperation.Posterize, 0.6, 6)),
        (new(PolicyOperation.Equalize, 0.4), new(PolicyOperation.Solarize, 0.2, 4)),
        (new(PolicyOperation.Equalize, 0.4), new(PolicyOperation.Rotate, 0.8, 8)),
        (new(PolicyOperation.Solarize, 0.6, 3), new(PolicyOperation.Equalize, 0.6)),
        (new(PolicyOperation.Posterize, 0.8, 5), new(PolicyOperation.Equalize, 1)),
        (new(PolicyOperation.Rotate, 0.2, 3), new(PolicyOperation.Solarize, 0.6, 8)),
        (new(PolicyOperation.Equalize, 0.6), new(PolicyOperation.Posterize, 0.4, 6)),
        (new(PolicyOperation.Rotate, 0.8, 8), new(PolicyOperation.Color, 0.4, 0)),
        (new(PolicyOperation.Rotate, 0.4, 9), new(PolicyOperation.Equalize, 0.6)),
        (new(PolicyOperation.Equalize, 0), new(PolicyOperation.Equalize, 0.8)),
        (new(PolicyOperation.Invert, 0.6), new(PolicyOperation.Equalize, 1)),
        (new(PolicyOperation.Color, 0.6, 4), new(PolicyOperation.Contrast, 1, 8)),
        (new(PolicyOperation.Rotate, 0.8, 8), new(PolicyOperation.Color, 1, 2)),
        (new(PolicyOperation.Color, 0.8, 8), new(PolicyOperation.Solarize, 0.8, 7)),
        (new(PolicyOperation.Sharpness, 0.4, 7), new(PolicyOperation.Invert, 0.6)),
        (new(PolicyOperation.ShearX, 0.6, 5), new(PolicyOperation.Equalize, 1)),
        (new(PolicyOperation.Color, 0.4, 0), new(PolicyOperation.Equalize, 0.6)),
        (new(PolicyOperation.Equalize, 0.4), new(PolicyOperation.Solarize, 0.2, 4)),
        (new(PolicyOperation.Solarize, 0.6, 5), new(PolicyOperation.AutoContrast, 0.6)),
        (new(PolicyOperation.Invert, 0.6), new(PolicyOperation.Equalize, 1)),
        (new(PolicyOperation.Color, 0.6, 4), new(PolicyOperation.Contrast, 1, 8)),
        (new(PolicyOperation.Equalize, 0.8), new(PolicyOperation.Equalize, 0.6)),
    ];
}
