using System.Formats.Tar;
using Parallax.Contracts;
using Parallax.Host.Images;
using Parallax.Host.Tests.Data;
using SkiaSharp;

namespace Parallax.Host.Tests.Images;

/// <summary>The system's JPEG decoder beside SkiaSharp's, which is taken where the other is not installed.</summary>
public sealed class TurboJpegTests
{
    private const int Photographs = 200;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void TryDecode_Photographs_GivesThePixelsOfSkiaSharp(int reduction)
    {
        Assert.SkipUnless(TurboJpeg.IsInstalled, "libturbojpeg.so.0 is not installed: apt-get install libturbojpeg0.");
        var count = 0;
        foreach (var file in Files().Take(Photographs))
        {
            using var data = SKData.CreateCopy(file);
            using var codec = SKCodec.Create(data);
            var size = reduction == 1 ? codec.Info.Size : codec.GetScaledDimensions(1f / reduction);
            var actual = new byte[size.Width * size.Height * 4];

            Assert.Equal(SKCodecResult.Success, codec.GetPixels(new(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque), out var expected));
            Assert.True(TurboJpeg.TryDecode(file, new ImageSize(size.Height, size.Width), actual));
            Assert.True(expected.AsSpan().SequenceEqual(actual), $"photograph {count}");
            count++;
        }

        Assert.Equal(Photographs, count);
    }

    private static IEnumerable<byte[]> Files()
    {
        using var archive = new TarReader(File.OpenRead(RealData.Require("clothing10.tar")));
        while (archive.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } content)
            {
                using var bytes = new MemoryStream();
                content.CopyTo(bytes);

                yield return bytes.ToArray();
            }
        }
    }
}
