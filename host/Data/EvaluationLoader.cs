using Microsoft.Extensions.Logging;

namespace Parallax.Host.Data;

/// <summary>What stands for a sample that cannot be read.</summary>
public enum UnreadableSamples
{
    /// <summary>Nothing: its place in the batch says <see cref="HostBatch.NoSample"/>.</summary>
    LeftOut,

    /// <summary>The next sample that can be read, index and label included: for whoever needs something in every row.</summary>
    Replaced,
}

/// <summary>Reads a split once in index order, without augmentation: shorter side resized, centre cropped or squashed, normalised.</summary>
/// <remarks>
/// Bilinear with antialiasing, like torchvision's Resize and CenterCrop. A JPEG is decoded smaller first, as long as the resizing still finds two pixels for
/// one on each axis.
/// </remarks>
public sealed class EvaluationLoader : IDisposable
{
    private readonly SampleReader _reader;
    private readonly BatchPipeline _pipeline;

    /// <summary>Starts the workers.</summary>
    /// <param name="dataset">Images; stays the caller's, who disposes it after the loader.</param>
    /// <param name="side">Height and width of the images given out.</param>
    /// <param name="settings">Batch size, workers, prefetch and error policy; the rest has no meaning here.</param>
    /// <param name="logger">Told of samples that are skipped.</param>
    /// <param name="resize">Shorter side before the crop; null takes <paramref name="side"/>. 256 is usual for 224.</param>
    /// <param name="part">The samples to read, from the first to before the second; null reads all.</param>
    /// <param name="unreadable">What stands for a sample that cannot be read.</param>
    /// <param name="views">What is looked at of each sample; null takes the centre of an image.</param>
    /// <param name="normalising">Gives mean and deviation to normalise by; null takes those of the data set.</param>
    /// <exception cref="ConfigurationException">The images would be resized to less than the crop.</exception>
    public EvaluationLoader(
        IImageDataset dataset, int side, LoaderSettings settings, ILogger logger, int? resize = null, (long Start, long End)? part = null,
        UnreadableSamples unreadable = UnreadableSamples.LeftOut, EvaluationViews? views = null, DatasetInfo? normalising = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(side);
        if (resize < side)
        {
            throw new ConfigurationException($"data.evaluationResize is {resize}, but evaluations crop {side} pixels from it. Set it to {side} or more.");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(settings.BatchSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(settings.Workers);
        ArgumentOutOfRangeException.ThrowIfNegative(settings.Prefetch);
        var (start, end) = part ?? (0, dataset.Info.Count);
        var once = settings with { DropLast = false, Epochs = 1 };
        _reader = new SampleReader(dataset, settings.OnError, logger);
        var seen = views ?? EvaluationViews.Image;
        var crop = new CentreCrop(normalising ?? dataset.Info, side, resize ?? side, seen.Clip is null ? seen.Fit : ImageFit.Crop);
        Func<ISampleWriter> writer = seen.Clip is null
            ? () => new CentreWriter(_reader, crop, unreadable)
            : () => new ClipCentreWriter(_reader, crop, seen, unreadable);
        _pipeline = new BatchPipeline(
            end - start, _ => EpochOrder.InIndexOrder(start, end), writer, seen.Shapes(dataset.Info.Channels, side), once);
    }

    /// <summary>The samples that could not be read so far, in index order.</summary>
    public IReadOnlyList<CorruptSampleException> Skipped => _reader.Skipped;

    /// <summary>Why a sample could not be read; null where it was not tried yet, or could.</summary>
    internal CorruptSampleException? FaultOf(long sample) => _reader.FaultOf(sample);

    /// <summary>All batches, with the views of <see cref="EvaluationViews"/>; the last may be smaller. A batch is valid until the next is asked for.</summary>
    public IEnumerable<HostBatch> Batches() => _pipeline.Epoch(0, 0);

    /// <summary>Stops the workers.</summary>
    public void Dispose() => _pipeline.Dispose();
}
