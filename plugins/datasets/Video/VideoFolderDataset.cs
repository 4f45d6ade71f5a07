namespace Parallax.Plugins.Datasets;

/// <summary>One split of videos.</summary>
/// <param name="files">The videos; disposed with this.</param>
/// <param name="reader">Reads them.</param>
/// <param name="info">What the split holds.</param>
internal sealed class VideoFolderDataset(VideoFiles files, VideoReader reader, DatasetInfo info) : IVideoDataset, INamedImages
{
    public DatasetInfo Info => info;

    public int Label(long index) => files.Split.Labels[index];

    public string NameOf(long index) => files.PathOf((int)index);

    public VideoInfo Video(long index) => reader.Info((int)index);

    public void ReadFrames(long index, ReadOnlySpan<int> frames, ClipBuffer clip, SmallestSide? smallestSide = null)
    {
        clip.Resize(frames.Length);
        reader.Read((int)index, frames, t => clip[t], smallestSide);
    }

    public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null) =>
        reader.Read((int)index, [Middle(reader.Info((int)index))], _ => image, smallestSide);

    public void Dispose() => files.Dispose();

    /// <summary>The frame that stands for a video among images.</summary>
    internal static int Middle(VideoInfo video) => video.Frames / 2;
}
