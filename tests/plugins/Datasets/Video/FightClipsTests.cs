using System.Text;
using Parallax.Contracts;
using Parallax.Host.Images;
using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

/// <summary>208 clips of surveillance cameras as Motion JPEG, in one archive: no other program is needed.</summary>
public sealed class FightClipsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Video_EachOfTheArchive_HasFramesAndSizeOfTheTable()
    {
        var archive = RealData.Require("fight_clips.tar");
        var table = Table(archive);
        foreach (var (split, count) in new[] { (DatasetSplit.Train, 163), (DatasetSplit.Test, 45) })
        {
            using var data = FfmpegTool.Open(archive, split);

            Assert.Equal((count, 15), (data.Info.Count, data.Video(0).FramesPerSecond));
            Assert.Equal(["fight", "nofight"], data.Info.Classes);
            var folder = $"{split.ToString().ToLowerInvariant()}/";
            Assert.Equal(
                table.Where(row => row[0].StartsWith(folder, StringComparison.Ordinal)).OrderBy(row => row[0], StringComparer.Ordinal)
                    .Select(row => $"{row[1]} {row[2]} {row[4]}x{row[5]}"),
                Enumerable.Range(0, count).Select(i => $"{data.Info.Classes[data.Label(i)]} {data.Video(i).Frames} {data.Video(i).Size}"));
        }
    }

    [Fact]
    public void ReadFrames_Clip_IsCloseToWhatFfmpegDecodes()
    {
        var archive = RealData.Require("fight_clips.tar");
        var file = Extract(archive, "train/fight/fi001.avi", "a.avi");
        using var data = FfmpegTool.Open(_folder.Path);
        var clip = new ClipBuffer();

        data.ReadFrames(0, [0, 7, 31], clip);

        var expected = FfmpegTool.DecodeAll(file, data.Video(0).Size);
        Assert.Equal(32, expected.Length);
        const double most = 3;   // of 255 on average: FFmpeg does not smooth colours, which have half the resolution; measured 1.3
        Assert.All([0, 7, 31], (frame, t) => Assert.InRange(FfmpegTool.Bytes(clip[t]).Zip(expected[frame], (a, b) => Math.Abs(a - b)).Average(), 0, most));
    }

    [Fact]
    public void Read_AsImage_IsTheMiddleFrame()
    {
        using var data = FfmpegTool.Open(RealData.Require("fight_clips.tar"));
        var (clip, image) = (new ClipBuffer(), new ImageBuffer());

        data.ReadFrames(5, [data.Video(5).Frames / 2], clip);
        data.Read(5, image);

        Assert.Equal(clip[0].Pixels.ToArray(), image.Pixels.ToArray());
    }

    [Fact]
    public void ReadFrames_SmallestSide_DecodesSmaller()
    {
        using var data = FfmpegTool.Open(RealData.Require("fight_clips.tar"));
        var clip = new ClipBuffer();

        data.ReadFrames(0, [0, 1], clip, _ => 28);

        Assert.Equal((new ImageSize(28, 38), new ImageSize(112, 150)), (clip[1].Size, clip[1].FullSize));
    }

    [Fact]
    public void Open_WithoutConstants_ComputesThemFromMiddleFrames()
    {
        var source = new VideoFolderSource(new() { Path = RealData.Require("fight_clips.tar"), Channels = 1 }, new ImageDecoder());
        using var data = source.Open(DatasetSplit.Test);

        Assert.InRange(Assert.Single(data.Info.Mean), 0.3, 0.6);
        Assert.InRange(Assert.Single(data.Info.Std), 0.15, 0.35);
        Assert.Null(data.Info.Size);
    }

    [Theory]
    [InlineData(0.5, "cut short: its header promises")]
    [InlineData(0, "the file is empty")]
    public void Video_BrokenCopy_NamesIt(double part, string reason)
    {
        Extract(RealData.Require("fight_clips.tar"), "train/fight/fi001.avi", "train/a/sound.avi");
        var bytes = File.ReadAllBytes(_folder.File("train/a/sound.avi"));
        var file = _folder.Write("train/a/broken.avi", bytes[..(int)(bytes.Length * part)]);
        FfmpegTool.Require();   // a file that is no AVI is left to it
        using var data = FfmpegTool.Open(_folder.Path);

        var fault = Assert.Throws<CorruptSampleException>(() => data.Video(0));

        Assert.Equal(file, fault.Sample);
        Assert.Contains(reason, fault.Reason, StringComparison.Ordinal);
        Assert.Equal(32, data.Video(1).Frames);
    }

    private string Extract(string archive, string entry, string name)
    {
        var path = "";
        using var store = FileStores.Open(archive);
        var file = FileStores.List(archive, FileKind.Video).Files.Single(file => file.Path == entry);
        store.Read(file, 0, (bytes, _) => path = _folder.Write(name, bytes.ToArray()));

        return path;
    }

    private static string[][] Table(string archive)
    {
        var text = "";
        using var store = FileStores.Open(archive);
        store.Read(FileStores.List(archive, FileKind.Video, ".csv").Texts.Single(), 0, (bytes, _) => text = Encoding.UTF8.GetString(bytes));

        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Trim().Split(','))];
    }
}
