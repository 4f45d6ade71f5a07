using System.Buffers;
using System.Globalization;

namespace Parallax.Plugins.Datasets;

/// <summary>A video that the program ffmpeg decodes: one process for each call, its frames through a pipe, nothing on disk.</summary>
/// <remarks>
/// Frames are told by their time stamps: decoding starts at the last key frame before the first one that is asked for, and only the frames with the stamps that
/// are asked for come out, so a frame is the same whatever else is decoded with it. Where a file has no stamps, frames are counted from the start.
/// </remarks>
internal sealed class FfmpegVideo : IVideoFile
{
    private const int MostReduction = 8;   // as of JPEG

    private static readonly float[] Units = [.. Enumerable.Range(0, byte.MaxValue + 1).Select(value => value / (float)byte.MaxValue)];

    private readonly string _address;
    private readonly FfmpegHeader _header;

    private FfmpegVideo(string address, FfmpegHeader header) => (_address, _header) = (address, header);

    public VideoInfo Info => _header.Info;

    /// <summary>Reads the header of a file.</summary>
    /// <exception cref="CorruptSampleException">It is no video, or cut short.</exception>
    public static FfmpegVideo Open(IFileStore store, StoredFile file)
    {
        if (file.Length <= 0)
        {
            throw new CorruptSampleException("video", file.Length == 0 ? "the file is empty" : "there is no such file");
        }

        var address = store.AddressOf(file);

        return new(address, FfmpegProbe.Read(address));
    }

    public void Read(ReadOnlySpan<int> frames, Func<int, ImageBuffer> imageAt, int channels, SmallestSide? smallestSide)
    {
        var wanted = frames.ToArray();
        var size = Reduced(Info.Size, smallestSide?.Invoke(Info.Size) ?? 0);
        var start = _header.StartFor(wanted[0]);
        var fault = Decode(wanted, start, size, channels, imageAt);
        if (fault is not null && start is not null)
        {
            fault = Decode(wanted, start: null, size, channels, imageAt);   // an index that leads to the wrong place
        }

        if (fault is not null)
        {
            throw new CorruptSampleException("video", fault);
        }
    }

    /// <returns>What is wrong with the file; null when all frames came.</returns>
    private string? Decode(int[] wanted, double? start, ImageSize size, int channels, Func<int, ImageBuffer> imageAt)
    {
        using var process = new FfmpegProcess("ffmpeg", Arguments(wanted, start, size, channels));
        var length = size.Height * size.Width * channels;
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            for (var i = 0; i < wanted.Length; i++)
            {
                if (process.Output.ReadAtLeast(bytes.AsSpan(0, length), length, throwOnEndOfStream: false) < length)
                {
                    process.Wait();

                    return $"only {i} of {wanted.Length} frames that were asked for could be decoded"
                        + (process.Errors.Count > 0 ? $" (FFmpeg: {process.Errors[0]})" : "");
                }

                var image = imageAt(i);
                image.Resize(channels, size.Height, size.Width);
                image.FullSize = Info.Size;
                Write(bytes.AsSpan(0, length), image);
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private IEnumerable<string> Arguments(int[] frames, double? start, ImageSize size, int channels)
    {
        var scaler = size == Info.Size ? "bicubic" : "area";
        var filter = $"select='{Selection(frames)}',scale={size.Width}:{size.Height}:flags={scaler},format={(channels == 1 ? "gray" : "rgb24")}";
        string[] seek = start is { } seconds
            ? ["-noaccurate_seek", "-seek_timestamp", "1", "-ss", seconds.ToString("F6", CultureInfo.InvariantCulture)]
            : [];

        return
        [
            "-nostdin", "-filter_threads", "1", "-threads", "1", .. seek, "-copyts", "-format_whitelist", FfmpegProbe.Formats, "-i", _address,
            "-map", "0:V:0", "-vf", filter, "-vsync", "passthrough", "-frames:v", frames.Length.ToString(CultureInfo.InvariantCulture), "-f", "rawvideo", "-",
        ];
    }

    /// <summary>True for these frames, in FFmpeg's language: by stamp, or by number from the start. Frames in a row are one term.</summary>
    private string Selection(int[] frames)
    {
        var terms = new List<string>();
        for (int first = 0, last; first < frames.Length; first = last + 1)
        {
            for (last = first; last + 1 < frames.Length && frames[last + 1] == frames[last] + 1;)
            {
                last++;
            }

            terms.Add(_header.Stamps is { } stamps
                ? string.Create(CultureInfo.InvariantCulture, $"between(pts,{stamps[frames[first]]},{stamps[frames[last]]})")
                : string.Create(CultureInfo.InvariantCulture, $"between(n,{frames[first]},{frames[last]})"));
        }

        return string.Join('+', terms);
    }

    /// <summary>By 2, 4 or 8 smaller, as long as the shorter side keeps enough pixels, as a JPEG would be.</summary>
    private static ImageSize Reduced(ImageSize full, int smallestSide)
    {
        var reduction = smallestSide > 0 ? MostReduction : 1;
        while (reduction > 1 && (Math.Min(full.Height, full.Width) + reduction - 1) / reduction < smallestSide)
        {
            reduction /= 2;
        }

        return new((full.Height + reduction - 1) / reduction, (full.Width + reduction - 1) / reduction);
    }

    /// <summary>Sorts bytes, [H, W, C], into planes.</summary>
    private static void Write(ReadOnlySpan<byte> pixels, ImageBuffer image)
    {
        for (var channel = 0; channel < image.Channels; channel++)
        {
            var plane = image.Plane(channel);
            for (int i = 0, at = channel; i < plane.Length; i++, at += image.Channels)
            {
                plane[i] = Units[pixels[at]];
            }
        }
    }
}
