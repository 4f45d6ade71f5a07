using Parallax.Host.Images;

namespace Parallax.Host.Tests.Images;

public sealed class ImageDecoderTests
{
    private readonly ImageDecoder _decoder = new();
    private readonly ImageBuffer _image = new();

    public static TheoryData<string> References => [.. Reference.All.Keys];

    /// <summary>With the system's decoder of JPEG, where it is installed, and without it.</summary>
    public static TheoryData<string, bool> BothWays => new MatrixTheoryData<string, bool>(Reference.All.Keys, [true, false]);

    [Theory, MemberData(nameof(BothWays))]
    public void Decode_ThreeChannels_EqualsPillow(string name, bool usesSystem)
    {
        var expected = Reference.All[name];

        new ImageDecoder(usesSystem).Decode(Reference.BytesOf(name), _image);

        Assert.Equal((3, expected.Height, expected.Width), (_image.Channels, _image.Height, _image.Width));
        Assert.Equal(expected.Rgb, Reference.Digest(_image));
        Assert.Equal(_image.Size, _image.FullSize);
    }

    [Theory, MemberData(nameof(BothWays))]
    public void Decode_OneChannel_IsPillowsLuma(string name, bool usesSystem)
    {
        new ImageDecoder(usesSystem).Decode(Reference.BytesOf(name), _image, channels: 1);

        Assert.Equal(1, _image.Channels);
        Assert.Equal(Reference.All[name].Grey, Reference.Digest(_image));
    }

    [Theory, MemberData(nameof(References))]
    public void ReadSize_OfHeader_IsUpright(string name)
    {
        var expected = Reference.All[name];

        Assert.Equal(new ImageSize(expected.Height, expected.Width), _decoder.ReadSize(Reference.BytesOf(name)));
    }

    [Fact]
    public void Decode_ColourProfile_IsIgnored()
    {
        Assert.Equal(Reference.All["colour.jpg"].Rgb, Reference.All["profile.jpg"].Rgb);   // so Pillow ignores it, and equal to Pillow means ignored
        Assert.Equal(Reference.All["colour.png"].Rgb, Reference.All["profile.png"].Rgb);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(25, 1)]   // by 2 would leave 24 rows
    [InlineData(24, 2)]
    [InlineData(12, 4)]
    [InlineData(6, 8)]
    [InlineData(1, 8)]    // by 8 is the most
    public void Decode_SmallestSide_ShrinksAsFarAsAllowedAndEqualsPillow(int smallestSide, int reduction)
    {
        var expected = reduction == 1 ? Reference.All["larger.jpg"] : Reference.Reduced[$"larger.jpg by {reduction}"];

        foreach (var usesSystem in new[] { true, false })
        {
            new ImageDecoder(usesSystem).Decode(Reference.BytesOf("larger.jpg"), _image, smallestSide: full =>
            {
                Assert.Equal(new ImageSize(48, 64), full);

                return smallestSide;
            });

            Assert.Equal((new ImageSize(48 / reduction, 64 / reduction), new ImageSize(48, 64)), (_image.Size, _image.FullSize));
            Assert.Equal(expected.Rgb, Reference.Digest(_image));
        }
    }

    [Fact]
    public void Decode_TurnedAndSmaller_IsBoth()
    {
        _decoder.Decode(Reference.WithOrientation(Reference.BytesOf("larger.jpg"), 6), _image, smallestSide: _ => 12);

        Assert.Equal((new ImageSize(16, 12), new ImageSize(64, 48)), (_image.Size, _image.FullSize));
        Assert.Equal(4 * 1.5 / 255, _image.Plane(0)[5], 0.03);                  // red rises with the stored columns, now from top to bottom
        Assert.Equal(4 * 61.5 / 255, _image.Plane(0)[(15 * 12) + 5], 0.03);
    }

    [Theory]
    [InlineData("colour.png")]
    [InlineData("lossy.webp")]
    [InlineData("palette.gif")]
    [InlineData("colour.bmp")]
    public void Decode_SmallestSideOfOtherFormats_IsFullSize(string name)
    {
        _decoder.Decode(Reference.BytesOf(name), _image, smallestSide: _ => 1);

        Assert.Equal(Reference.All[name].Rgb, Reference.Digest(_image));
    }

    [Fact]
    public void Decode_SixteenBitPng_KeepsElevenBits()
    {
        _decoder.Decode(Reference.BytesOf("deep.png"), _image);

        for (var (y, i) = (0, 0); y < 13; y++)
        {
            for (var x = 0; x < 17; x++, i++)
            {
                AssertElevenBits((4000 * x) + 77, _image.Plane(0)[i]);
                AssertElevenBits((5000 * y) + 200, _image.Plane(1)[i]);
                AssertElevenBits((2000 * (x + y)) + 130, _image.Plane(2)[i]);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Decode_SixteenBitGreyPng_KeepsElevenBits(int channels)
    {
        _decoder.Decode(Reference.BytesOf("deep-grey.png"), _image, channels);

        AssertElevenBits(27000, _image.Plane(0)[(6 * 17) + 8]);
        AssertElevenBits(54000, _image.Plane(channels - 1)[(12 * 17) + 16]);
    }

    [Fact]
    public void Decode_TransparentGif_IsBlackThere()
    {
        _decoder.Decode(Reference.BytesOf("palette.gif"), _image);
        var opaque = _image.Pixels.ToArray();

        _decoder.Decode(Reference.BytesOf("transparent.gif"), _image);

        var transparent = Enumerable.Range(0, 17 * 13).Where(i => opaque[i] != _image.Plane(0)[i]).ToArray();
        Assert.InRange(transparent.Length, 1, 17 * 13 / 2);
        Assert.All(transparent, i => Assert.Equal((0, 0, 0), (_image.Plane(0)[i], _image.Plane(1)[i], _image.Plane(2)[i])));
    }

    [Fact]
    public void Decode_ManyThreads_AllEqual()
    {
        var (jpeg, png) = (Reference.BytesOf("colour.jpg"), Reference.BytesOf("colour.png"));
        var digests = new string[400];

        Parallel.For(0, digests.Length, i =>
        {
            var image = new ImageBuffer();
            _decoder.Decode(i % 2 == 0 ? jpeg : png, image);
            digests[i] = Reference.Digest(image);
        });

        Assert.All(digests, (digest, i) => Assert.Equal(Reference.All[i % 2 == 0 ? "colour.jpg" : "colour.png"].Rgb, digest));
    }

    [Fact]
    public void Decode_Repeated_AllocatesLittle()
    {
        var file = Reference.BytesOf("larger.jpg");
        void Run() => _decoder.Decode(file, _image);
        Run();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Run();
        }

        // the wrappers of the file and its decoder; the pixels are 9,216 bytes
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 0, 500);
    }

    [Fact]
    public void Decode_TwoChannels_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _decoder.Decode(Reference.BytesOf("colour.png"), _image, channels: 2));

    // Half floats: eleven significant bits.
    private static void AssertElevenBits(int sample, float value) => Assert.Equal(sample / 65535.0, value, sample / 65535.0 / 2048);
}
