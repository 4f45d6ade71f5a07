using System.Numerics;
using System.Runtime.CompilerServices;

namespace Parallax.Plugins.Augmentations;

/// <summary>factor * value + (1 - factor) * other, clipped: brightness with black as the other value, contrast with the mean grey.</summary>
internal readonly struct Blend(float factor, float other) : IValueKernel
{
    private readonly Vector<float> _factor = new(factor), _rest = new((1 - factor) * other);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<float> Apply(Vector<float> value) => Pixels.Clip((_factor * value) + _rest);
}

/// <summary>Brings values back into [0, 1].</summary>
internal readonly struct ClipToUnit : IValueKernel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<float> Apply(Vector<float> value) => Pixels.Clip(value);
}

/// <summary>Blends every pixel with its grey value, clipped.</summary>
internal readonly struct Saturate(float factor) : IColorKernel
{
    private readonly Vector<float> _factor = new(factor), _rest = new(1 - factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(ref Vector<float> red, ref Vector<float> green, ref Vector<float> blue)
    {
        var grey = _rest * Pixels.Grey(red, green, blue);
        red = Pixels.Clip((_factor * red) + grey);
        green = Pixels.Clip((_factor * green) + grey);
        blue = Pixels.Clip((_factor * blue) + grey);
    }
}

/// <summary>Replaces the colour by its grey value in all three channels.</summary>
internal readonly struct ToGrey : IColorKernel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(ref Vector<float> red, ref Vector<float> green, ref Vector<float> blue) =>
        red = green = blue = Pixels.Grey(red, green, blue);
}

/// <summary>Turns the hue, keeping HSV's saturation and value.</summary>
internal readonly struct TurnHue(float turn) : IColorKernel
{
    private readonly Vector<float> _sixths = new(6 * turn);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(ref Vector<float> red, ref Vector<float> green, ref Vector<float> blue)
    {
        var color = HueColor.Of(red, green, blue);
        (color with { Sixths = color.Sixths + _sixths }).Back(out red, out green, out blue);
    }
}

/// <summary>
/// Colours as hue in sixths of the circle, HSV's value V, and chroma C = V S. Back from them, channel n (5 red, 3 green, 1 blue) is V - C clip(min(k, 4 - k))
/// with k = (n + hue) mod 6: the closed form of torchvision's six cases, without their tables.
/// </summary>
internal readonly record struct HueColor(Vector<float> Sixths, Vector<float> Chroma, Vector<float> Value)
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HueColor Of(Vector<float> red, Vector<float> green, Vector<float> blue)
    {
        var value = Vector.Max(Vector.Max(red, green), blue);
        var chroma = value - Vector.Min(Vector.Min(red, green), blue);
        var divisor = Vector.ConditionalSelect(Vector.Equals(chroma, Vector<float>.Zero), Vector<float>.One, chroma);

        // measured from the channel that is largest; ties go to red, then green
        var fromBlue = new Vector<float>(4) + ((red - green) / divisor);
        var fromGreen = new Vector<float>(2) + ((blue - red) / divisor);
        var fromRed = (green - blue) / divisor;
        var hue = Vector.ConditionalSelect(Vector.Equals(value, green), fromGreen, fromBlue);

        return new(Vector.ConditionalSelect(Vector.Equals(value, red), fromRed, hue), chroma, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Back(out Vector<float> red, out Vector<float> green, out Vector<float> blue)
    {
        red = Channel(Sixths + new Vector<float>(5));
        green = Channel(Sixths + new Vector<float>(3));
        blue = Channel(Sixths + Vector<float>.One);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector<float> Channel(Vector<float> position)
    {
        var k = position - (new Vector<float>(6) * Vector.Floor(position * (1f / 6)));

        return Value - (Chroma * Pixels.Clip(Vector.Min(k, new Vector<float>(4) - k)));
    }
}
