using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Parallax.Host.Configuration;

namespace Parallax.Host.Data;

/// <summary>Reads samples and deals with those that cannot be read. Thread-safe.</summary>
internal sealed class SampleReader(IImageDataset dataset, ErrorPolicy policy, ILogger logger)
{
    private const int MostInARow = 100;
    private readonly ConcurrentDictionary<long, CorruptSampleException> _skipped = new();

    public IImageDataset Dataset => dataset;

    /// <summary>Every sample that was skipped, in index order.</summary>
    public IReadOnlyList<CorruptSampleException> Skipped => [.. _skipped.OrderBy(s => s.Key).Select(s => s.Value)];

    /// <summary>Why a sample was skipped; null where it was not.</summary>
    public CorruptSampleException? FaultOf(long sample) => _skipped.GetValueOrDefault(sample);

    /// <summary>Reads a sample, or the next readable one after it.</summary>
    /// <returns>Index of the sample that was read.</returns>
    /// <exception cref="ConfigurationException">The sample cannot be read and the policy is to stop, or a long run of samples cannot be read.</exception>
    public long Read(long sample, ImageBuffer image, SmallestSide? smallestSide) => Read(sample, image, smallestSide, out _);

    /// <summary>Reads a sample with its caption, or the next readable one after it.</summary>
    /// <param name="sample">Index in the data set.</param>
    /// <param name="image">Receives the image.</param>
    /// <param name="smallestSide">How much smaller it may be decoded.</param>
    /// <param name="caption">Text that describes the image; null without captions.</param>
    /// <inheritdoc cref="Read(long, ImageBuffer, SmallestSide?)" path="/returns|/exception"/>
    public long Read(long sample, ImageBuffer image, SmallestSide? smallestSide, out string? caption) =>
        ReadOrReplace(sample, new ImageReading(dataset, image, smallestSide), out caption);

    /// <summary>Reads frames of a video, or of the next readable one after it.</summary>
    /// <param name="sample">Index in the data set, which is one of videos.</param>
    /// <param name="choice">Says which, and receives them.</param>
    /// <param name="smallestSide">How much smaller they may be decoded.</param>
    /// <param name="caption">Text that describes the video; null without captions.</param>
    /// <inheritdoc cref="Read(long, ImageBuffer, SmallestSide?)" path="/returns|/exception"/>
    public long ReadFrames(long sample, IFrameChoice choice, SmallestSide? smallestSide, out string? caption) =>
        ReadOrReplace(sample, new FramesReading((IVideoDataset)dataset, choice, smallestSide), out caption);

    /// <summary>Reads a sample, and no other in its place.</summary>
    /// <returns>False when it cannot be read: it is in <see cref="Skipped"/> then, and the image is undefined.</returns>
    /// <exception cref="ConfigurationException">The sample cannot be read and the policy is to stop.</exception>
    public bool TryRead(long sample, ImageBuffer image, SmallestSide? smallestSide) => TryRead(sample, new ImageReading(dataset, image, smallestSide));

    /// <summary>Reads frames of a video, and of no other in its place.</summary>
    /// <inheritdoc cref="TryRead(long, ImageBuffer, SmallestSide?)" path="/returns|/exception"/>
    public bool TryReadFrames(long sample, IFrameChoice choice, SmallestSide? smallestSide) =>
        TryRead(sample, new FramesReading((IVideoDataset)dataset, choice, smallestSide));

    private long ReadOrReplace<TReading>(long sample, TReading reading, out string? caption)
        where TReading : struct, IReading
    {
        (CorruptSampleException? fault, caption) = (null, null);
        var tries = Math.Min(MostInARow, dataset.Info.Count);
        for (var i = 0; i < tries; i++)
        {
            var index = (sample + i) % dataset.Info.Count;
            fault = FaultOf(index, reading, out caption);
            if (fault is null)
            {
                return index;
            }

            if (_skipped.TryAdd(index, fault))
            {
                logger.LogWarning("Skipping {Sample}: {Reason}. {Count} skipped so far; the next {Noun} takes its place.", fault.Sample, fault.Reason,
                    _skipped.Count, SampleNoun.Of(dataset, count: 1));
            }
        }

        throw new ConfigurationException(
            $"{tries} {SampleNoun.Of(dataset, tries)} in a row cannot be read, at last {fault?.Message}. Check the data set at {dataset.Info.Location}.");
    }

    private bool TryRead<TReading>(long sample, TReading reading)
        where TReading : struct, IReading
    {
        if (FaultOf(sample, reading, out _) is not { } fault)
        {
            return true;
        }

        _skipped.TryAdd(sample, fault);

        return false;
    }

    private CorruptSampleException? FaultOf<TReading>(long sample, TReading reading, out string? caption)
        where TReading : struct, IReading
    {
        caption = null;
        try
        {
            reading.Read(sample);
            caption = (dataset as ICaptionedImages)?.Caption(sample);

            return null;
        }
        catch (CorruptSampleException fault)
        {
            return policy != ErrorPolicy.Stop ? fault : throw new ConfigurationException(
                $"{fault.Sample} cannot be read: {fault.Reason}. Repair or remove the file, or leave such {SampleNoun.Of(dataset)} out with --set "
                + "data.onError=skip.");
        }
    }

    private interface IReading
    {
        void Read(long sample);
    }

    private readonly struct ImageReading(IImageDataset dataset, ImageBuffer image, SmallestSide? smallestSide) : IReading
    {
        public void Read(long sample) => dataset.Read(sample, image, smallestSide);
    }

    private readonly struct FramesReading(IVideoDataset dataset, IFrameChoice choice, SmallestSide? smallestSide) : IReading
    {
        public void Read(long sample) => dataset.ReadFrames(sample, choice.Choose(dataset.Video(sample)), choice.Decoded, smallestSide);
    }
}
