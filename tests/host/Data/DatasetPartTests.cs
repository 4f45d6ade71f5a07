using Parallax.Contracts;
using Parallax.Host.Data;

namespace Parallax.Host.Tests.Data;

/// <summary>What a data set knows of its samples, a part of it knows too.</summary>
public sealed class DatasetPartTests
{
    private static readonly long[] Chosen = [4, 1];

    [Fact]
    public void Of_NamedImages_HasTheirNamesAndNoMore()
    {
        var part = Part(new NamedImages());

        Assert.Equal(["name 4", "name 1"], Names(part));
        Assert.IsNotAssignableFrom<ICaptionedImages>(part);
        Assert.IsNotAssignableFrom<IMultiLabelImages>(part);
        Assert.IsNotAssignableFrom<IVideoDataset>(part);
    }

    [Fact]
    public void Of_ImagesWithoutNames_HasNone() => Assert.IsNotAssignableFrom<INamedImages>(Part(new FakeDataset(6)));

    [Fact]
    public void Of_NamedImagesWithCaptions_HasBoth()
    {
        var part = Part(new Captioned());

        Assert.Equal(["name 4", "name 1"], Names(part));
        Assert.Equal("caption 1", Assert.IsType<ICaptionedImages>(part, exactMatch: false).Caption(1));
    }

    [Fact]
    public void Of_NamedImagesOfSeveralClasses_HasBoth()
    {
        var part = Part(new SeveralClasses());
        var shown = new sbyte[1];

        Assert.IsType<IMultiLabelImages>(part, exactMatch: false).ReadClasses(0, shown);

        Assert.Equal(["name 4", "name 1"], Names(part));
        Assert.Equal(4, shown[0]);
    }

    [Fact]
    public void Of_Videos_HasTheirFramesAndTheNamesThatTheyHave()
    {
        var (named, other) = (Part(new NamedVideos()), Part(new FakeVideos(6) { FramesOf = index => 10 + (int)index }));
        var clip = new ClipBuffer();

        Assert.Equal(["name 4", "name 1"], Names(named));
        Assert.IsNotAssignableFrom<INamedImages>(other);
        var videos = Assert.IsType<IVideoDataset>(other, exactMatch: false);
        videos.ReadFrames(0, [2], clip);
        Assert.Equal((14, "video-1.avi", 4 / 256f), (videos.Video(0).Frames, videos.NameOf(1), clip[0].Plane(1)[0]));
    }

    private static DatasetPart Part(IImageDataset whole) => DatasetPart.Of(whole, Chosen, whole.Info with { Count = Chosen.Length });

    private static IEnumerable<string> Names(DatasetPart data) =>
        Enumerable.Range(0, (int)data.Info.Count).Select(index => Assert.IsType<INamedImages>(data, exactMatch: false).NameOf(index));

    private class NamedImages : IImageDataset, INamedImages
    {
        private readonly FakeDataset _images = new(6);

        public DatasetInfo Info => _images.Info;

        public string NameOf(long index) => $"name {index}";

        public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null) => _images.Read(index, image, smallestSide);

        public int Label(long index) => _images.Label(index);

        public void Dispose() => _images.Dispose();
    }

    private sealed class Captioned : NamedImages, ICaptionedImages
    {
        public string Caption(long index) => $"caption {index}";
    }

    private sealed class SeveralClasses : NamedImages, IMultiLabelImages
    {
        public void ReadClasses(long index, Span<sbyte> shown) => shown.Fill((sbyte)index);
    }

    private sealed class NamedVideos : NamedImages, IVideoDataset
    {
        private readonly FakeVideos _videos = new(6);

        public VideoInfo Video(long index) => _videos.Video(index);

        public void ReadFrames(long index, ReadOnlySpan<int> frames, ClipBuffer clip, SmallestSide? smallestSide = null) =>
            _videos.ReadFrames(index, frames, clip, smallestSide);
    }
}
