using Microsoft.Extensions.Logging;

namespace Parallax.Host.Data;

/// <summary>Makes the augmented training batches of a data set, ahead of the training step.</summary>
/// <remarks>
/// The order of an epoch depends on (seed, epoch), the augmentations of an image on (seed, epoch, sample, view): any number of workers gives the same bits, and
/// an epoch can be entered at any image. After the last batch of an epoch the workers go on with the next one. One thread may iterate at a time.
/// </remarks>
public sealed class BatchLoader : IDisposable
{
    private readonly SampleReader _reader;
    private readonly BatchPipeline _pipeline;
    private readonly Func<IViewWriter> _writer;
    private readonly IReadOnlyList<ViewShape> _shapes;
    private readonly LoaderSettings _settings;
    private readonly IEpochSampling? _sampling;
    private readonly ViewSources _sources;
    private readonly long _count;
    private (long Epoch, long[] Order) _chosen = (-1, []);

    /// <summary>Starts the workers.</summary>
    /// <param name="dataset">Images; stays the caller's, who disposes it after the loader.</param>
    /// <param name="views">The augmentations of each view, in order; their last images have one size per view.</param>
    /// <param name="settings">Sizes and numbers.</param>
    /// <param name="logger">Told of samples that are skipped.</param>
    /// <param name="sampling">Chooses the images of each epoch, asked when the epoch is; null takes each once, in random order.</param>
    /// <param name="clips">The clips that the views are made of, of a data set of videos; null takes single images.</param>
    /// <param name="positives">Chooses the positives of each epoch, asked when the epoch is; null makes all views of the image itself.</param>
    /// <exception cref="ArgumentException">Several processes share batches that are not all full.</exception>
    /// <exception cref="ConfigurationException">The data set is smaller than one batch, or its first image cannot be made into views.</exception>
    public BatchLoader(
        IImageDataset dataset, IReadOnlyList<IReadOnlyList<IAugmentation>> views, LoaderSettings settings, ILogger logger, IEpochSampling? sampling = null,
        ClipPlan? clips = null, IPositiveSampling? positives = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(settings.BatchSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(settings.Workers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(settings.Prefetch);
        ArgumentOutOfRangeException.ThrowIfZero(views.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(settings.Process, settings.Processes);
        if (settings.Processes > 1 && !settings.DropLast)
        {
            throw new ArgumentException("Processes share full batches only; the last batch of an epoch must be left out.", nameof(settings));
        }

        var count = dataset.Info.Count;
        if (count == 0 || (settings.DropLast && count < (long)settings.BatchSize * settings.Processes))
        {
            throw new ConfigurationException(
                $"trainer.batchSize is {settings.BatchSize}, but the {dataset.Info.Split} split of {dataset.Info.Name} has only {count} "
                    + $"{SampleNoun.Of(dataset, count)}. Lower trainer.batchSize to {count} or less.");
        }

        _reader = new SampleReader(dataset, settings.OnError, logger);
        (_settings, _count, _sampling, _sources) = (settings, count, sampling, new(views.Count, count, positives));
        _writer = clips is null
            ? () => new ViewWriter(_reader, views, _sources, settings.Seed, settings.DecodeSmaller)
            : () => new ClipWriter(_reader, clips, views, _sources, settings.Seed, settings.DecodeSmaller);
        _shapes = _writer().Probe();
        var goesOn = sampling is null && positives is null;
        _pipeline = new BatchPipeline(count, OrderOf, () => new TracedWriter(_writer()), _shapes, settings, goesOn);
    }

    /// <summary>The samples that could not be read so far, in index order.</summary>
    public IReadOnlyList<CorruptSampleException> Skipped => _reader.Skipped;

    /// <summary>The batches of an epoch in order. Each is valid until the next one is asked for, or the enumeration ends.</summary>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <param name="firstImage">Images of the epoch, in its order, that are left out: those that a resumed run has trained already.</param>
    /// <returns>No batch for an epoch behind the last, or where too few images are left for one; this never waits for what will not come.</returns>
    /// <exception cref="ConfigurationException">A sample cannot be read and the policy is to stop; thrown when its batch is due.</exception>
    public IEnumerable<HostBatch> Epoch(long epoch, long firstImage = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(firstImage);
        if (_sampling is not null)
        {
            _chosen = (epoch, EpochOrder.Keys(_sampling.Order((int)epoch), _count));
        }

        _sources.Begin(epoch);

        return _pipeline.Epoch(epoch, firstImage);
    }

    /// <summary>
    /// The first images of the first batch of an epoch, made by the caller's thread: the same bits as in the batch, without disturbing what is made ahead.
    /// Where the method chooses the images of an epoch, or their positives, other ones until the epoch is asked for.
    /// </summary>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <param name="images">Most images; a batch may have fewer.</param>
    /// <exception cref="ConfigurationException">A sample cannot be read and the policy is to stop.</exception>
    public HostBatch Peek(long epoch, int images)
    {
        var size = (int)Math.Min(images, Math.Min(_settings.BatchSize, _count));
        var batch = new HostBatch(size, _shapes) { Size = size, Epoch = epoch };
        var (order, writer) = (OrderOf(epoch), _writer());
        for (var position = 0; position < size; position++)
        {
            writer.Write(order[(_settings.Process * _settings.BatchSize) + position], epoch, batch, position);
        }

        return batch;
    }

    private long[] OrderOf(long epoch) => _chosen.Epoch == epoch ? _chosen.Order : EpochOrder.Shuffled(_count, _settings.Seed, epoch);

    /// <summary>Stops the workers; an image that is being made is finished first.</summary>
    public void Dispose() => _pipeline.Dispose();
}
