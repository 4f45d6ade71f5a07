using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Text;
using Parallax.Host.Data;

namespace Parallax.Host.Packing;

/// <summary>Makes the samples of a packed file, some at once by all cores. Keeps its buffers from one call to the next.</summary>
/// <param name="settings">How images are kept.</param>
/// <param name="mostBytes">Of the samples of one call: when they are reached, each core ends the one that it makes.</param>
internal sealed class SampleMaker(PackSettings settings, long mostBytes = 64L << 20)
{
    private const int Most = 64;   // samples of one call

    private readonly ImageBuffer[] _images = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new ImageBuffer())];
    private readonly ClipBuffer[] _clips = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new ClipBuffer())];
    private readonly ArrayBufferWriter<byte>[] _bytes = [.. Enumerable.Range(0, Most).Select(_ => new ArrayBufferWriter<byte>())];
    private readonly PackedSample[] _samples = new PackedSample[Most];

    /// <summary>Makes the next samples: at least one, unless it is cancelled before.</summary>
    /// <param name="split">Where they come from.</param>
    /// <param name="start">The first of them.</param>
    /// <param name="cancellation">Ends it behind those that are begun.</param>
    /// <returns>The samples from the first on, valid until the next call.</returns>
    /// <exception cref="ConfigurationException">One of them cannot be kept in bytes, or the source cannot be read.</exception>
    public ArraySegment<PackedSample> Make(IImageDataset split, long start, CancellationToken cancellation)
    {
        var (count, taken, bytes) = ((int)Math.Min(Most, split.Info.Count - start), 0, 0L);
        void Work(int core)
        {
            while (!cancellation.IsCancellationRequested && Interlocked.Read(ref bytes) < mostBytes
                && Interlocked.Increment(ref taken) - 1 is var i && i < count)
            {
                _samples[i] = Make(split, start + i, core, Cleared(ref _bytes[i]));
                Interlocked.Add(ref bytes, _samples[i].Bytes.Length);
            }
        }

        try
        {
            Parallel.For(0, _images.Length, Work);
        }
        catch (AggregateException fault)
        {
            ExceptionDispatchInfo.Throw(fault.InnerExceptions[0]);
        }

        return new(_samples, 0, Math.Min(taken, count));
    }

    // One that grew beyond its share is not kept.
    private ArrayBufferWriter<byte> Cleared(ref ArrayBufferWriter<byte> bytes)
    {
        if (bytes.Capacity > mostBytes / Most)
        {
            bytes = new();
        }

        bytes.ResetWrittenCount();

        return bytes;
    }

    private PackedSample Make(IImageDataset split, long index, int core, ArrayBufferWriter<byte> bytes)
    {
        var image = _images[core];
        var (files, videos) = (split as IEncodedImages, split as IVideoDataset);
        var (label, name) = (split.Label(index), files?.NameOf(index) ?? videos?.NameOf(index) ?? "");
        try
        {
            if (files is not null && !settings.IsDecoded)
            {
                files.ReadFile(index, bytes);

                return new(PackKind.File, label, default, name, bytes.WrittenMemory);
            }

            if (videos is not null)
            {
                return new(PackKind.Frames, label, PackedFrames.Append(videos, index, settings, _clips[core], bytes), name, bytes.WrittenMemory);
            }

            split.Read(index, image);
            var size = settings.Reduced(image.Size);
            TriangleResize.Apply(image, size);
            var length = image.Pixels.Length;
            image.WriteBytes(bytes.GetSpan(length)[..length]);
            bytes.Advance(length);
            if (files is null && settings.ShorterSide is null)
            {
                RequireExact(split.Info, index, image, bytes.WrittenSpan);
            }

            return new(PackKind.Pixels, label, size, name, bytes.WrittenMemory);
        }
        catch (CorruptSampleException fault)
        {
            return new(PackKind.Unreadable, label, default, name.Length == 0 ? fault.Sample : name, Encoding.UTF8.GetBytes(fault.Reason));
        }
    }

    private static void RequireExact(DatasetInfo info, long index, ImageBuffer image, ReadOnlySpan<byte> pixels)
    {
        for (var i = 0; i < pixels.Length; i++)
        {
            if (image.Pixels[i] != pixels[i] / 255f)
            {
                throw new ConfigurationException($"Image {index} of '{info.Location}' has a pixel of {image.Pixels[i]}, which is no whole 255th: these images "
                    + "are not kept bit for bit in bytes. Pack them with --decoded --size N if bytes will do.");
            }
        }
    }
}
