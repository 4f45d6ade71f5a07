using System.Buffers.Binary;
using System.Text;
using Parallax.Contracts;
using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

public sealed class AviIndexTests
{
    [Fact]
    public void Read_FramesOfTheVideoStream_AreFoundInOrder()
    {
        var file = Riff("AVI ", Header("auds", "vids"), Movi(("01dc", 5), ("00wb", 7), ("01db", 4), ("ix01", 8), ("01dc", 6)));

        var index = AviIndex.Read(file)!;

        Assert.Equal([5, 4, 6], index.Frames.Select(frame => frame.Length));
        Assert.All(index.Frames, frame => Assert.Equal((byte)frame.Length, file[frame.Offset]));
        Assert.Equal((12.5, new ImageSize(48, 64)), (index.FramesPerSecond, index.Size));
    }

    [Fact]
    public void Read_EmptyFrame_RepeatsTheOneBefore()
    {
        var index = AviIndex.Read(Riff("AVI ", Header("vids"), Movi(("00dc", 0), ("00dc", 5), ("00dc", 0), ("00dc", 6))))!;

        Assert.Equal([5, 5, 6], index.Frames.Select(frame => frame.Length));
    }

    [Fact]
    public void Read_FramesInLists_AreFound()
    {
        var file = Riff("AVI ", Header("vids"), List("movi", List("rec ", Chunk("00dc", 3)), List("rec ", Chunk("00dc", 4))));

        Assert.Equal([3, 4], AviIndex.Read(file)!.Frames.Select(frame => frame.Length));
    }

    [Fact]
    public void Read_LargeFileInParts_HasTheFramesOfAll()
    {
        byte[] file = [.. Riff("AVI ", Header("vids"), Movi(("00dc", 3))), .. Riff("AVIX", Movi(("00dc", 4), ("00dc", 5)))];

        Assert.Equal([3, 4, 5], AviIndex.Read(file)!.Frames.Select(frame => frame.Length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(uint.MaxValue)]
    public void Read_LengthNeverWritten_GoesOnToTheEnd(uint length)
    {
        var file = Riff("AVI ", Header("vids"), Movi(("00dc", 3), ("00dc", 4)));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), length);

        Assert.Equal(2, AviIndex.Read(file)!.Frames.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(uint.MaxValue)]
    public void Read_LengthOfTheMovieNeverWritten_GoesOnToTheEnd(uint length)
    {
        byte[] header = Header("vids"), movie = Movi(("00dc", 3), ("00dc", 4));
        BinaryPrimitives.WriteUInt32LittleEndian(movie.AsSpan(4), length);
        var file = Riff("AVI ", header, movie);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), length);

        Assert.Equal([3, 4], AviIndex.Read(file)!.Frames.Select(frame => frame.Length));
    }

    [Fact]
    public void Read_HeightWithoutAPositiveOne_IsNotForIt()
    {
        var header = Header("vids");
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(header.AsSpan().IndexOf("strf"u8) + 16), int.MinValue);

        Assert.Null(AviIndex.Read(Riff("AVI ", header, Movi(("00dc", 3)))));
    }

    [Fact]
    public void Read_WithoutARate_IsNotForIt()
    {
        var header = Header("vids");
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(header.AsSpan().IndexOf("strh"u8) + 32), 0);

        Assert.Null(AviIndex.Read(Riff("AVI ", header, Movi(("00dc", 3)))));
    }

    [Theory]
    [InlineData("MJPG", 0, true)]
    [InlineData("mjpg", 1000, true)]
    [InlineData("H264", 0, false)]
    public void MayBeMotionJpeg_ByItsHeaders_IsTold(string codec, int rest, bool expected)
    {
        var file = Riff("AVI ", Header(codec, ["vids"]), Movi(("00dc", 3)));

        Assert.Equal(expected, AviIndex.MayBeMotionJpeg(file.AsSpan(0, 148), file.Length + rest));
        Assert.Throws<CorruptSampleException>(() => AviIndex.MayBeMotionJpeg(file.AsSpan(0, 148), file.Length - 1));
    }

    [Theory]
    [InlineData("H264")]
    [InlineData("XVID")]
    public void Read_AnotherCodec_IsNotForIt(string codec) =>
        Assert.Null(AviIndex.Read(Riff("AVI ", Header(codec, ["vids"]), Movi(("00dc", 3)))));

    [Theory]
    [InlineData("")]
    [InlineData("RIFF")]
    [InlineData("RIFF....WAVEfmt ")]
    [InlineData("no video at all, but a text")]
    public void Read_AnotherFile_IsNotForIt(string content) => Assert.Null(AviIndex.Read(Encoding.ASCII.GetBytes(content)));

    [Fact]
    public void Read_CutAnywhere_SaysSoOrIsNotForIt()
    {
        var file = Riff("AVI ", Header("vids"), Movi(("00dc", 31), ("00dc", 17)));

        for (var length = 0; length < file.Length; length++)
        {
            var cut = file[..length];
            var fault = Record.Exception(() => AviIndex.Read(cut));
            Assert.Equal(length >= 12, fault is CorruptSampleException { Reason: var reason } && reason.Contains("cut short", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Read_ChunkLongerThanItsList_IsNotForIt()
    {
        var file = Riff("AVI ", Header("vids"), Movi(("00dc", 4), ("00dc", 4)));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(file.Length - 8), 4000);

        Assert.Null(AviIndex.Read(file));
    }

    [Fact]
    public void Read_WithoutFrames_SaysSo()
    {
        var fault = Assert.Throws<CorruptSampleException>(() => AviIndex.Read(Riff("AVI ", Header("vids"), Movi())));

        Assert.Contains("no frames", fault.Reason, StringComparison.Ordinal);
    }

    private static byte[] Riff(string kind, params byte[][] parts) => Chunk("RIFF", [.. Encoding.ASCII.GetBytes(kind), .. parts.SelectMany(part => part)]);

    private static byte[] List(string kind, params byte[][] parts) => Chunk("LIST", [.. Encoding.ASCII.GetBytes(kind), .. parts.SelectMany(part => part)]);

    private static byte[] Movi(params (string Name, int Length)[] chunks) => List("movi", [.. chunks.Select(chunk => Chunk(chunk.Name, chunk.Length))]);

    /// <summary>Content is the length, again and again.</summary>
    private static byte[] Chunk(string name, int length) => Chunk(name, [.. Enumerable.Repeat((byte)length, length)]);

    private static byte[] Chunk(string name, byte[] content)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, content.Length);

        return [.. Encoding.ASCII.GetBytes(name), .. length, .. content, .. new byte[content.Length & 1]];
    }

    private static byte[] Header(params string[] streams) => Header("MJPG", streams);

    /// <summary>25 frames in 2 seconds, 64 x 48, upside down as its sign says.</summary>
    private static byte[] Header(string codec, string[] streams)
    {
        var format = new byte[40];
        BinaryPrimitives.WriteInt32LittleEndian(format.AsSpan(4), 64);
        BinaryPrimitives.WriteInt32LittleEndian(format.AsSpan(8), -48);
        Encoding.ASCII.GetBytes(codec).CopyTo(format, 16);

        return List("hdrl", [.. streams.Select(kind => List("strl", Chunk("strh", Stream(kind)), Chunk("strf", kind == "vids" ? format : new byte[16])))]);
    }

    private static byte[] Stream(string kind)
    {
        var header = new byte[56];
        Encoding.ASCII.GetBytes(kind).CopyTo(header, 0);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(20), 2);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), 25);

        return header;
    }
}
