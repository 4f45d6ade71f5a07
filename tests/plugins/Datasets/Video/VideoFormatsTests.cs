using Parallax.Contracts;

namespace Parallax.Plugins.Tests.Datasets;

/// <summary>Real files in the containers and codecs that people have.</summary>
public sealed class VideoFormatsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, int, int, int, double> Files => new()
    {
        { "clip_part_0.gif", 11, 120, 160, 10 },
        { "fight_fi003_h264.mp4", 60, 360, 480, 25 },
        { "nofight_nofi026_h264.mp4", 60, 360, 640, 30 },
        { "part_0_h264.mp4", 32, 256, 340, 32 / (16896 / 15360.0) },   // the last frame is late by one
        { "ucf_sample_mpeg4.avi", 164, 240, 320, 25 },
    };

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Files))]
    public void Video_RealFile_HasItsFramesSizeAndRate(string name, int frames, int height, int width, double framesPerSecond)
    {
        using var data = Open(name);

        var video = data.Video(0);

        Assert.Equal((frames, new ImageSize(height, width)), (video.Frames, video.Size));
        Assert.Equal(framesPerSecond, video.FramesPerSecond, tolerance: 1e-9);
        Assert.Equal(name == "part_0_h264.mp4", video.Times is not null);
        Assert.Equal(video.Size, data.Info.Size);
    }

    [Theory, MemberData(nameof(Files))]
    public void ReadFrames_AllAtOnce_AreThoseOfAFullDecode(string name, int frames, int height, int width, double framesPerSecond)
    {
        Assert.True(framesPerSecond > 0);
        using var data = Open(name);
        var clip = new ClipBuffer();

        data.ReadFrames(0, [.. Enumerable.Range(0, frames)], clip);

        var expected = FfmpegTool.DecodeAll(RealData.Require($"video_formats/{name}"), new(height, width));
        Assert.Equal(frames, expected.Length);
        Assert.All(expected, (frame, i) => Assert.Equal(frame, FfmpegTool.Bytes(clip[i])));
    }

    [Theory, MemberData(nameof(Files))]
    public void ReadFrames_SomeOfThem_AreTheSameAsAmongAll(string name, int frames, int height, int width, double framesPerSecond)
    {
        Assert.True(framesPerSecond > 0);
        using var data = Open(name);
        var (all, some) = (FfmpegTool.DecodeAll(RealData.Require($"video_formats/{name}"), new(height, width)), new ClipBuffer());
        int[][] choices = [[0], [frames - 1], [frames / 2], [1, 3, 5, 7], [frames / 3, (frames / 3) + 1, frames - 2]];

        foreach (var choice in choices)
        {
            data.ReadFrames(0, choice, some);
            Assert.All(choice, (frame, t) => Assert.Equal(all[frame], FfmpegTool.Bytes(some[t])));
        }
    }

    [Theory]
    [InlineData("fight_fi003_h264.mp4", 180, 180, 240)]
    [InlineData("fight_fi003_h264.mp4", 45, 45, 60)]
    [InlineData("fight_fi003_h264.mp4", 46, 90, 120)]
    [InlineData("part_0_h264.mp4", 32, 32, 43)]
    public void ReadFrames_SmallestSide_DecodesSmaller(string name, int smallestSide, int height, int width)
    {
        using var data = Open(name);
        var clip = new ClipBuffer();

        data.ReadFrames(0, [4, 9], clip, _ => smallestSide);

        Assert.Equal([new(height, width), new(height, width)], [clip[0].Size, clip[1].Size]);
        Assert.Equal(data.Video(0).Size, clip[1].FullSize);
        var full = new ImageBuffer();
        data.Read(0, full);
        Assert.Equal(data.Video(0).Size, full.Size);
    }

    [Theory, MemberData(nameof(Files))]
    public void Video_CutInHalf_SaysThatItIsCut(string name, int frames, int height, int width, double framesPerSecond)
    {
        Assert.True(frames > 0 && height > 0 && width > 0 && framesPerSecond > 0);
        var bytes = File.ReadAllBytes(RealData.Require($"video_formats/{name}"));
        FfmpegTool.Require();
        var file = _folder.Write($"a/{name}", bytes[..(bytes.Length / 2)]);
        using var data = FfmpegTool.Open(_folder.Path);

        var fault = Assert.Throws<CorruptSampleException>(() => data.Video(0));

        Assert.Equal(file, fault.Sample);
        Assert.Matches("cut short|moov atom not found", fault.Reason);
    }

    private IVideoDataset Open(string name)
    {
        var bytes = File.ReadAllBytes(RealData.Require($"video_formats/{name}"));
        FfmpegTool.Require();
        _folder.Write($"a/{name}", bytes);

        return FfmpegTool.Open(_folder.Path);
    }
}
