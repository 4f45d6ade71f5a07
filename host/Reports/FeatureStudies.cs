using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Embeddings;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;
using Parallax.Host.Training;

namespace Parallax.Host.Reports;

/// <summary>Looks at features of the newest checkpoint of a run.</summary>
internal sealed class FeatureStudies(RecipeReader recipes, ExperimentFactory experiments)
{
    private const int NeighboursShown = 6;
    private const int BankPerImage = 5;   // training images that vote for each held-out image

    /// <summary>Computes features of held-out images, or of training images where there are no others.</summary>
    /// <param name="directory">The run.</param>
    /// <param name="request">How many images.</param>
    /// <param name="report">Receives what is done, and damaged checkpoints that are passed over.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="ConfigurationException">There is no checkpoint, the data cannot be read, or the features are not finite.</exception>
    public FeatureStudy Study(RunDirectory directory, ReportRequest request, Action<string> report, CancellationToken stop)
    {
        CpuThreads.UseOnThisThread();
        using var checkpoint = ChosenCheckpoint.Load(directory.Path, request.Runs, report);
        var configuration = recipes.ReadText(checkpoint.Recipe, $"the recipe in {checkpoint.Path}", request.Overrides);
        using var experiment = experiments.Restored(configuration, checkpoint, report);
        var isHeldOut = experiments.Has(configuration, DatasetSplit.Test);
        using var held = experiments.Open(configuration, isHeldOut ? DatasetSplit.Test : DatasetSplit.Train);
        using var scope = torch.NewDisposeScope();
        var thumbnails = new Thumbnails(experiment.Run.Data, experiment.Run.ImageSize);
        report($"Features of {Math.Min(request.Images, held.Info.Count)} {SampleNoun.Of(held)} of '{held.Info.Location}' ...");

        // Features and pictures of the same images, one behind the other: [N, F + side * side * C].
        var encoded = new FeatureExtractor(experiment, DatasetSubset.Limit(held, request.Images), beside: thumbnails.Encode)
            .EncodeAll(new TokenFeatures(experiment.Method.Backbone, [FeatureTokens.Pooled]).Encode, stop);
        var pixels = thumbnails.Side * thumbnails.Side * held.Info.Channels;
        var width = encoded.Set.Features.shape[1] - pixels;
        var features = encoded.Set.Features.narrow(1, 0, width);                                             // [N, F]
        RequireFinite(features, checkpoint);
        var (places, spectrum) = PrincipalComponents.Of(features);
        var images = Images(held, encoded, features, thumbnails.ToPng(encoded.Set.Features.narrow(1, width, pixels)), places, stop);
        var (votes, fault) = isHeldOut && HasOneClassEach(experiment.Data) && HasOneClassEach(held)
            ? Vote(experiment, encoded.Set with { Features = features }, BankPerImage * request.Images, stop) : default;

        return new(checkpoint.State.Position.Step, held.Info, images, spectrum, width, votes, experiment.Run.StepsPerEpoch)
        {
            AreVideos = held is IVideoDataset, Unreadable = encoded.Unreadable.Count, VotesFault = fault,
            Layers = Layers(experiment, held, report, stop),
        };
    }

    // A network that cannot be looked into costs its pictures, and nothing else.
    private static LayerPictures? Layers(Experiment experiment, IImageDataset held, Action<string> report, CancellationToken stop)
    {
        try
        {
            return LayerPictures.Of(experiment, held, stop);
        }
        catch (Exception e) when (ProtocolFailure.Covers(e))
        {
            report($"No pictures of the layers: {ProtocolFailure.ReasonOf(e)}");

            return null;
        }
    }

    // Training images that cannot be read cost the votes, and nothing else of the features.
    private static (NeighbourVotes? Votes, string? Fault) Vote(Experiment experiment, FeatureSet held, int most, CancellationToken stop)
    {
        try
        {
            return (NeighbourVotes.Of(FeatureExtractor.Features(experiment, experiment.Data, most, stop: stop).Set, held), null);
        }
        catch (Exception e) when (ProtocolFailure.Covers(e))
        {
            return (null, ProtocolFailure.ReasonOf(e));
        }
    }

    private static List<StudiedImage> Images(
        IImageDataset held, EncodedImages encoded, Tensor features, IEnumerable<byte[]> pictures, IReadOnlyList<(double X, double Y)> places,
        CancellationToken stop)
    {
        using var unit = F.normalize(features);                                                              // [N, F]
        var labels = encoded.Set.Labels.data<long>().ToArray();

        return
        [
            .. encoded.Indices.Zip(pictures, Neighbours.OfEach(unit, NeighboursShown, stop)).Select((image, row) => new StudiedImage(
                EmbeddingData.NameOf(held, image.First), (int)labels[row], image.Second, places[row].X, places[row].Y, image.Third)),
        ];
    }

    private static void RequireFinite(Tensor features, Checkpoint checkpoint)
    {
        if (!features.isfinite().all().item<bool>())
        {
            throw new ConfigurationException($"The features of '{checkpoint.Path}' are not finite: the training has diverged. Take an earlier checkpoint.");
        }
    }

    private static bool HasOneClassEach(IImageDataset data) => data.Info.Classes.Count > 0 && !data.Info.IsMultiLabel;
}
