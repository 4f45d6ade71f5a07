using Parallax.Host.Data;
using Parallax.Host.Distributed;
using Parallax.Host.Experiments;

namespace Parallax.Host.Evaluation;

/// <summary>Runs a module over a data set in index order: no augmentation, evaluation mode, no gradients, under the run's precision.</summary>
/// <param name="experiment">Gives the settings.</param>
/// <param name="data">The images.</param>
/// <param name="stop">Asks to stop.</param>
/// <param name="views">What is looked at of each sample; null takes what evaluations look at.</param>
/// <param name="beside">What else is made of the first view of each sample, [N, D], which lies behind the features; null for nothing.</param>
internal sealed class FeatureExtractor(
    Experiment experiment, IImageDataset data, AgreedStop? stop = null, EvaluationViews? views = null, Func<Tensor, Tensor>? beside = null) : IFeatureExtractor
{
    private readonly (EvaluationViews Views, LoaderSettings Settings) _loading = Loading(experiment, data, views ?? experiment.TestClips);
    private readonly World _world = experiment.World;

    /// <summary>Whether samples have more than one view each, which takes so many times as long.</summary>
    public bool HasManyViews => _loading.Views.Count > 1;

    /// <inheritdoc/>
    /// <remarks>
    /// All processes call it. Each encodes an equal number of whole batches, so that the numbers are those of one process. An image that cannot be read has the
    /// row of the next one that can: rows are found by the index of the image.
    /// </remarks>
    public Tensor Extract(Func<Tensor, Tensor> encode)
    {
        using var scope = torch.NewDisposeScope();
        var (count, size) = (data.Info.Count, (long)_loading.Settings.BatchSize);
        var batches = (count + size - 1) / size;
        if (_world.Count == 1 || batches < _world.Count)
        {
            return Run(encode, (0, count), UnreadableSamples.Replaced, Stop).Set.Features.MoveToOuterDisposeScope();
        }

        long[] starts = [.. Enumerable.Range(0, _world.Count + 1).Select(rank => Math.Min(count, batches * rank / _world.Count * size))];
        var own = Run(encode, (starts[_world.Rank], starts[_world.Rank + 1]), UnreadableSamples.Replaced, Stop).Set.Features;   // [n, F]
        stop?.Agree();

        return new ProcessRows(_world.Gather, _world.Rank).All(own, starts).MoveToOuterDisposeScope();   // [count, F]
    }

    /// <summary>Features and labels of a split under the experiment's backbone; images that cannot be read are left out and counted.</summary>
    /// <param name="experiment">Its backbone is used; put back into training mode afterwards.</param>
    /// <param name="split">Images and labels.</param>
    /// <param name="most">Images used, chosen at random once; 0 takes all.</param>
    /// <param name="tokens">What is looked at; null takes what the backbone itself returns.</param>
    /// <param name="fit">How images become squares.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="ConfigurationException">None of the images can be read, or one cannot and <c>data.onError</c> is stop.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static ExtractedFeatures Features(
        Experiment experiment, IImageDataset split, int most, IReadOnlyList<FeatureTokens>? tokens = null, ImageFit fit = ImageFit.Crop,
        CancellationToken stop = default)
    {
        var encoder = new TokenFeatures(experiment.Method.Backbone, tokens ?? [FeatureTokens.Pooled]);
        var encoded = Encoded(experiment, split, most, encoder.Encode, stop, fit);
        var groups = SourceGroups.Of(split, experiment.Configuration.Data);
        var sources = groups is null ? null : torch.tensor(encoded.Indices.Select(groups.Of).ToArray());                        // [N]
        var sets = encoder.Split(encoded.Set.Features).ToDictionary(part => part.Key, part => encoded.Set with { Features = part.Value, Sources = sources });

        return new(sets, encoded.Images, encoded.Unreadable, encoded.Contents);
    }

    /// <summary>What a function of images gives for those of a split, in evaluation mode; images that cannot be read are left out and counted.</summary>
    /// <param name="experiment">Its module is put into evaluation mode, and back afterwards.</param>
    /// <param name="split">Images and labels.</param>
    /// <param name="most">Images used, chosen at random once; 0 takes all.</param>
    /// <param name="encode">From [N, C, H, W] to [N, F].</param>
    /// <param name="stop">Asks to stop.</param>
    /// <param name="fit">How images become squares.</param>
    /// <inheritdoc cref="Features" path="/exception"/>
    public static EncodedImages Encoded(
        Experiment experiment, IImageDataset split, int most, Func<Tensor, Tensor> encode, CancellationToken stop, ImageFit fit = ImageFit.Crop) =>
        new FeatureExtractor(experiment, DatasetSubset.Limit(split, most), views: experiment.TestClips with { Fit = fit }).EncodeAll(encode, stop);

    /// <summary>What a function of images gives for all of them: see <see cref="Encoded"/>.</summary>
    /// <inheritdoc cref="Encoded" path="/param|/exception"/>
    public EncodedImages EncodeAll(Func<Tensor, Tensor> encode, CancellationToken stop) => Evaluating(
        experiment, () => Run(encode, (0, Count), UnreadableSamples.LeftOut, stop));

    /// <summary>Features of the images of a split, a batch at a time: memory does not grow with their number.</summary>
    /// <param name="experiment">In evaluation mode: see <see cref="Evaluating"/>.</param>
    /// <param name="split">Images and labels.</param>
    /// <param name="start">The first image; a multiple of the images of a batch gives the batches that a pass from the first image has.</param>
    /// <param name="encode">From [N, C, H, W] to [N, F].</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="ConfigurationException">An image cannot be read and <c>data.onError</c> is stop.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static IEnumerable<EncodedBatch> Batches(
        Experiment experiment, IImageDataset split, long start, Func<Tensor, Tensor> encode, CancellationToken stop)
    {
        var extractor = new FeatureExtractor(experiment, split);
        using var loader = extractor.Loader((start, extractor.Count), UnreadableSamples.LeftOut);
        var first = start;
        foreach (var batch in loader.Batches())
        {
            stop.ThrowIfCancellationRequested();
            var encoded = extractor.Encode(encode, batch);
            var rows = encoded?.Rows ?? [];
            var faults = Enumerable.Range(0, batch.Size).Where(row => batch.IndexBuffer[row] == HostBatch.NoSample).Select(row => first + row)
                .ToDictionary(index => index, index => loader.FaultOf(index)!);

            yield return new(
                first, batch.Size, encoded?.Features, [.. rows.Select(row => batch.IndexBuffer[row])], [.. rows.Select(row => batch.ContentBuffer[row])],
                faults);
            first += batch.Size;
        }
    }

    /// <summary>Hash of the pixels of each image of a split that can be read, without a pass through the backbone.</summary>
    /// <inheritdoc cref="Encoded" path="/param|/exception"/>
    public static IReadOnlyList<ulong> Contents(Experiment experiment, IImageDataset split, int most, CancellationToken stop)
    {
        var extractor = new FeatureExtractor(experiment, DatasetSubset.Limit(split, most));
        using var loader = extractor.Loader((0, extractor.Count), UnreadableSamples.LeftOut);
        List<ulong> contents = [];
        foreach (var batch in loader.Batches())
        {
            stop.ThrowIfCancellationRequested();
            contents.AddRange(Readable(batch).Select(row => batch.ContentBuffer[row]));
        }

        return contents;
    }

    /// <summary>Runs something with the experiment's module in evaluation mode, and puts it back.</summary>
    public static T Evaluating<T>(Experiment experiment, Func<T> run)
    {
        var wasTraining = experiment.Module.training;
        experiment.Module.eval();
        try
        {
            RequireEvaluation((Module)experiment.Method.Backbone);

            return run();
        }
        finally
        {
            experiment.Module.train(wasTraining);
        }
    }

    private long Count => data.Info.Count;

    private CancellationToken Stop => stop?.Token ?? CancellationToken.None;

    // Many views of a sample take as much memory as so many samples: a batch has fewer of them.
    private static (EvaluationViews Views, LoaderSettings Settings) Loading(Experiment experiment, IImageDataset data, EvaluationViews asked)
    {
        var (views, settings) = (asked.For(data), LoaderSetup.ForEvaluation(experiment.Configuration, experiment.World));
        settings = settings with { BatchSize = Math.Max(1, settings.BatchSize / views.Count) };

        return (views, EvaluationMemory.Fit(settings, views, data.Info, experiment.Run.ImageSize, EvaluationMemory.Most));
    }

    // A module may override train(): features of dropout and of batch statistics would be no features of the network.
    private static void RequireEvaluation(Module backbone)
    {
        if (backbone.named_modules().Where(entry => entry.module.training).Select(entry => entry.name).FirstOrDefault() is { } name)
        {
            throw new InvalidOperationException($"The module '{name}' of the backbone {backbone.GetType().Name} stays in training mode after eval(); features "
                + "are measured in evaluation mode. Do not override train() in it.");
        }
    }

    private static IEnumerable<long> Readable(HostBatch batch) =>
        Enumerable.Range(0, batch.Size).Where(row => batch.IndexBuffer[row] != HostBatch.NoSample).Select(row => (long)row);

    private EvaluationLoader Loader((long Start, long End) part, UnreadableSamples unreadable) => new(
        data, experiment.Run.ImageSize, _loading.Settings, experiment.Logger, experiment.Configuration.Data.EvaluationResize, part, unreadable,
        _loading.Views, experiment.Run.Data);

    private EncodedImages Run(
        Func<Tensor, Tensor> encode, (long Start, long End) part, UnreadableSamples unreadable, CancellationToken stop = default)
    {
        using var loader = Loader(part, unreadable);
        var rows = new CollectedRows(part.End - part.Start);
        List<long> labels = [];
        List<ulong> contents = [];
        List<long> indices = [];
        List<sbyte> shown = [];
        foreach (var batch in loader.Batches())
        {
            stop.ThrowIfCancellationRequested();
            if (Encode(encode, batch) is { } encoded)
            {
                rows.Add(encoded.Features);
                labels.AddRange(encoded.Rows.Select(row => batch.LabelBuffer[row]));
                contents.AddRange(encoded.Rows.Select(row => batch.ContentBuffer[row]));
                indices.AddRange(encoded.Rows.Select(row => DatasetSubset.WholeIndex(data, batch.IndexBuffer[row])));
                shown.AddRange(encoded.Rows.SelectMany(row => Shown(batch.IndexBuffer[row])));
            }
        }

        RequireSome(rows, loader.Skipped);
        var set = new FeatureSet(rows.Take(), torch.tensor(labels.ToArray()), data.Info.Classes.Count)
        {
            Shown = data is IMultiLabelImages ? torch.tensor(shown.ToArray()).view(labels.Count, -1) : null,   // [N, C]
        };

        return new(set, Count, loader.Skipped, contents, indices);
    }

    // For each class whether an image shows it; nothing where every image has one class.
    private sbyte[] Shown(long index)
    {
        if (data is not IMultiLabelImages images)
        {
            return [];
        }

        var shown = new sbyte[data.Info.Classes.Count];
        images.ReadClasses(index, shown);

        return shown;
    }

    // Features of the rows of a batch that can be read, [readable, F]; null where none can.
    private (Tensor Features, long[] Rows)? Encode(Func<Tensor, Tensor> encode, HostBatch batch)
    {
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        long[] readable = [.. Readable(batch)];
        if (readable.Length == 0)
        {
            return null;
        }

        using (experiment.Placement.Autocast())
        {
            var rows = Mean(encode, batch);                                                                               // [B, F]
            rows = beside is null ? rows : torch.cat([rows, beside(experiment.Placement.Images(batch, view: 0)).cpu()], 1);   // [B, F + D]
            rows = readable.Length == batch.Size ? rows : rows.index_select(0, torch.tensor(readable));                   // [readable, F]

            return (rows.MoveToOuterDisposeScope(), readable);
        }
    }

    // Over all views of a sample, in the order of views; videos may have different numbers of them.
    private Tensor Mean(Func<Tensor, Tensor> encode, HostBatch batch)
    {
        var seen = batch.SeenBuffer[..batch.Size];
        var (fewest, most) = (seen.Min(), seen.Max());
        var sum = encode(experiment.Placement.Images(batch, view: 0)).to(torch.float32);                                  // [B, F]
        for (var view = 1; view < most; view++)
        {
            using var features = encode(experiment.Placement.Images(batch, view));
            sum.add_(view < fewest ? features : features * Column(count => count > view ? 1f : 0f));
        }

        return (most == 1 ? sum : fewest == most ? sum / most : sum / Column(count => count)).cpu();

        Tensor Column(Converter<int, float> value) => torch.tensor(Array.ConvertAll(seen, value), device: sum.device).unsqueeze(1);   // [B, 1]
    }

    private void RequireSome(CollectedRows rows, IReadOnlyList<CorruptSampleException> unreadable)
    {
        if (rows.IsEmpty && unreadable.Count > 0)
        {
            throw new ConfigurationException(
                $"None of the {data.Info.Count} {SampleNoun.Of(data)} that the evaluation takes from the {data.Info.Split} split of {data.Info.Location} can "
                + $"be read; one fault of them: {unreadable[0].Message}. Check the files.");
        }
    }
}
