namespace Parallax.Plugins.Datasets;

/// <summary>Pixels between bytes and [0, 1].</summary>
internal static class BytePixels
{
    public static byte FromFloat(float pixel) => (byte)((Math.Clamp(pixel, 0f, 1f) * 255f) + 0.5f);
}
