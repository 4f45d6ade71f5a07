using System.ComponentModel.DataAnnotations;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>hsv-noise</c>.</summary>
public sealed record HsvNoiseOptions
{
    /// <summary>Saturation and value are each raised to a power 2^u, u uniform in [-e, e]. 0 leaves them alone. S4L: 2.</summary>
    [Range(0.0, 10.0)]
    public double Exponent { get; init; } = 2;

    /// <summary>Each is then multiplied by 2^u, u uniform in [-f, f]. 0 leaves them alone. S4L: 0.5.</summary>
    [Range(0.0, 10.0)]
    public double Factor { get; init; } = 0.5;

    /// <summary>To each is then added a number uniform in [-s, s]. 0 leaves them alone. S4L: 0.1.</summary>
    [Range(0.0, 1.0)]
    public double Shift { get; init; } = 0.1;

    /// <summary>Hue is turned by a share of the full circle uniform in [-h, h], a fraction in [0, 0.5]. 0 leaves it alone. S4L: 0.1.</summary>
    [Range(0.0, 0.5)]
    public double Hue { get; init; } = 0.1;
}

/// <summary>Changes hue, saturation and value by random powers, factors and shifts: s becomes s^(2^e) 2^f + shift, clipped to [0, 1], and v likewise.</summary>
/// <remarks>
/// <para>The contrasts of Dosovitskiy et al., "Discriminative Unsupervised Feature Learning with Exemplar Convolutional Neural Networks", 2014,
/// https://arxiv.org/abs/1406.6909, with the ranges of the code of S4L (Zhai et al., ICCV 2019). Grey pixels, which have no hue, count as red: an added
/// saturation colours them, as there. Images of one channel stay as they are.</para>
/// <para>Row of decisions: the turn of hue, then exponents, factors and shifts, each of saturation and of value. Consumes 7 numbers.</para>
/// </remarks>
[Plugin("hsv-noise", Options = typeof(HsvNoiseOptions), Family = "color", Summary = "Changes hue, saturation and value by random powers, factors and shifts.")]
public sealed class HsvNoise(HsvNoiseOptions options) : IAugmentation
{
    /// <inheritdoc/>
    public int ParameterCount => 7;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        parameters[0] = (float)random.Uniform(-options.Hue, options.Hue);
        parameters[1] = (float)random.Uniform(-options.Exponent, options.Exponent);
        parameters[2] = (float)random.Uniform(-options.Exponent, options.Exponent);
        parameters[3] = (float)random.Uniform(-options.Factor, options.Factor);
        parameters[4] = (float)random.Uniform(-options.Factor, options.Factor);
        parameters[5] = (float)random.Uniform(-options.Shift, options.Shift);
        parameters[6] = (float)random.Uniform(-options.Shift, options.Shift);
    }

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        if (image.Channels == 3)
        {
            Pixels.ForEachColor(
                image,
                new Change(6 * parameters[0], new(parameters[1], parameters[3], parameters[5]), new(parameters[2], parameters[4], parameters[6])));
        }
    }

    /// <summary>x^(2^exponent) 2^factor + shift, clipped.</summary>
    private readonly struct Curve(float exponent, float factor, float shift)
    {
        private readonly Vector<float> _power = new(MathF.Pow(2, exponent)), _factor = new(MathF.Pow(2, factor)), _shift = new(shift);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> x) => Pixels.Clip((Vector.Exp(_power * Vector.Log(x)) * _factor) + _shift);   // of 0 it is exp(-inf) = 0
    }

    private readonly struct Change(float sixths, Curve saturations, Curve values) : IColorKernel
    {
        private readonly Vector<float> _sixths = new(sixths);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref Vector<float> red, ref Vector<float> green, ref Vector<float> blue)
        {
            var color = HueColor.Of(red, green, blue);
            var black = Vector.Equals(color.Value, Vector<float>.Zero);
            var saturation = color.Chroma / Vector.ConditionalSelect(black, Vector<float>.One, color.Value);
            var value = values.Of(color.Value);
            new HueColor(color.Sixths + _sixths, saturations.Of(saturation) * value, value).Back(out red, out green, out blue);
        }
    }
}
