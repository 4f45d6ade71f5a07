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
    /// <remarks>All processes call it. Each encodes an equal number of whole batches, so that the numbers are those of one process.</remarks>
    public Tensor Extract(Func<Tensor, Tensor> encode)
    {
        var (count, size) = (data.Info.Count, (long)_settings.BatchSize);
        var batches = (count + size - 1) / size;
        if (world.Count == 1 || batches < world.Count)
        {
            return Run(encode, (0, count)).Features;
        }

        using var scope = torch.NewDisposeScope();
        long[] starts = [.. Enumerable.Range(0, world.Count + 1).Select(rank => Math.Min(count, batches * rank / world.Count * size))];
        var lengths = starts.Zip(starts.Skip(1), (start, end) => end - start).ToList();
        var own = Run(encode, (starts[world.Rank], starts[world.Rank + 1])).Features;                       // [n, F]
        var padded = torch.cat([own, torch.zeros(lengths.Max() - own.shape[0], own.shape[1])]);             // [m, F], m equal on all
        var all = world.Gather(padded);                                                                      // [m * processes, F]

        return torch.cat([.. lengths.Select((length, rank) => all.narrow(0, rank * lengths.Max(), length))]).MoveToOuterDisposeScope();   // [count, F]
    }

    /// <summary>Features and labels of a split under the session's backbone.</summary>
    /// <param name="session">Its backbone is used; put back into training mode afterwards.</param>
    /// <param name="split">Images and labels.</param>
    /// <param name="most">Images used, chosen at random once; 0 takes all.</param>
    /// <exception cref="OperationCanceledException">The session asks to stop.</exception>
    public static FeatureSet Features(TrainingSession session, IImageDataset split, int most)
    {
        var extractor = new FeatureExtractor(DatasetSubset.Limit(split, most), session.Run.ImageSize, session.Placement, session.Configuration, session.Logger, session.World);
        var wasTraining = session.Module.training;
        session.Module.eval();
        try
        {
            var (features, labels) = extractor.Run(session.Method.Backbone.call, (0, extractor.Count), session.Stop);

            return new(features, labels, split.Info.Classes.Count);
        }
        finally
        {
            session.Module.train(wasTraining);
        }
    }

    private long Count => data.Info.Count;

    private (Tensor Features, Tensor Labels) Run(Func<Tensor, Tensor> encode, (long Start, long End) part, CancellationToken stop = default)
    {
        using var noGrad = torch.no_grad();
        using var loader = new EvaluationLoader(data, imageSize, _settings, logger, configuration.Data.EvaluationResize, part);
        List<Tensor> parts = [];
        List<long> labels = [];
        foreach (var batch in loader.Batches())
        {
            stop.ThrowIfCancellationRequested();
            using var scope = torch.NewDisposeScope();
            using (placement.Autocast())
            {
                parts.Add(encode(placement.Images(batch, view: 0)).to(torch.float32).cpu().MoveToOuterDisposeScope());   // [B, F]
            }

            labels.AddRange(batch.Labels);
        }

        var features = torch.cat(parts);   // [N, F]
        parts.ForEach(part => part.Dispose());

        return (features, torch.tensor(labels.ToArray()));
    }
}
