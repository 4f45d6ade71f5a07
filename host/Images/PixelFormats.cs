using System.Numerics;
using System.Runtime.InteropServices;

namespace Parallax.Host.Images;

/// <summary>Turns pixels as the decoder leaves them into planes of [0, 1]; what they hold beside red, green and blue is dropped.</summary>
internal interface IPixelFormat<TPixel>
    where TPixel : unmanaged
{
    static abstract void ToRgb(ReadOnlySpan<TPixel> pixels, Span<float> red, Span<float> green, Span<float> blue);

    static abstract void ToGrey(ReadOnlySpan<TPixel> pixels, Span<float> grey);
}

/// <summary>Four bytes: red, green, blue, opacity.</summary>
internal readonly struct Rgba8Pixels : IPixelFormat<uint>
{
    private const int Green = 8, Blue = 16;   // shifts
    private const uint White = 255;

    public static void ToRgb(ReadOnlySpan<uint> pixels, Span<float> red, Span<float> green, Span<float> blue)
    {
        var vectors = MemoryMarshal.Cast<uint, Vector<uint>>(pixels);
        var reds = MemoryMarshal.Cast<float, Vector<float>>(red)[..vectors.Length];
        var greens = MemoryMarshal.Cast<float, Vector<float>>(green)[..vectors.Length];
        var blues = MemoryMarshal.Cast<float, Vector<float>>(blue)[..vectors.Length];
        for (var i = 0; i < vectors.Length; i++)
        {
            reds[i] = Unit(vectors[i]);
            greens[i] = Unit(vectors[i] >>> Green);
            blues[i] = Unit(vectors[i] >>> Blue);
        }

        for (var i = vectors.Length * Vector<uint>.Count; i < pixels.Length; i++)
        {
            (red[i], green[i], blue[i]) = (Unit(pixels[i]), Unit(pixels[i] >> Green), Unit(pixels[i] >> Blue));
        }
    }

    /// <summary>ITU-R 601 luma in 16-bit fixed point with Pillow's rounding, so that grey images equal its <c>convert("L")</c>.</summary>
    public static void ToGrey(ReadOnlySpan<uint> pixels, Span<float> grey)
    {
        for (var i = 0; i < pixels.Length; i++)
        {
            var (red, green, blue) = (pixels[i] & White, (pixels[i] >> Green) & White, (pixels[i] >> Blue) & White);
            grey[i] = Unit(((red * 19595) + (green * 38470) + (blue * 7471) + 0x8000) >> 16);
        }
    }

    // Divisions, because x * (1 / 255) rounds differently from what other frameworks give.
    private static Vector<float> Unit(Vector<uint> value) =>
        Vector.ConvertToSingle(Vector.AsVectorInt32(value & new Vector<uint>(White))) / new Vector<float>(White);

    private static float Unit(uint value) => (value & White) / (float)White;
}

/// <summary>Four half floats in [0, 1]: red, green, blue, opacity.</summary>
internal readonly struct RgbaHalfPixels : IPixelFormat<ulong>
{
    public static void ToRgb(ReadOnlySpan<ulong> pixels, Span<float> red, Span<float> green, Span<float> blue)
    {
        for (var i = 0; i < pixels.Length; i++)
        {
            (red[i], green[i], blue[i]) = Rgb(pixels[i]);
        }
    }

    public static void ToGrey(ReadOnlySpan<ulong> pixels, Span<float> grey)
    {
        for (var i = 0; i < pixels.Length; i++)
        {
            var (red, green, blue) = Rgb(pixels[i]);
            grey[i] = (0.299f * red) + (0.587f * green) + (0.114f * blue);
        }
    }

    private static (float Red, float Green, float Blue) Rgb(ulong pixel) => (At(pixel, 0), At(pixel, 16), At(pixel, 32));

    private static float At(ulong pixel, int shift) => (float)BitConverter.UInt16BitsToHalf((ushort)(pixel >> shift));
}
