using System.Buffers;
using System.Runtime.InteropServices;
using Parallax.Host.Data;

namespace Parallax.Host.Packing;

/// <summary>The bytes of a packed video: number of frames, length in seconds, the time of each frame where the rate varies, then the frames one behind the
/// other, each [C, H, W], a byte for each pixel.</summary>
internal static class PackedFrames
{
    private const int Chunk = 32;   // frames decoded at a time

    /// <summary>Decodes a whole video and appends its bytes.</summary>
    /// <param name="videos">Where it comes from.</param>
    /// <param name="index">Which.</param>
    /// <param name="settings">Size of the frames.</param>
    /// <param name="clip">Working memory.</param>
    /// <param name="bytes">Receives them.</param>
    /// <returns>Size of the frames.</returns>
    /// <exception cref="CorruptSampleException">A frame cannot be read.</exception>
    /// <exception cref="ConfigurationException">The frames are more than a record can hold.</exception>
    public static ImageSize Append(IVideoDataset videos, long index, PackSettings settings, ClipBuffer clip, ArrayBufferWriter<byte> bytes)
    {
        var video = videos.Video(index);
        var size = settings.Reduced(video.Size);
        RequireRoom(videos.Info, index, video, size);
        Write(bytes, new FramesHead(video.Frames, video.Times is null ? 0 : 1, video.Seconds));
        foreach (var time in video.Times ?? [])
        {
            Write(bytes, time);
        }

        for (var first = 0; first < video.Frames; first += Chunk)
        {
            int[] frames = [.. Enumerable.Range(first, Math.Min(Chunk, video.Frames - first))];
            videos.ReadFrames(index, frames, clip);
            for (var t = 0; t < frames.Length; t++)
            {
                TriangleResize.Apply(clip[t], size);
                var length = clip[t].Pixels.Length;
                clip[t].WriteBytes(bytes.GetSpan(length)[..length]);
                bytes.Advance(length);
            }
        }

        return size;
    }

    /// <summary>What a packed video is.</summary>
    /// <param name="bytes">As <see cref="Append"/> wrote them.</param>
    /// <param name="size">Size of the frames.</param>
    /// <param name="channels">Planes of a frame.</param>
    /// <param name="pixels">Receives the frames.</param>
    /// <exception cref="CorruptSampleException">The bytes are no such video.</exception>
    public static VideoInfo Read(ReadOnlySpan<byte> bytes, ImageSize size, int channels, out ReadOnlySpan<byte> pixels)
    {
        var head = bytes.Length < FramesHead.Bytes ? default : MemoryMarshal.Read<FramesHead>(bytes);
        var times = head.HasTimes == 0 ? 0 : head.Frames;
        var begin = FramesHead.Bytes + ((long)times * sizeof(double));
        if (head.Frames <= 0 || head.Seconds <= 0 || bytes.Length != begin + ((long)head.Frames * channels * size.Height * size.Width))
        {
            throw new CorruptSampleException("", "the packed file holds something else there than the frames of a video");
        }

        pixels = bytes[(int)begin..];

        return new(head.Frames, head.Seconds, size)
        {
            Times = times == 0 ? null : MemoryMarshal.Cast<byte, double>(bytes[FramesHead.Bytes..(int)begin]).ToArray(),
        };
    }

    private static void RequireRoom(DatasetInfo info, long index, VideoInfo video, ImageSize size)
    {
        if ((double)video.Frames * info.Channels * size.Height * size.Width > Array.MaxLength / 2)
        {
            throw new ConfigurationException($"Video {index} of '{info.Location}' has {video.Frames} frames of {size}, more than a packed file takes for one "
                + "sample (1 GB). Make the frames smaller with --size, or cut the video into parts.");
        }
    }

    private static void Write<T>(ArrayBufferWriter<byte> bytes, T value)
        where T : unmanaged => bytes.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>The beginning of a packed video.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct FramesHead(int Frames, int HasTimes, double Seconds)
    {
        public static unsafe int Bytes => sizeof(FramesHead);
    }
}
