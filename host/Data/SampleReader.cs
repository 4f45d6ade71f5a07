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

    /// <summary>Reads a sample, or the next readable one after it.</summary>
    /// <returns>Index of the sample that was read.</returns>
    /// <exception cref="ConfigurationException">The sample cannot be read and the policy is to stop, or a long run of samples cannot be read.</exception>
    public long Read(long sample, ImageBuffer image, SmallestSide? smallestSide)
    {
        CorruptSampleException? last = null;
        var tries = Math.Min(MostInARow, dataset.Info.Count);
        for (var i = 0; i < tries; i++)
        {
            var index = (sample + i) % dataset.Info.Count;
            try
            {
                dataset.Read(index, image, smallestSide);

                return index;
            }
            catch (CorruptSampleException fault)
            {
                last = fault;
                Report(index, fault);
            }
        }

        throw new ConfigurationException(
            $"{tries} images in a row cannot be read, at last {last?.Message}. Check the data set at {dataset.Info.Location}.");
    }

    /// <summary>Reads a sample, and no other in its place.</summary>
    /// <returns>False when it cannot be read: it is in <see cref="Skipped"/> then, and the image is undefined.</returns>
    /// <exception cref="ConfigurationException">The sample cannot be read and the policy is to stop.</exception>
    public bool TryRead(long sample, ImageBuffer image, SmallestSide? smallestSide)
    {
        try
        {
            dataset.Read(sample, image, smallestSide);

            return true;
        }
        catch (CorruptSampleException fault)
        {
            StopIfAsked(fault);
            _skipped.TryAdd(sample, fault);

            return false;
        }
    }

    private void Report(long index, CorruptSampleException fault)
    {
        StopIfAsked(fault);
        if (_skipped.TryAdd(index, fault))
        {
            logger.LogWarning("Skipping {Sample}: {Reason}. {Count} skipped so far; the next image takes its place.", fault.Sample, fault.Reason, _skipped.Count);
        }
    }

    private void StopIfAsked(CorruptSampleException fault)
    {
        if (policy == ErrorPolicy.Stop)
        {
            throw new ConfigurationException(
                $"{fault.Sample} cannot be read: {fault.Reason}. Repair or remove the file, or leave such images out with --set data.onError=skip.");
        }
    }
}
