using System.Collections.Concurrent;

namespace Parallax.Host.Packing;

/// <summary>One split of a packed file of videos.</summary>
internal sealed class PackedVideos(PackFile file, DatasetSplit split, IImageDecoder decoder) : PackedDataset(file, split, decoder), IVideoDataset
{
    private readonly ConcurrentDictionary<long, VideoInfo> _known = new();   // or every clip would check its video's sum twice

    /// <inheritdoc/>
    public VideoInfo Video(long index) => _known.GetOrAdd(index, video => Frames(video, out _));

    /// <inheritdoc/>
    public void ReadFrames(long index, ReadOnlySpan<int> frames, ClipBuffer clip, SmallestSide? smallestSide = null)
    {
        var video = Frames(index, out var pixels);
        var length = pixels.Length / video.Frames;
        clip.Resize(frames.Length);
        for (var t = 0; t < frames.Length; t++)
        {
            clip[t].Resize(Info.Channels, video.Size.Height, video.Size.Width);
            clip[t].ReadBytes(pixels.Slice(frames[t] * length, length));
        }
    }

    /// <inheritdoc/>
    public override void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null)
    {
        var video = Frames(index, out var pixels);
        var length = pixels.Length / video.Frames;
        image.Resize(Info.Channels, video.Size.Height, video.Size.Width);
        image.ReadBytes(pixels.Slice(video.Frames / 2 * length, length));
    }

    private VideoInfo Frames(long index, out ReadOnlySpan<byte> pixels)
    {
        var bytes = Record(index, out var record, out var name);
        try
        {
            RequireReadable(record, bytes);

            return PackedFrames.Read(bytes, new(record.Height, record.Width), Info.Channels, out pixels);
        }
        catch (CorruptSampleException fault)
        {
            throw Named(index, name, fault);
        }
    }
}
