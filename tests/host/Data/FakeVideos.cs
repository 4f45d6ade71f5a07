using Parallax.Contracts;

namespace Parallax.Host.Tests.Data;

/// <summary>Videos whose frame f has every pixel f / <see cref="White"/> in the first channel and video / <see cref="White"/> in the others; some cannot be
/// read.</summary>
internal sealed class FakeVideos(int count, params long[] corrupt) : IVideoDataset
{
    public ImageSize Size { get; init; } = new(4, 4);

    public Func<long, int> FramesOf { get; init; } = _ => 30;

    public float White { get; init; } = 256;

    public Func<long, bool> HasTimes { get; init; } = _ => false;

    public DatasetInfo Info => new("fake-videos", DatasetSplit.Train, count, ["even", "odd"], 3, Size, [0, 0, 0], [1, 1, 1], "00000000", "memory");

    public string NameOf(long index) => $"video-{index}.avi";

    public VideoInfo Video(long index) => corrupt.Contains(index)
        ? throw new CorruptSampleException(NameOf(index), "is cut short")
        : new(FramesOf(index), FramesOf(index) / 10.0, Size)
        {
            Times = HasTimes(index) ? [.. Enumerable.Range(0, FramesOf(index)).Select(frame => frame * 0.1)] : null,
        };

    public void ReadFrames(long index, ReadOnlySpan<int> frames, ClipBuffer clip, SmallestSide? smallestSide = null)
    {
        clip.Resize(frames.Length);
        for (var i = 0; i < frames.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frames[i], FramesOf(index));
            if (i > 0)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(frames[i], frames[i - 1]);
            }

            Fill(clip[i], index, frames[i]);
        }
    }

    public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null) => Fill(image, index, FramesOf(index) / 2);

    public int Label(long index) => (int)(index % 2);

    public void Dispose()
    {
    }

    private void Fill(ImageBuffer image, long index, int frame)
    {
        image.Resize(3, Size.Height, Size.Width);
        image.Plane(0).Fill(frame / White);
        image.Plane(1).Fill(index / White);
        image.Plane(2).Fill(index / White);
    }
}
