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

    public static TheoryData<string, int> Small =>
        new MatrixTheoryData<string, int>(Reference.All.Keys.Where(name => name.EndsWith(".jpg", StringComparison.Ordinal)), [1, 2, 4, 8]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void TryDecode_Photographs_GivesThePixelsOfSkiaSharp(int reduction)
    {
        Assert.SkipUnless(TurboJpeg.IsInstalled, "libturbojpeg.so.0 is not installed: run eng/install-turbojpeg.sh.");
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

    [Theory, MemberData(nameof(Small))]
    public void TryDecode_AnyFile_GivesThePixelsOfSkiaSharpOrNone(string name, int reduction)
    {
        Assert.SkipUnless(TurboJpeg.IsInstalled, "libturbojpeg.so.0 is not installed: run eng/install-turbojpeg.sh.");
        var file = Reference.BytesOf(name);
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        var size = reduction == 1 ? codec.Info.Size : codec.GetScaledDimensions(1f / reduction);
        var actual = new byte[size.Width * size.Height * 4];

        var isDecoded = TurboJpeg.TryDecode(file, new ImageSize(size.Height, size.Width), actual);

        Assert.Equal(name switch { "larger.jpg" => true, "cmyk.jpg" or "cmyk-unmarked.jpg" => false, _ => reduction == 1 }, isDecoded);
        if (isDecoded)
        {
            Assert.Equal(SKCodecResult.Success, codec.GetPixels(new(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque), out var expected));
            Assert.True(expected.AsSpan().SequenceEqual(actual));
        }
    }

    [Theory]
    [InlineData("colour.jpg", 650)]   // a mark in the middle of the scan
    [InlineData("grey.jpg", 350)]
    [InlineData("larger.jpg", 750)]
    public void TryDecode_WhatTheLibraryWarnsOf_IsLeftToSkiaSharp(string name, int at)
    {
        Assert.SkipUnless(TurboJpeg.IsInstalled, "libturbojpeg.so.0 is not installed: run eng/install-turbojpeg.sh.");
        var (file, expected) = (Reference.BytesOf(name), Reference.All[name]);
        var (size, pixels) = (new ImageSize(expected.Height, expected.Width), new byte[expected.Height * expected.Width * 4]);
        Assert.True(TurboJpeg.TryDecode(file, size, pixels));

        file[at] = 0xFF;

        Assert.False(TurboJpeg.TryDecode(file, size, pixels));
        Assert.True(TurboJpeg.TryDecode(Reference.BytesOf(name), size, pixels));   // and the next file is none the worse
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
