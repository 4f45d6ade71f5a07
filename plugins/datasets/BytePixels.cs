namespace Parallax.Plugins.Datasets;

/// <summary>Pixels between bytes and [0, 1].</summary>
internal static class BytePixels
{
    private static readonly float[] Table = [.. Enumerable.Range(0, 256).Select(value => value / 255f)];

    public static void ToFloat(ReadOnlySpan<byte> bytes, Span<float> pixels)
    {
        var table = Table.AsSpan(0, 256);
        pixels = pixels[..bytes.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            pixels[i] = table[bytes[i]];
        }
    }

    public static byte[] FromFloat(ReadOnlySpan<float> pixels)
    {
        var bytes = new byte[pixels.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = FromFloat(pixels[i]);
        }

        return bytes;
    }

    public static byte FromFloat(float pixel) => (byte)((Math.Clamp(pixel, 0f, 1f) * 255f) + 0.5f);
}
