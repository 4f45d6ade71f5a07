using System.Text;
using Parallax.Contracts;
using Parallax.Host.Images;
using Parallax.Host.Packing;
using Parallax.Host.Tests.Data;

namespace Parallax.Host.Tests.Packing;

public sealed class PackedVideosTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("parallax packed videos ").FullName;

    private string Target => Path.Combine(_folder, "videos.pack");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Open_PackedVideos_HaveTheirFramesTimesAndSize()
    {
        Pack(new(IsDecoded: true, ShorterSide: null));
        using var packed = Open();
        var (clip, image) = (new ClipBuffer(), new ImageBuffer());

        packed.ReadFrames(2, [1, 7, 39], clip);
        packed.Read(2, image);

        Assert.Equal([1f, 7f, 39f], Enumerable.Range(0, clip.Frames).Select(t => clip[t].Pixels[0] * 255));
        Assert.Equal(20f, image.Pixels[0] * 255);
        Assert.Equal(new VideoInfo(40, 4, new(6, 8)), packed.Video(2) with { Times = null });
        Assert.Equal(Enumerable.Range(0, 40).Select(frame => frame * 0.1), packed.Video(2).Times!);
        Assert.Null(packed.Video(0).Times);
        Assert.Equal([0, 1, 0], Enumerable.Range(0, 3).Select(index => packed.Label(index)));
    }

    [Fact]
    public void Open_PackedAtASize_HasSmallerFrames()
    {
        Pack(new(IsDecoded: true, ShorterSide: 3));
        using var packed = Open();
        var clip = new ClipBuffer();

        packed.ReadFrames(0, [5], clip);

        Assert.Equal(new ImageSize(3, 4), clip[0].Size);
        Assert.Equal(new ImageSize(3, 4), packed.Video(0).Size);
        Assert.Equal(5 / 255f, clip[0].Pixels[0], 1e-6f);
    }

    [Fact]
    public void Read_VideoThatCouldNotBeRead_IsStillUnreadable()
    {
        Pack(new(IsDecoded: true, ShorterSide: null), corrupt: 1);
        using var packed = Open();

        var fault = Assert.Throws<CorruptSampleException>(() => packed.Video(1));

        Assert.Equal(("is cut short", $"{Target}:video-1.avi"), (fault.Reason, fault.Sample));
        Assert.Throws<CorruptSampleException>(() => packed.ReadFrames(1, [0], new()));
    }

    [Fact]
    public void Pack_Videos_KeepTheirNames()
    {
        Pack(new(IsDecoded: true, ShorterSide: null), corrupt: 1);
        using var file = new PackFile(Target);

        Assert.Equal(["video-0.avi", "video-1.avi", "video-2.avi"], Enumerable.Range(0, 3).Select(NameOf));

        string NameOf(int sample)
        {
            _ = file.Read(sample, out _, out var name);

            return Encoding.UTF8.GetString(name);
        }
    }

    [Fact]
    public void Pack_VideosAsTheyAre_SaysWhatToAdd()
    {
        var fault = Assert.Throws<ConfigurationException>(() => Pack(new(IsDecoded: false, ShorterSide: null)));

        Assert.Contains("--decoded", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    private void Pack(PackSettings settings, long corrupt = -1) =>
        Packer.Pack(new Source(corrupt), Target, settings, _ => { }, TestContext.Current.CancellationToken);

    private IVideoDataset Open() => Assert.IsType<IVideoDataset>(new PackedImages(new ImageDecoder()).Open(Target, DatasetSplit.Train), exactMatch: false);

    /// <summary>Three videos whose frame f has the byte f everywhere; the last has times.</summary>
    private sealed class Source(long corrupt) : IDatasetSource
    {
        public IImageDataset Open(DatasetSplit split) => new FakeVideos(3, corrupt)
        {
            Size = new(6, 8), FramesOf = _ => 40, White = 255, HasTimes = index => index == 2,
        };

        public bool Has(DatasetSplit split) => split == DatasetSplit.Train;
    }
}
