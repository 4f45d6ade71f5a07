namespace Parallax.Plugins.Parts;

/// <summary>CIE L*a*b* of sRGB images, and back: lightness apart from colour, distances near those that people see.</summary>
/// <remarks>White is that of D65, (0.95047, 1, 1.08883), as in scikit-image's <c>rgb2lab</c> and <c>lab2rgb</c>.</remarks>
public static class Lab
{
    /// <summary>Half the range of L, which is [0, 100].</summary>
    public const double MiddleLightness = 50;

    private const double LightnessRange = 100, ColourRange = 110;

    private static readonly double[][] _xyzOfRgb = [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]];

    private static readonly double[][] _rgbOfXyz =
        [[3.240481342, -1.537151516, -0.498536326], [-0.969254949, 1.875990002, 0.041555927], [0.055646639, -0.204041338, 1.057311070]];

    private static readonly double[] _white = [0.95047, 1, 1.08883];

    /// <summary>Lab of RGB.</summary>
    /// <param name="rgb">[N, 3, H, W] in [0, 1].</param>
    /// <returns>[N, 3, H, W] float32: L in [0, 100], a and b in about [-110, 110].</returns>
    /// <exception cref="ArgumentException">The tensor is not [N, 3, H, W].</exception>
    public static Tensor FromRgb(Tensor rgb)
    {
        RequireThreeChannels(rgb, nameof(rgb));
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var values = rgb.to(float32);
        var linear = where(values.gt(0.04045), ((values + 0.055) / 1.055).pow(2.4), values / 12.92);   // [N, 3, H, W]
        var f = Mixed(linear, _xyzOfRgb).Select((x, i) => Root(x / _white[i])).ToList();               // 3 of [N, H, W]

        return stack([(116 * f[1]) - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])], 1).MoveToOuterDisposeScope();   // [N, 3, H, W]
    }

    /// <summary>Lab of RGB, scaled for networks: (L - 50) / 100, a / 110, b / 110.</summary>
    /// <inheritdoc cref="FromRgb"/>
    /// <returns>[N, 3, H, W] float32, L in [-0.5, 0.5], a and b in about [-1, 1].</returns>
    public static Tensor ScaledFromRgb(Tensor rgb)
    {
        using var scope = NewDisposeScope();
        var channels = FromRgb(rgb).unbind(1);   // 3 of [N, H, W]

        return stack([(channels[0] - MiddleLightness) / LightnessRange, channels[1] / ColourRange, channels[2] / ColourRange], 1).MoveToOuterDisposeScope();
    }

    /// <summary>RGB of Lab; colours that sRGB does not have are cut off.</summary>
    /// <param name="lab">[N, 3, H, W], as <see cref="FromRgb"/> gives.</param>
    /// <returns>[N, 3, H, W] float32 in [0, 1].</returns>
    /// <exception cref="ArgumentException">The tensor is not [N, 3, H, W].</exception>
    public static Tensor ToRgb(Tensor lab)
    {
        RequireThreeChannels(lab, nameof(lab));
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var channels = lab.to(float32).unbind(1);                                                        // 3 of [N, H, W]
        var y = (channels[0] + 16) / 116;                                                                // [N, H, W]
        Tensor[] f = [(channels[1] / 500) + y, y, (y - (channels[2] / 200)).clamp_min(0)];
        var xyz = stack([.. f.Select((value, i) => Power(value) * _white[i])], 1);                       // [N, 3, H, W]
        var linear = stack([.. Mixed(xyz, _rgbOfXyz)], 1);                                               // [N, 3, H, W]
        var gamma = where(linear.gt(0.0031308), (1.055 * linear.clamp_min(0.0031308).pow(1 / 2.4)) - 0.055, linear * 12.92);

        return gamma.clamp(0, 1).MoveToOuterDisposeScope();
    }

    private static Tensor Root(Tensor t) => where(t.gt(0.008856), t.clamp_min(0.008856).pow(1 / 3.0), (7.787 * t) + (16 / 116.0));

    private static Tensor Power(Tensor f) => where(f.gt(0.2068966), f.pow(3), (f - (16 / 116.0)) / 7.787);

    // Sums of planes instead of a matrix product, which GPUs round more coarsely. 3 of [N, H, W]
    private static IEnumerable<Tensor> Mixed(Tensor channels, double[][] weights)
    {
        var (first, second, third) = (channels.select(1, 0), channels.select(1, 1), channels.select(1, 2));

        return Enumerable.Range(0, 3).Select(row => (first * weights[row][0]) + (second * weights[row][1]) + (third * weights[row][2]));
    }

    private static void RequireThreeChannels(Tensor images, string name)
    {
        if (images.dim() != 4 || images.shape[1] != 3)
        {
            throw new ArgumentException($"'{name}' has the shape [{string.Join(", ", images.shape)}]; expected [N, 3, H, W].", name);
        }
    }
}
