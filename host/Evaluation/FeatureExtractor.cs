using Microsoft.Extensions.Logging;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Training;

namespace Parallax.Host.Evaluation;

/// <summary>Runs a module over a data set in index order: no augmentation, evaluation mode, no gradients, under the run's precision.</summary>
internal sealed class FeatureExtractor(IImageDataset data, int imageSize, Placement placement, ResolvedConfiguration configuration, ILogger logger) : IFeatureExtractor
{
    /// <inheritdoc/>
    public Tensor Extract(Func<Tensor, Tensor> encode) => Run(encode).Features;

    /// <summary>Features and labels of a split under the session's backbone.</summary>
    /// <param name="session">Its backbone is used; put back into training mode afterwards.</param>
    /// <param name="split">Images and labels.</param>
    /// <param name="most">Images used, chosen at random once; 0 takes all.</param>
    public static FeatureSet Features(TrainingSession session, IImageDataset split, int most)
    {
        var extractor = new FeatureExtractor(DatasetSubset.Limit(split, most), session.Run.ImageSize, session.Placement, session.Configuration, session.Logger);
        var wasTraining = session.Module.training;
        session.Module.eval();
        try
        {
            var (features, labels) = extractor.Run(session.Method.Backbone.call);

            return new(features, labels, split.Info.Classes.Count);
        }
        finally
        {
            session.Module.train(wasTraining);
        }
    }

    private (Tensor Features, Tensor Labels) Run(Func<Tensor, Tensor> encode)
    {
        var settings = LoaderSetup.ForEvaluation(configuration);
        using var noGrad = torch.no_grad();
        using var loader = new EvaluationLoader(data, imageSize, settings, logger, configuration.Data.EvaluationResize);
        List<Tensor> parts = [];
        List<long> labels = [];
        foreach (var batch in loader.Batches())
        {
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
