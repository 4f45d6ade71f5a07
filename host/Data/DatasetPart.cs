namespace Parallax.Host.Data;

/// <summary>Some samples of a data set, with all that it knows of them: names, captions, several classes, frames.</summary>
internal class DatasetPart : IImageDataset
{
    private readonly long[] _indices;

    private DatasetPart(IImageDataset whole, long[] indices, DatasetInfo info) => (Whole, _indices, Info) = (whole, indices, info);

    /// <summary>Whether it stands for a data set by itself, as what a run learns from, in whose samples places are counted.</summary>
    public bool IsByItself { get; private init; }

    /// <summary>What it is a part of; stays open.</summary>
    public IImageDataset Whole { get; }

    /// <inheritdoc/>
    public DatasetInfo Info { get; }

    /// <summary>Samples of a data set.</summary>
    /// <param name="whole">Open as long as the part is used; whoever opened it disposes it.</param>
    /// <param name="indices">Which of its samples, in their order in the part.</param>
    /// <param name="info">What the part holds.</param>
    /// <param name="isByItself">See <see cref="IsByItself"/>.</param>
    public static DatasetPart Of(IImageDataset whole, long[] indices, DatasetInfo info, bool isByItself = false) => (whole, whole is INamedImages) switch
    {
        (IMultiLabelImages classes, true) => new NamedOfSeveralClasses(whole, classes, indices, info) { IsByItself = isByItself },
        (IMultiLabelImages classes, false) => new OfSeveralClasses(whole, classes, indices, info) { IsByItself = isByItself },
        (ICaptionedImages captions, true) => new NamedWithCaptions(whole, captions, indices, info) { IsByItself = isByItself },
        (ICaptionedImages captions, false) => new WithCaptions(whole, captions, indices, info) { IsByItself = isByItself },
        (IVideoDataset videos, true) => new NamedVideos(videos, indices, info) { IsByItself = isByItself },
        (IVideoDataset videos, false) => new OfVideos(videos, indices, info) { IsByItself = isByItself },
        (_, true) => new Named(whole, indices, info) { IsByItself = isByItself },
        (_, false) => new(whole, indices, info) { IsByItself = isByItself },
    };

    /// <summary>Where a sample is in <see cref="Whole"/>.</summary>
    /// <param name="index">Of the sample in the part.</param>
    public long WholeIndex(long index) => _indices[index];

    /// <inheritdoc/>
    public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null) => Whole.Read(_indices[index], image, smallestSide);

    /// <inheritdoc/>
    public int Label(long index) => Whole.Label(_indices[index]);

    /// <summary>Name of a sample; empty where it has none.</summary>
    public string NameOf(long index) => Whole switch
    {
        INamedImages named => named.NameOf(_indices[index]),
        IVideoDataset videos => videos.NameOf(_indices[index]),
        _ => "",
    };

    /// <summary>Leaves the whole open.</summary>
    public void Dispose()
    {
    }

    private sealed class Named(IImageDataset whole, long[] indices, DatasetInfo info) : DatasetPart(whole, indices, info), INamedImages;

    private class WithCaptions(IImageDataset whole, ICaptionedImages captions, long[] indices, DatasetInfo info)
        : DatasetPart(whole, indices, info), ICaptionedImages
    {
        public string Caption(long index) => captions.Caption(_indices[index]);
    }

    private sealed class NamedWithCaptions(IImageDataset whole, ICaptionedImages captions, long[] indices, DatasetInfo info)
        : WithCaptions(whole, captions, indices, info), INamedImages;

    private class OfSeveralClasses(IImageDataset whole, IMultiLabelImages classes, long[] indices, DatasetInfo info)
        : DatasetPart(whole, indices, info), IMultiLabelImages
    {
        public void ReadClasses(long index, Span<sbyte> shown) => classes.ReadClasses(_indices[index], shown);
    }

    private sealed class NamedOfSeveralClasses(IImageDataset whole, IMultiLabelImages classes, long[] indices, DatasetInfo info)
        : OfSeveralClasses(whole, classes, indices, info), INamedImages;

    private class OfVideos(IVideoDataset whole, long[] indices, DatasetInfo info) : DatasetPart(whole, indices, info), IVideoDataset
    {
        public VideoInfo Video(long index) => whole.Video(_indices[index]);

        public void ReadFrames(long index, ReadOnlySpan<int> frames, ClipBuffer clip, SmallestSide? smallestSide = null) =>
            whole.ReadFrames(_indices[index], frames, clip, smallestSide);
    }

    private sealed class NamedVideos(IVideoDataset whole, long[] indices, DatasetInfo info) : OfVideos(whole, indices, info), INamedImages;
}
