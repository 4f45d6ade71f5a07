namespace Parallax.Contracts;

/// <summary>
/// A data set of videos: clips of any of their frames. <see cref="IImageDataset.Read"/> gives the middle frame, so that methods for images learn from videos
/// too. All members are thread-safe.
/// </summary>
public interface IVideoDataset : IImageDataset
{
    /// <summary>Length, rate and size of a video, from its header; remembered from the first call on.</summary>
    /// <param name="index">0 to <see cref="DatasetInfo.Count"/> - 1.</param>
    /// <exception cref="CorruptSampleException">The file is gone, or no video.</exception>
    VideoInfo Video(long index);

    /// <summary>Name of a video for people: its path in the data set; empty where it has none.</summary>
    /// <param name="index">0 to <see cref="DatasetInfo.Count"/> - 1.</param>
    string NameOf(long index) => "";

    /// <summary>Decodes frames of one video.</summary>
    /// <param name="index">0 to <see cref="DatasetInfo.Count"/> - 1.</param>
    /// <param name="frames">Which, from 0 to <see cref="VideoInfo.Frames"/> - 1, rising, each once.</param>
    /// <param name="clip">Receives them in that order, all of one size.</param>
    /// <param name="smallestSide">Decoding may shrink the frames as far as this says for their size; null for full size.</param>
    /// <exception cref="CorruptSampleException">A frame cannot be read.</exception>
    void ReadFrames(long index, ReadOnlySpan<int> frames, ClipBuffer clip, SmallestSide? smallestSide = null);
}
