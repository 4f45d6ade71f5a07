using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Datasets;

/// <summary>Settings of <c>packed</c>, section <c>data</c>.</summary>
public sealed record PackedOptions : DatasetOptions
{
    /// <summary>A file that <c>parallax pack</c> wrote.</summary>
    [Required]
    public string Path { get; init; } = "";
}

/// <summary>Any data set in one file, mapped into memory: written by <c>parallax pack</c>.</summary>
/// <remarks>
/// Images come in the order of the data set that was packed, with its labels, class names, digest and constants of the normalisation, so training from files
/// that were packed as they are gives the same bits. Check sums are compared whenever a sample is read.
/// </remarks>
[Plugin("packed", Options = typeof(PackedOptions), Summary = "Any data set in one memory-mapped file, as 'parallax pack' writes it", Family = "files")]
public sealed class PackedSource(PackedOptions options, IPackedImages files) : IDatasetSource
{
    /// <inheritdoc/>
    public IImageDataset Open(DatasetSplit split)
    {
        var packed = files.Open(DataPath.Require(options.Path, "a file that 'parallax pack' wrote"), split);
        try
        {
            return options.Statistics(packed.Info.Channels) is not { } given ? packed
                : packed is IVideoDataset videos ? new NormalisedVideos(videos, given)
                : new Normalised(packed, given);
        }
        catch
        {
            packed.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings => [".pack"];

    /// <summary>The same images with constants of the recipe.</summary>
    private class Normalised(IImageDataset inner, ChannelStatistics statistics) : IImageDataset, INamedImages
    {
        public DatasetInfo Info { get; } = inner.Info with { Mean = statistics.Mean, Std = statistics.Std };

        public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null) => inner.Read(index, image, smallestSide);

        public int Label(long index) => inner.Label(index);

        public string NameOf(long index) => ((INamedImages)inner).NameOf(index);

        public void Dispose() => inner.Dispose();
    }

    private sealed class NormalisedVideos(IVideoDataset inner, ChannelStatistics statistics) : Normalised(inner, statistics), IVideoDataset
    {
        public VideoInfo Video(long index) => inner.Video(index);

        public void ReadFrames(long index, ReadOnlySpan<int> frames, ClipBuffer clip, SmallestSide? smallestSide = null) =>
            inner.ReadFrames(index, frames, clip, smallestSide);
    }
}
