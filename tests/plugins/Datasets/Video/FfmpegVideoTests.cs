using System.Buffers.Binary;
using System.Diagnostics;
using System.Formats.Tar;
using Parallax.Contracts;

namespace Parallax.Plugins.Tests.Datasets;

/// <summary>Videos that a test makes itself: seeking, stamps, turned and damaged files.</summary>
public sealed class FfmpegVideoTests : IDisposable
{
    private static readonly ImageSize Size = new(48, 64);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Codecs => new()
    {
        { "mp4", "-c:v libx264 -g 12 -bf 3" },
        { "mkv", "-c:v libx264 -g 12 -bf 3 -x264-params open-gop=1" },
        { "mov", "-c:v mpeg4 -g 12 -bf 2" },
        { "avi", "-c:v mpeg4 -g 12 -bf 2" },
        { "avi", "-c:v mpeg4 -g 12" },
        { "webm", "-c:v libvpx -g 12 -b:v 100k -auto-alt-ref 1 -lag-in-frames 10" },
        { "webm", "-c:v libvpx-vp9 -g 12 -b:v 100k -row-mt 0 -cpu-used 8" },
        { "gif", "-vf format=rgb8" },
        { "mp4", "-c:v libx264 -g 12 -output_ts_offset 3" },
    };

    [Theory, MemberData(nameof(Codecs))]
    public void ReadFrames_EachAlone_IsThatOfAFullDecode(string container, string options)
    {
        var file = FfmpegTool.Draw(_folder.File($"a/x.{container}"), frames: 40, options.Split(' '));
        using var data = FfmpegTool.Open(_folder.Path);
        var (all, clip) = (FfmpegTool.DecodeAll(file, Size), new ClipBuffer());

        Assert.Equal((40, 40, Size), (data.Video(0).Frames, all.Length, data.Video(0).Size));
        Assert.Equal(10, data.Video(0).FramesPerSecond, tolerance: 1e-6);
        foreach (var frame in new[] { 0, 1, 5, 11, 12, 13, 23, 24, 30, 35, 36, 38, 39 })
        {
            data.ReadFrames(0, [frame], clip);
            Assert.Equal(all[frame], FfmpegTool.Bytes(clip[0]));
        }

        data.ReadFrames(0, [14, 17, 20, 38], clip);
        Assert.All([14, 17, 20, 38], (frame, t) => Assert.Equal(all[frame], FfmpegTool.Bytes(clip[t])));
    }

    [Fact]
    public void ReadFrames_MotionJpeg_AreNearestToTheFramesThatFfmpegDecodes()
    {
        var file = FfmpegTool.Draw(_folder.File("a/x.avi"), frames: 12, "-c:v", "mjpeg", "-q:v", "2");
        using var data = FfmpegTool.Open(_folder.Path);
        var (all, clip) = (FfmpegTool.DecodeAll(file, Size), new ClipBuffer());

        data.ReadFrames(0, [0, 5, 11], clip);

        Assert.Equal((12, 10, Size), (data.Video(0).Frames, data.Video(0).FramesPerSecond, data.Video(0).Size));
        double Distance(int frame, ImageBuffer image) => FfmpegTool.Bytes(image).Zip(all[frame], (a, b) => Math.Abs(a - b)).Average();
        Assert.All([0, 5, 11], (frame, t) => Assert.Equal(frame, Enumerable.Range(0, 12).MinBy(other => Distance(other, clip[t]))));
    }

    /// <summary>What writes into a pipe cannot go back to fill in lengths.</summary>
    [Fact]
    public void ReadFrames_MotionJpegThatWasWrittenThroughAPipe_AreThoseOfTheFile()
    {
        FfmpegTool.Draw(_folder.File("a/1.avi"), frames: 12, "-c:v", "mjpeg", "-q:v", "2");
        var piped = FfmpegTool.Run("-i", _folder.File("a/1.avi"), "-c", "copy", "-f", "avi", "-");
        Assert.Equal(12, Plugins.Datasets.AviIndex.Read(piped)!.Frames.Length);
        _folder.Write("a/2.avi", piped);
        using var data = FfmpegTool.Open(_folder.Path);
        var (whole, other) = (new ClipBuffer(), new ClipBuffer());

        data.ReadFrames(0, [0, 11], whole);
        data.ReadFrames(1, [0, 11], other);

        Assert.Equal(FfmpegTool.Bytes(whole[1]), FfmpegTool.Bytes(other[1]));
    }

    [Fact]
    public void Video_StartsWithinAnotherByAnEdit_HasOnlyTheFramesThatAreShown()
    {
        FfmpegTool.Draw(_folder.File("whole.mp4"), frames: 40, "-c:v", "libx264", "-bf", "2");
        FfmpegTool.Run("-ss", "1.5", "-i", _folder.File("whole.mp4"), "-c", "copy", Make("a/x.mp4"));
        using var data = FfmpegTool.Open(_folder.File("a"));
        var (shown, clip) = (FfmpegTool.DecodeAll(_folder.File("a/x.mp4"), Size), new ClipBuffer());

        data.ReadFrames(0, [0, 20], clip);

        Assert.Equal(shown.Length, data.Video(0).Frames);
        Assert.InRange(shown.Length, 24, 26);
        Assert.Equal([shown[0], shown[20]], [FfmpegTool.Bytes(clip[0]), FfmpegTool.Bytes(clip[1])]);
    }

    /// <summary>The header of such a file counts the frames that are left out, too.</summary>
    [Theory]
    [InlineData(0, 20)]
    [InlineData(26, 14)]
    public void Video_EditLeavesFramesOut_HasOnlyTheFramesThatAreShown(int first, int count)
    {
        var file = FfmpegTool.Draw(_folder.File("a/x.mp4"), frames: 40, "-c:v", "libx264", "-g", "12", "-bf", "2");
        var bytes = File.ReadAllBytes(file);
        const int duration = 12, start = 16, movieTicks = 100, mediaTicks = 1024;   // places within the list of edits (ISO 14496-12, 8.6.6); ticks of a frame
        var edit = bytes.AsSpan(bytes.AsSpan().IndexOf("elst"u8));
        BinaryPrimitives.WriteInt32BigEndian(edit[duration..], count * movieTicks);
        BinaryPrimitives.WriteInt32BigEndian(edit[start..], BinaryPrimitives.ReadInt32BigEndian(edit[start..]) + (first * mediaTicks));
        File.WriteAllBytes(file, bytes);
        using var data = FfmpegTool.Open(_folder.Path);
        var (shown, clip) = (FfmpegTool.DecodeAll(file, Size), new ClipBuffer());

        data.ReadFrames(0, [0, count - 1], clip);

        Assert.Equal((count, count), (shown.Length, data.Video(0).Frames));
        Assert.Equal([shown[0], shown[count - 1]], [FfmpegTool.Bytes(clip[0]), FfmpegTool.Bytes(clip[1])]);
    }

    [Fact]
    public void Video_RateVaries_HasTheTimeOfEachFrame()
    {
        FfmpegTool.Draw(_folder.File("a/x.mp4"), frames: 20, "-vf", "select='not(eq(mod(n,5),3))'", "-vsync", "vfr", "-c:v", "libx264", "-bf", "2");
        using var data = FfmpegTool.Open(_folder.Path);
        var (all, clip) = (FfmpegTool.DecodeAll(_folder.File("a/x.mp4"), Size), new ClipBuffer());

        var video = data.Video(0);

        Assert.Equal([0, 0.1, 0.2, 0.4, 0.5, 0.6, 0.7, 0.9, 1, 1.1, 1.2, 1.4, 1.5, 1.6, 1.7, 1.9], video.Times!.Select(time => Math.Round(time, 6)));
        Assert.Equal(2, video.Seconds, tolerance: 1e-6);
        data.ReadFrames(0, [2, 3, 15], clip);
        Assert.All([2, 3, 15], (frame, t) => Assert.Equal(all[frame], FfmpegTool.Bytes(clip[t])));
    }

    /// <summary>A telephone that is held upright records what its sensor sees, and how to turn it clockwise.</summary>
    [Theory]
    [InlineData(90, 0, 1)]
    [InlineData(180, -1, 0)]
    [InlineData(270, 0, -1)]
    public void ReadFrames_Turned_AreUpright(int degrees, int cosine, int sine)
    {
        FfmpegTool.Draw(_folder.File("flat.mp4"), frames: 4, "-c:v", "libx264");
        var bytes = File.ReadAllBytes(_folder.File("flat.mp4"));
        const int matrix = 44, fraction = 16;   // place within the track's header, and bits behind the point: ISO 14496-12, 8.3.2
        var header = bytes.AsSpan(bytes.AsSpan().IndexOf("tkhd"u8) + matrix);
        BinaryPrimitives.WriteInt32BigEndian(header, cosine << fraction);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], sine << fraction);
        BinaryPrimitives.WriteInt32BigEndian(header[12..], -sine << fraction);
        BinaryPrimitives.WriteInt32BigEndian(header[16..], cosine << fraction);
        _folder.Write("a/x.mp4", bytes);
        using var data = FfmpegTool.Open(_folder.File("a"));
        var (flat, clip) = (FfmpegTool.DecodeAll(_folder.File("flat.mp4"), Size)[3], new ClipBuffer());

        data.ReadFrames(0, [3], clip);

        var upright = degrees == 180 ? Size : new(Size.Width, Size.Height);
        Assert.Equal((upright, upright), (data.Video(0).Size, clip[0].Size));
        Assert.Equal(Turned(flat, degrees), FfmpegTool.Bytes(clip[0]));
    }

    [Fact]
    public void ReadFrames_InAnArchive_AreThoseOfTheFile()
    {
        FfmpegTool.Draw(_folder.File("data/train/a/x.mp4"), frames: 30, "-c:v", "libx264", "-g", "12");
        FfmpegTool.Draw(_folder.File("data/train/b/ä y,z'.webm"), frames: 30, "-c:v", "libvpx", "-g", "12");
        TarFile.CreateFromDirectory(_folder.File("data"), _folder.File("odd name, it's.tar"), includeBaseDirectory: false);
        using var files = FfmpegTool.Open(_folder.File("data"));
        using var archive = FfmpegTool.Open(_folder.File("odd name, it's.tar"));
        var (one, other) = (new ClipBuffer(), new ClipBuffer());

        foreach (var video in new[] { 0, 1 })
        {
            Assert.Equal(files.Video(video), archive.Video(video));
            files.ReadFrames(video, [3, 26], one);
            archive.ReadFrames(video, [3, 26], other);
            Assert.Equal(FfmpegTool.Bytes(one[1]), FfmpegTool.Bytes(other[1]));
        }

        Assert.Equal(files.Info.Digest, archive.Info.Digest);
    }

    [Fact]
    public void ReadFrames_Grey_IsLuma()
    {
        var file = FfmpegTool.Draw(_folder.File("a/x.mp4"), frames: 3, "-c:v", "libx264");
        using var data = FfmpegTool.Open(new Plugins.Datasets.VideoFolderOptions { Path = _folder.Path, Channels = 1 });
        var clip = new ClipBuffer();

        data.ReadFrames(0, [1], clip);

        var colours = FfmpegTool.DecodeAll(file, Size)[1];
        var luma = colours.Chunk(3).Select(pixel => ((0.299 * pixel[0]) + (0.587 * pixel[1]) + (0.114 * pixel[2])) / 255).ToArray();
        Assert.Equal(1, clip[0].Channels);
        Assert.InRange(clip[0].Pixels.ToArray().Zip(luma, (a, b) => Math.Abs(a - b)).Average(), 0, 0.02);
    }

    [Theory]
    [InlineData("a text in place of a video", "FFmpeg cannot read it")]
    [InlineData("", "the file is empty")]
    public void Video_NoVideo_SaysWhy(string content, string reason)
    {
        var file = _folder.Write("a/x.mp4", System.Text.Encoding.UTF8.GetBytes(content));
        FfmpegTool.Require();
        using var data = FfmpegTool.Open(_folder.Path);

        var fault = Assert.Throws<CorruptSampleException>(() => data.Video(0));

        Assert.Equal(file, fault.Sample);
        Assert.Contains(reason, fault.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("png", "whatever its name says")]
    [InlineData("wav", "whatever its name says")]
    public void Video_AnotherKindOfFile_SaysSo(string extension, string reason)
    {
        FfmpegTool.Run(extension == "png"
            ? ["-f", "lavfi", "-i", "testsrc2=size=64x48", "-frames:v", "1", Make("picture.png")]
            : ["-f", "lavfi", "-i", "sine=duration=1", Make("sound.wav")]);
        File.Move(extension == "png" ? _folder.File("picture.png") : _folder.File("sound.wav"), Make("a/x.mp4"));
        using var data = FfmpegTool.Open(_folder.Path);

        Assert.Contains(reason, Assert.Throws<CorruptSampleException>(() => data.Video(0)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Video_SoundOnly_SaysThatThereIsNoVideo()
    {
        FfmpegTool.Run("-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", Make("a/x.mp4"));
        using var data = FfmpegTool.Open(_folder.Path);

        Assert.Contains("no video stream", Assert.Throws<CorruptSampleException>(() => data.Video(0)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Video_WrongExtensionOfAVideo_IsRead()
    {
        FfmpegTool.Draw(_folder.File("x.mkv"), frames: 5, "-c:v", "libx264");
        File.Move(_folder.File("x.mkv"), Make("a/x.avi"));
        using var data = FfmpegTool.Open(_folder.File("a"));

        Assert.Equal(5, data.Video(0).Frames);
    }

    [Theory]
    [InlineData("mkv", "-c:v libx264", 0.5)]
    [InlineData("mkv", "-c:v libx264", 0.95)]
    [InlineData("webm", "-c:v libvpx", 0.7)]
    [InlineData("mp4", "-c:v libx264 -movflags +faststart", 0.95)]
    [InlineData("avi", "-c:v mpeg4", 0.95)]
    [InlineData("gif", "-vf format=rgb8", 0.95)]
    public void Video_CutAnywhere_SaysSo(string container, string options, double part)
    {
        var file = FfmpegTool.Draw(_folder.File($"a/x.{container}"), frames: 40, options.Split(' '));
        var bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..(int)(bytes.Length * part)]);
        using var data = FfmpegTool.Open(_folder.Path);

        var reason = Assert.Throws<CorruptSampleException>(() => data.Video(0)).Reason;

        Assert.Contains("cut short", reason, StringComparison.Ordinal);
        Assert.False(container == "gif" && reason.Contains("header", StringComparison.Ordinal), reason);   // which has no count of frames
    }

    /// <summary>FFmpeg then writes far more lines than fit into a pipe.</summary>
    [Fact]
    public void ReadFrames_DamagedThroughout_EndsAndLeavesNoProcess()
    {
        var file = FfmpegTool.Draw(_folder.File("a/x.mkv"), frames: 400, "-c:v", "mjpeg", "-q:v", "2");
        var bytes = File.ReadAllBytes(file);
        for (var i = 4000; i < bytes.Length; i++)
        {
            bytes[i] ^= (byte)(i % 3 == 0 ? i * 37 : 0);
        }

        File.WriteAllBytes(file, bytes);
        using var data = FfmpegTool.Open(_folder.Path);

        Record.Exception(() => data.ReadFrames(0, [0, data.Video(0).Frames - 1], new ClipBuffer()));

        Assert.Empty(ChildrenOn(file));
    }

    [Fact]
    public void ReadFrames_FrameInTheMiddleIsGone_NamesTheFileAndLeavesNoProcess()
    {
        var file = FfmpegTool.Draw(_folder.File("a/x.mkv"), frames: 60, "-c:v", "png");   // a damaged picture gives no frame at all
        var bytes = File.ReadAllBytes(file);
        bytes.AsSpan(bytes.Length / 2, bytes.Length / 4).Clear();
        File.WriteAllBytes(file, bytes);
        using var data = FfmpegTool.Open(_folder.Path);

        int[] all = [.. Enumerable.Range(0, data.Video(0).Frames)];
        var fault = Assert.Throws<CorruptSampleException>(() => data.ReadFrames(0, all, new ClipBuffer()));

        Assert.Equal(file, fault.Sample);
        Assert.Empty(ChildrenOn(file));
    }

    [Fact]
    public void ReadFrames_ManyTimes_LeavesNoProcess()
    {
        var file = FfmpegTool.Draw(_folder.File("a/x.mp4"), frames: 60, "-c:v", "libx264");
        using var data = FfmpegTool.Open(_folder.Path);

        Parallel.For(0, 24, i => data.ReadFrames(0, [i, i + 9], new ClipBuffer()));

        Assert.Empty(ChildrenOn(file));
        Assert.Equal([file], Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void ReadFrames_NotRisingOrNotThere_IsRefused()
    {
        FfmpegTool.Draw(_folder.File("a/x.mp4"), frames: 6, "-c:v", "libx264");
        using var data = FfmpegTool.Open(_folder.Path);

        Assert.All<int[]>(
            [[3, 3], [4, 2], [-1], [6]], frames => Assert.Throws<ArgumentOutOfRangeException>(() => data.ReadFrames(0, frames, new ClipBuffer())));
    }

    /// <summary>A frame turned clockwise.</summary>
    private static byte[] Turned(byte[] flat, int degrees)
    {
        var turned = new byte[flat.Length];
        for (var place = 0; place < Size.Height * Size.Width; place++)
        {
            var (y, x) = (place / Size.Width, place % Size.Width);
            var to = degrees switch
            {
                90 => (x * Size.Height) + Size.Height - 1 - y,   // the top becomes the right
                180 => ((Size.Height - 1 - y) * Size.Width) + Size.Width - 1 - x,
                _ => ((Size.Width - 1 - x) * Size.Height) + y,
            };
            flat.AsSpan(place * 3, 3).CopyTo(turned.AsSpan(to * 3));
        }

        return turned;
    }

    private string Make(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);

        return _folder.File(name);
    }

    /// <summary>Processes that have a file on their command line.</summary>
    private static IEnumerable<string> ChildrenOn(string file) => Process.GetProcesses()
        .Select(process => $"/proc/{process.Id}/cmdline").Where(File.Exists)
        .Select(path =>
        {
            try
            {
                return File.ReadAllText(path);
            }
            catch (IOException)
            {
                return "";   // it has ended meanwhile
            }
        })
        .Where(command => command.Contains(file, StringComparison.Ordinal));
}
