using System.Buffers.Binary;
using Parallax.Host.Images;

namespace Parallax.Host.Tests.Images;

/// <summary>Files that must be refused, with a reason that a user understands.</summary>
public sealed class DamagedImageTests
{
    private readonly ImageDecoder _decoder = new();
    private readonly ImageBuffer _image = new();

    public static TheoryData<string> WithAnEnd =>
        ["colour.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "profile.jpg", "lossy.webp", "animated.webp", "colour.bmp"];

    [Theory, MemberData(nameof(WithAnEnd))]
    public void Decode_CutAnywhere_IsRefused(string name)
    {
        var file = Reference.BytesOf(name);
        for (var length = 0; length < file.Length; length++)
        {
            Assert.Throws<CorruptSampleException>(() => _decoder.Decode(file.AsSpan(0, length), _image));
        }
    }

    /// <summary>Only the end mark of 12 bytes and the check sum of the pixels may be missing: then all pixels are there.</summary>
    [Theory]
    [InlineData("colour.png")]
    [InlineData("palette.png")]
    [InlineData("interlaced.png")]
    [InlineData("deep.png")]
    public void Decode_PngCutBeforeTheLastPixel_IsRefused(string name)
    {
        const int endAndSum = 12 + 4;
        var file = Reference.BytesOf(name);
        _decoder.Decode(file, _image);
        var whole = Reference.Digest(_image);
        for (var length = 0; length < file.Length; length++)
        {
            if (length < file.Length - endAndSum)
            {
                Assert.Throws<CorruptSampleException>(() => _decoder.Decode(file.AsSpan(0, length), _image));
                continue;
            }

            _decoder.Decode(file.AsSpan(0, length), _image);
            Assert.Equal(whole, Reference.Digest(_image));
        }
    }

    [Theory]
    [InlineData("colour.jpg", "JPEG")]
    [InlineData("progressive.jpg", "JPEG")]
    [InlineData("palette.png", "PNG")]
    [InlineData("lossy.webp", "WebP")]
    [InlineData("palette.gif", "GIF")]
    [InlineData("colour.bmp", "BMP")]
    public void Decode_CutInThePixels_SaysSo(string name, string format)
    {
        var file = Reference.BytesOf(name);

        Assert.Equal($"the {format} file is cut short", Fault(file[..^Math.Max(20, file.Length / 20)]));
    }

    [Fact]
    public void Decode_CutBehindAPreview_IsRefused()
    {
        var (file, preview) = (Reference.BytesOf("larger.jpg"), Reference.BytesOf("grey.jpg"));
        byte[] segment = [0xFF, 0xE1, (byte)((preview.Length + 2) >> 8), (byte)(preview.Length + 2), .. preview];
        byte[] whole = [.. file[..2], .. segment, .. file[2..]];

        _decoder.Decode(whole, _image);

        Assert.Equal("the JPEG file is cut short", Fault(whole[..^100]));
    }

    [Fact]
    public void Decode_BytesBehindTheEnd_DoNotMatter()
    {
        foreach (var name in new[] { "colour.jpg", "progressive.jpg", "colour.png", "lossy.webp", "palette.gif", "colour.bmp" })
        {
            _decoder.Decode([.. Reference.BytesOf(name), .. new byte[1000]], _image);

            Assert.Equal(Reference.All[name].Rgb, Reference.Digest(_image));
        }
    }

    [Fact]
    public void Decode_WrongBitsInPng_AreNoticed()
    {
        var file = Reference.BytesOf("deep.png");
        file[file.Length / 2] ^= 0x55;

        Assert.Equal("the PNG file is damaged", Fault(file));
    }

    [Theory]
    [InlineData("colour.jpg", "JPEG")]
    [InlineData("colour.png", "PNG")]
    [InlineData("colour.webp", "WebP")]
    [InlineData("palette.gif", "GIF")]
    [InlineData("colour.bmp", "BMP")]
    public void Decode_DamagedHeader_SaysSo(string name, string format)
    {
        var file = Reference.BytesOf(name);
        var signature = format == "WebP" ? 12 : format == "PNG" ? 8 : format == "JPEG" ? 3 : format == "GIF" ? 6 : 2;
        file.AsSpan(signature, 20).Fill(0xFE);

        Assert.Contains($"the {format} file ", Fault(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_OtherBytes_SaysSo()
    {
        Assert.Equal("the file is empty", Fault([]));
        Assert.Equal("the file is no JPEG, PNG, WebP, GIF or BMP image", Fault("<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray()));
        // a picture to those who know WBMP, which has no signature
        Assert.Equal("the file is no JPEG, PNG, WebP, GIF or BMP image", Fault([0, 0, 5, 5, 1, 2, 3, 4, 5, 6, 7, 8]));
        Assert.Equal("the file is no JPEG, PNG, WebP, GIF or BMP image", Fault(new byte[4096]));
    }

    [Theory]
    [InlineData(13_378, 13_378)]
    [InlineData(60_000, 60_000)]
    [InlineData(1_000_000, 1_000)]
    public void Decode_AbsurdSizeInPng_IsRefusedBeforeMemoryIsTaken(int width, int height)
    {
        var file = PngOf(width, height);
        var before = GC.GetTotalAllocatedBytes();

        var reason = Fault(file);

        Assert.StartsWith($"the PNG file claims {width} x {height} pixels, more than", reason, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 1_000_000);
        Assert.Throws<CorruptSampleException>(() => _decoder.ReadSize(file));
    }

    [Fact]
    public void Decode_AbsurdSizeInJpeg_IsRefused()
    {
        var file = Reference.BytesOf("colour.jpg");
        var frame = file.AsSpan().IndexOf(new byte[] { 0xFF, 0xC0 });
        file.AsSpan(frame + 5, 4).Fill(0xFE);   // height and width

        Assert.StartsWith("the JPEG file claims 65278 x 65278 pixels", Fault(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_AfterAFailure_StillWorks()
    {
        Fault(Reference.BytesOf("colour.jpg")[..400]);
        Fault(Reference.BytesOf("colour.png")[..60]);

        _decoder.Decode(Reference.BytesOf("colour.jpg"), _image);

        Assert.Equal(Reference.All["colour.jpg"].Rgb, Reference.Digest(_image));
    }

    private string Fault(byte[] file) => Assert.Throws<CorruptSampleException>(() => _decoder.Decode(file, _image)).Reason;

    /// <summary>A small file with another size in its header.</summary>
    private static byte[] PngOf(int width, int height)
    {
        var file = Reference.BytesOf("colour.png");
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), height);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(29), PngFile.Crc(file.AsSpan(12, 17)));

        return file;
    }
}
