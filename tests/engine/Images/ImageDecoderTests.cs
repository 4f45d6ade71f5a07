using Parallax.Engine;

namespace Parallax.Engine.Tests.Images;

public sealed class ImageDecoderTests
{
    private readonly ImageDecoder _decoder = new();

    public static TheoryData<string, byte[], int[], long[]> ReferenceRgb => new()
    {
        { "baseline JPEG", SampleFiles.ColourJpeg, [119, 116, 111], [26451, 25282, 24563] },
        { "progressive JPEG", SampleFiles.ProgressiveJpeg, [119, 116, 111], [26451, 25282, 24563] },
        { "grey JPEG", SampleFiles.GreyJpeg, [116, 116, 116], [25548, 25548, 25548] },
        { "CMYK JPEG", SampleFiles.CmykJpeg, [120, 114, 113], [26533, 25092, 24711] },
        { "PNG", SampleFiles.ColourPng, [120, 114, 112], [26520, 25194, 24752] },
        { "palette PNG", SampleFiles.PalettePng, [180, 133, 152], [26572, 24761, 24536] },
        { "transparent PNG", SampleFiles.TransparentPng, [120, 114, 112], [26520, 25194, 24752] },
    };

    public static TheoryData<string, byte[], long> ReferenceGrey => new()
    {
        { "colour JPEG", SampleFiles.ColourJpeg, 25549 },
        { "grey JPEG", SampleFiles.GreyJpeg, 25548 },
        { "CMYK JPEG", SampleFiles.CmykJpeg, 25481 },
        { "colour PNG", SampleFiles.ColourPng, 25541 },
        { "palette PNG", SampleFiles.PalettePng, 25258 },
    };

    [Theory]
    [MemberData(nameof(ReferenceRgb))]
    public void Decode_ThreeChannels_EqualsPillow(string kind, byte[] file, int[] pixel, long[] sums)
    {
        var image = Decode(file, channels: 3);

        Assert.True(image is { Channels: 3, Height: 13, Width: 17 }, kind);
        for (var channel = 0; channel < 3; channel++)
        {
            Assert.Equal(pixel[channel] / 255f, image.At(channel, row: 6, column: 8));
            Assert.Equal(sums[channel], image.ByteSum(channel));
        }
    }

    [Theory]
    [MemberData(nameof(ReferenceGrey))]
    public void Decode_OneChannel_IsPillowsLuma(string kind, byte[] file, long sum)
    {
        var image = Decode(file, channels: 1);

        Assert.True(image is { Channels: 1, Height: 13, Width: 17 }, kind);
        Assert.Equal(sum, image.ByteSum(0));
    }

    [Theory]
    [InlineData(0, 48, 64, 264881)]
    [InlineData(25, 48, 64, 264881)]   // by 2 would leave 24 rows
    [InlineData(24, 24, 32, 66224)]
    [InlineData(12, 12, 16, 16559)]
    [InlineData(6, 6, 8, 4144)]
    [InlineData(1, 6, 8, 4144)]        // by 8 is the most
    public void Decode_SmallestSide_ShrinksAsFarAsAllowed(int smallestSide, int height, int width, long blueSum)
    {
        var image = Decode(SampleFiles.LargerJpeg, channels: 3, smallestSide);

        Assert.Equal((height, width), (image.Height, image.Width));
        Assert.Equal(blueSum, image.ByteSum(2));
    }

    [Fact]
    public void Decode_SixteenBitPng_KeepsPrecision()
    {
        var image = Decode(SampleFiles.DeepGreyPng, channels: 3);

        Assert.Equal(27000 / 65535f, image.At(channel: 1, row: 6, column: 8));
        Assert.Equal(54000 / 65535f, image.At(channel: 2, row: 12, column: 16));
    }

    [Fact]
    public void ReadSize_BothFormats_IsHeightThenWidth()
    {
        Assert.Equal((48, 64), _decoder.ReadSize(SampleFiles.LargerJpeg));
        Assert.Equal((13, 17), _decoder.ReadSize(SampleFiles.ColourPng));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.7)]
    [InlineData(0.95)]
    public void Decode_FileCutShort_Throws(double kept)
    {
        foreach (var file in new[] { SampleFiles.ColourJpeg, SampleFiles.ProgressiveJpeg, SampleFiles.LargerJpeg, SampleFiles.PalettePng })
        {
            var error = Assert.Throws<ImageFormatException>(() => Decode(file[..(int)(file.Length * kept)], channels: 3));

            Assert.Contains("cut short", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Decode_DamagedPixelData_Throws()
    {
        var file = SampleFiles.LargerJpeg.ToArray();
        file.AsSpan(file.Length - 200, 100).Fill(0xFF);

        Assert.Throws<ImageFormatException>(() => Decode(file, channels: 3));
    }

    [Fact]
    public void Decode_OtherBytes_SaysSo()
    {
        Assert.Equal("the file is neither JPEG nor PNG", Assert.Throws<ImageFormatException>(() => Decode("GIF89a, not ours"u8.ToArray(), 3)).Message);
        Assert.Equal("the file is empty", Assert.Throws<ImageFormatException>(() => Decode([], 3)).Message);
    }

    [Fact]
    public void Decode_AfterAFailure_StillWorks()
    {
        Assert.Throws<ImageFormatException>(() => Decode(SampleFiles.ColourJpeg[..400], 3));
        Assert.Throws<ImageFormatException>(() => Decode(SampleFiles.ColourPng[..60], 3));

        var image = Decode(SampleFiles.ColourJpeg, channels: 3);

        Assert.Equal(26451, image.ByteSum(0));
    }

    [Fact]
    public void Decode_ManyThreads_AllEqual()
    {
        var sums = new long[400];

        Parallel.For(0, sums.Length, i => sums[i] = Decode(i % 2 == 0 ? SampleFiles.ColourJpeg : SampleFiles.ColourPng, 3).ByteSum(0));

        Assert.All(sums, (sum, i) => Assert.Equal(i % 2 == 0 ? 26451 : 26520, sum));
    }

    [Fact]
    public void Decode_Repeated_AllocatesNothing()
    {
        var pixels = new float[3 * 48 * 64];
        void Run() => _decoder.Decode(SampleFiles.LargerJpeg, 3, 0, pixels, static (room, _, _, _) => room);
        Run();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Run();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Decode_TwoChannels_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => Decode(SampleFiles.ColourPng, channels: 2));

    private DecodedImage Decode(byte[] file, int channels, int smallestSide = 0)
    {
        var image = new DecodedImage();
        _decoder.Decode(file, channels, smallestSide, image, static (image, c, h, w) => image.Allocate(c, h, w));

        return image;
    }
}
