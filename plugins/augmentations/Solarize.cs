using System.ComponentModel.DataAnnotations;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>solarize</c>.</summary>
public sealed record SolarizeOptions
{
    /// <summary>Values at or above it are inverted, a fraction in [0, 1]. BYOL: 0.5; PIL's 128 of 255 is 0.50196.</summary>
    [Range(0.0, 1.0)]
    public double Threshold { get; init; } = 0.5;

    /// <summary>Share of images that are changed, a fraction in [0, 1]. BYOL: 0.2, in one of its two views.</summary>
    [Range(0.0, 1.0)]
    public double Probability { get; init; } = 0.2;
}

/// <summary>Inverts bright values (x becomes 1 - x) with a probability.</summary>
/// <remarks>torchvision's <c>RandomSolarize</c>. Row of decisions: 1 when applied, else 0. Consumes 1 number.</remarks>
[Plugin("solarize", Options = typeof(SolarizeOptions), Family = "color", Summary = "Inverts bright values with a probability.")]
public sealed class Solarize(SolarizeOptions options) : RandomlyApplied(options.Probability), IAugmentation
{
    private protected override void Change(ImageBuffer image) => Pixels.ForEachValue(image.Pixels, new InvertBright((float)options.Threshold));

    private readonly struct InvertBright(float threshold) : IValueKernel
    {
        private readonly Vector<float> _threshold = new(threshold);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> value) =>
            Vector.ConditionalSelect(Vector.GreaterThanOrEqual(value, _threshold), Vector<float>.One - value, value);
    }
}
