namespace Parallax.Engine.Tests.Images;

/// <summary>Planes as a decoder leaves them, with the questions the tests ask.</summary>
internal sealed class DecodedImage
{
    private float[] _pixels = [];

    public int Channels { get; private set; }

    public int Height { get; private set; }

    public int Width { get; private set; }

    public Span<float> Allocate(int channels, int height, int width)
    {
        (Channels, Height, Width) = (channels, height, width);
        _pixels = new float[channels * height * width];

        return _pixels;
    }

    public float At(int channel, int row, int column) => _pixels[(((channel * Height) + row) * Width) + column];

    public long ByteSum(int channel) => _pixels.Skip(channel * Height * Width).Take(Height * Width).Sum(v => (long)MathF.Round(v * 255));

    /// <summary>[H, W, C], as an encoder takes them.</summary>
    public byte[] Interleaved()
    {
        var bytes = new byte[_pixels.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)MathF.Round(_pixels[(i % Channels * Height * Width) + (i / Channels)] * 255);
        }

        return bytes;
    }
}
