using Microsoft.Extensions.Logging;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Distributed;
using Parallax.Host.Training;

namespace Parallax.Host.Evaluation;

/// <summary>Runs a module over a data set in index order: no augmentation, evaluation mode, no gradients, under the run's precision.</summary>
internal sealed class FeatureExtractor(IImageDataset data, int imageSize, Placement placement, ResolvedConfiguration configuration, ILogger logger, World world) : IFeatureExtractor
{
    private readonly LoaderSettings _settings = LoaderSetup.ForEvaluation(configuration, world);

    /// <inheritdoc/>
    /// <remarks>
    /// All processes call it. Each encodes an equal number of whole batches, so that the numbers are those of one process. An image that cannot be read has the
    /// row of the next one that can: rows are found by the index of the image.
    /// </remarks>
    public Tensor Extract(Func<Tensor, Tensor> encode)
    {
        var (count, size) = (data.Info.Count, (long)_settings.BatchSize);
        var batches = (count + size - 1) / size;
        if (world.Count == 1 || batches < world.Count)
        {
            return Run(encode, (0, count), UnreadableSamples.Replaced).Features;
        }

        using var scope = torch.NewDisposeScope();
        long[] starts = [.. Enumerable.Range(0, world.Count + 1).Select(rank => Math.Min(count, batches * rank / world.Count * size))];
        var lengths = starts.Zip(starts.Skip(1), (start, end) => end - start).ToList();
        var own = Run(encode, (starts[world.Rank], starts[world.Rank + 1]), UnreadableSamples.Replaced).Features;   // [n, F]
        var padded = torch.cat([own, torch.zeros(lengths.Max() - own.shape[0], own.shape[1])]);             // [m, F], m equal on all
        var all = world.Gather(padded);                                                                      // [m * processes, F]

        return torch.cat([.. lengths.Select((length, rank) => all.narrow(0, rank * lengths.Max(), length))]).MoveToOuterDisposeScope();   // [count, F]
    }

    /// <summary>Features and labels of a split under the session's backbone; images that cannot be read are left out and counted.</summary>
    /// <param name="session">Its backbone is used; put back into training mode afterwards.</param>
    /// <param name="split">Images and labels.</param>
    /// <param name="most">Images used, chosen at random once; 0 takes all.</param>
    /// <exception cref="ConfigurationException">None of the images can be read, or one cannot and <c>data.onError</c> is stop.</exception>
    /// <exception cref="OperationCanceledException">The session asks to stop.</exception>
    public static ExtractedFeatures Features(TrainingSession session, IImageDataset split, int most)
    {
        var extractor = new FeatureExtractor(DatasetSubset.Limit(split, most), session.Run.ImageSize, session.Placement, session.Configuration, session.Logger, session.World);
        var wasTraining = session.Module.training;
        session.Module.eval();
        try
        {
            var (features, labels, unreadable) = extractor.Run(session.Method.Backbone.call, (0, extractor.Count), UnreadableSamples.LeftOut, session.Stop);

            return new(new(features, labels, split.Info.Classes.Count), extractor.Count, unreadable);
        }
        finally
        {
            session.Module.train(wasTraining);
        }
    }

    private long Count => data.Info.Count;

    private (Tensor Features, Tensor Labels, IReadOnlyList<CorruptSampleException> Unreadable) Run(
        Func<Tensor, Tensor> encode, (long Start, long End) part, UnreadableSamples unreadable, CancellationToken stop = default)
    {
        using var noGrad = torch.no_grad();
        using var loader = new EvaluationLoader(data, imageSize, _settings, logger, configuration.Data.EvaluationResize, part, unreadable);
        List<Tensor> parts = [];
        List<long> labels = [];
        foreach (var batch in loader.Batches())
        {
            stop.ThrowIfCancellationRequested();
            using var scope = torch.NewDisposeScope();
            long[] readable = [.. Enumerable.Range(0, batch.Size).Where(row => batch.IndexBuffer[row] != HostBatch.NoSample)];
            if (readable.Length == 0)
            {
                continue;
            }

            using (placement.Autocast())
            {
                var rows = encode(placement.Images(batch, view: 0)).to(torch.float32).cpu();                              // [B, F]
                rows = readable.Length == batch.Size ? rows : rows.index_select(0, torch.tensor(readable));               // [readable, F]
                parts.Add(rows.MoveToOuterDisposeScope());
            }

            labels.AddRange(readable.Select(row => batch.LabelBuffer[row]));
        }

        RequireSome(parts, loader.Skipped);
        var features = torch.cat(parts);   // [N, F]
        parts.ForEach(part => part.Dispose());

        return (features, torch.tensor(labels.ToArray()), loader.Skipped);
    }

    private void RequireSome(List<Tensor> parts, IReadOnlyList<CorruptSampleException> unreadable)
    {
        if (parts.Count == 0 && unreadable.Count > 0)
        {
            throw new ConfigurationException(
                $"None of the {data.Info.Count} images that the evaluation takes from the {data.Info.Split} split of {data.Info.Location} can be read; "
                + $"one fault of them: {unreadable[0].Message}. Check the files.");
        }
    }
}
