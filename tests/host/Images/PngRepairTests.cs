using Parallax.Host.Images;
using static Parallax.Host.Tests.Images.PngFile;

namespace Parallax.Host.Tests.Images;

/// <summary>PNG files that Pillow reads although something is wrong with them: the pixels are those of the sound file.</summary>
public sealed class PngRepairTests
{
    private readonly ImageDecoder _decoder = new();
    private readonly ImageBuffer _image = new();

    public static TheoryData<int, byte> Kinds => new()
    {
        { 1, Grey }, { 2, Grey }, { 4, Grey }, { 8, Grey }, { 16, Grey }, { 8, Rgb }, { 16, Rgb },
        { 1, Palette }, { 2, Palette }, { 4, Palette }, { 8, Palette }, { 8, GreyAlpha }, { 16, GreyAlpha }, { 8, Rgba }, { 16, Rgba },
    };

    [Theory, MemberData(nameof(Kinds))]
    public void Decode_EndMissingCutOrOverwritten_IsRead(int depth, byte colourType)
    {
        var sound = Sound(depth, colourType);
        var expected = Decode(sound);
        var open = sound[..^End.Length];

        Assert.Equal(expected, Decode(open));
        Assert.Equal(expected, Decode(open[..^4]));   // without the check sum of the pixels, too
        Assert.Equal(expected, Decode([.. open, .. new byte[100]]));
        Assert.Equal(expected, Decode([.. open, .. Chunk("tEXt", "Title\0none"u8.ToArray())]));
        Assert.Equal(expected, Decode([.. open, .. Chunk("IEND", [], sum: 1)]));
        for (var left = 1; left < End.Length; left++)
        {
            Assert.Equal(expected, Decode([.. open, .. End[..left]]));
        }
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(1, 256)]
    [InlineData(2, 5)]
    [InlineData(2, 256)]
    [InlineData(4, 17)]
    [InlineData(4, 256)]
    [InlineData(8, 257)]
    [InlineData(8, 1000)]
    [InlineData(1, 300)]
    public void Decode_PaletteLongerThanThePixelsCanName_IsRead(int depth, int colours)
    {
        var compressed = Compressed(depth, Palette);
        byte[] sound = [.. Start, .. Header(depth, Palette), .. Colours(1 << depth), .. Pixels(compressed), .. End];
        byte[] longer = [.. Start, .. Header(depth, Palette), .. Colours(colours), .. Chunk("tRNS", new byte[colours]), .. Pixels(compressed), .. End];

        Assert.Equal(Decode(sound), Decode(longer));
        Assert.Equal(Decode(sound), Decode(longer[..^End.Length]));
        Assert.Equal(new ImageSize(Side, Side), _decoder.ReadSize(longer));
    }

    [Fact]
    public void Decode_PaletteWithPartOfAColour_IsRead()
    {
        var compressed = Compressed(4, Palette);
        var colours = Colours(16)[8..^4];

        Assert.Equal(
            Decode([.. Start, .. Header(4, Palette), .. Colours(16), .. Pixels(compressed), .. End]),
            Decode([.. Start, .. Header(4, Palette), .. Chunk("PLTE", [.. colours, 9]), .. Pixels(compressed), .. End]));
    }

    [Fact]
    public void Decode_WrongCheckSumOfSoundPixels_IsRead()
    {
        var compressed = Compressed(8, Rgb);
        var expected = Decode(Sound(8, Rgb));

        Assert.Equal(expected, Decode([.. Start, .. Header(8, Rgb), .. Chunk("IDAT", compressed, sum: 1), .. End]));
        Assert.Equal(expected, Decode([.. Start, .. Header(8, Rgb), .. Chunk("IDAT", compressed[..30], sum: 1), .. Chunk("IDAT", compressed[30..], sum: 2)]));
    }

    [Fact]
    public void Decode_SecondHeader_IsPassedOver() =>
        Assert.Equal(Decode(Sound(8, Rgb)), Decode([.. Start, .. Header(8, Rgb), .. Header(8, Rgb), .. Pixels(Compressed(8, Rgb)), .. End]));

    [Theory, MemberData(nameof(Kinds))]
    public void Decode_AlteredByte_IsNoticedOrHarmless(int depth, byte colourType)
    {
        var sound = Sound(depth, colourType);
        var expected = Decode(sound);
        var pixels = sound.AsSpan().IndexOf("IDAT"u8) + 4;
        for (var i = pixels; i < sound.Length; i++)
        {
            var altered = sound.ToArray();
            altered[i] ^= 0x10;

            AssertRefusedOr(expected, altered);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Decode_MissingPixels_AreNeverMadeUp(int depth, byte colourType)
    {
        var sound = Sound(depth, colourType);
        var expected = Decode(sound);
        for (var length = 0; length < sound.Length; length++)
        {
            AssertRefusedOr(expected, sound[..length]);
        }

        Assert.Throws<CorruptSampleException>(() => Decode(sound[..^(End.Length + 20)]));
    }

    [Fact]
    public void Decode_LengthBeyondTheFile_IsRefused()
    {
        byte[] file = [.. Start, .. Header(8, Rgb), 0xFF, 0xFF, 0xFF, 0xFF, .. "IDAT"u8, 1, 2, 3];

        Assert.Equal("the PNG file is cut short", Assert.Throws<CorruptSampleException>(() => Decode(file)).Reason);
    }

    private static byte[] Sound(int depth, byte colourType) =>
        [.. Start, .. Header(depth, colourType), .. colourType == Palette ? Colours(1 << depth) : [], .. Pixels(Compressed(depth, colourType)), .. End];

    private float[] Decode(byte[] file)
    {
        _decoder.Decode(file, _image);

        return _image.Pixels.ToArray();
    }

    private void AssertRefusedOr(float[] expected, byte[] file)
    {
        try
        {
            Assert.Equal(expected, Decode(file));
        }
        catch (CorruptSampleException)
        {
            return;   // noticed
        }
    }
}
