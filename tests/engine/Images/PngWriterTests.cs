using Parallax.Engine;

namespace Parallax.Engine.Tests.Images;

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

        var image = new DecodedImage();
        new ImageDecoder().Decode(file.ToArray(), channels, 0, image, static (image, c, h, w) => image.Allocate(c, h, w));
        Assert.Equal((height, width), (image.Height, image.Width));
        Assert.Equal(pixels, image.Interleaved());
    }

    [Fact]
    public void Write_TooFewPixels_SaysHowMany()
    {
        var error = Assert.Throws<ArgumentException>(() => PngWriter.Write(Stream.Null, new byte[10], 2, 2, 3));

        Assert.Contains("2x2x3 needs 12 bytes, but 10 were given", error.Message, StringComparison.Ordinal);
    }
}
