using Parallax.Host.Images;

namespace Parallax.Host.Tests.Images;

public sealed class PngWriterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Write_ThenDecode_GivesTheSamePixels(int channels)
    {
        const int height = 9, width = 14;
        var pixels = Enumerable.Range(0, height * width * channels).Select(i => (byte)(i * 37)).ToArray();
        using var file = new MemoryStream();

        PngWriter.Write(file, pixels, height, width, channels);

        var image = new ImageBuffer();
        new ImageDecoder().Decode(file.ToArray(), image, channels);
        Assert.Equal(new ImageSize(height, width), image.Size);
        Assert.Equal(pixels, Interleaved(image));
        Assert.Equal((8, channels == 1 ? 0 : 2), (file.ToArray()[24], file.ToArray()[25]));   // bits per sample; grey or true colour, without transparency
    }

    [Fact]
    public void Write_ToAStream_LeavesItOpenBehindTheFile()
    {
        using var stream = new MemoryStream();
        stream.Write([1, 2, 3]);

        PngWriter.Write(stream, new byte[12], 2, 2, 3);
        stream.Write([4]);

        Assert.Equal(0x89, stream.ToArray()[3]);
        Assert.Equal(4, stream.ToArray()[^1]);
    }

    [Fact]
    public void Write_TooFewPixels_SaysHowMany()
    {
        var error = Assert.Throws<ArgumentException>(() => PngWriter.Write(Stream.Null, new byte[10], 2, 2, 3));

        Assert.Contains("2x2x3 needs 12 bytes, but 10 were given", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Interleaved(ImageBuffer image) =>
        [.. Enumerable.Range(0, image.Pixels.Length).Select(i => (byte)MathF.Round(image.Plane(i % image.Channels)[i / image.Channels] * 255))];
}
