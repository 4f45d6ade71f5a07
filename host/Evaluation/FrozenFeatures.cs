using System.Runtime.ExceptionServices;
using Parallax.Host.Experiments;

namespace Parallax.Host.Evaluation;

/// <summary>Features of both splits by what protocols look at: a pass over the images for each form that they are brought to.</summary>
/// <remarks>A pass that fails is a fault of the protocols that ask for its features, not of those that train.</remarks>
internal sealed class FrozenFeatures
{
    private readonly Dictionary<ImageFit, (ExtractedFeatures Train, ExtractedFeatures Test)> _extracted = [];
    private readonly Dictionary<ImageFit, ExceptionDispatchInfo> _faults = [];
    private readonly bool _areVideos;

    /// <summary>Computes the features.</summary>
    /// <param name="experiment">Its backbone and training images.</param>
    /// <param name="held">The held-out images.</param>
    /// <param name="looks">What protocols look at.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public FrozenFeatures(Experiment experiment, IImageDataset held, IReadOnlyList<FeatureLook> looks, CancellationToken stop)
    {
        (_areVideos, var options) = (experiment.Run.HasVideos, experiment.Configuration.Evaluation);
        foreach (var group in looks.GroupBy(FormOf, look => look.Tokens))
        {
            FeatureTokens[] tokens = [.. group.Distinct()];
            try
            {
                _extracted[group.Key] = (Of(experiment.Data, options.MaxTrainSamples), Of(held, options.MaxTestSamples));
            }
            catch (Exception e) when (ProtocolFailure.Covers(e))
            {
                _faults[group.Key] = ExceptionDispatchInfo.Capture(e);
            }

            ExtractedFeatures Of(IImageDataset split, int most) => FeatureExtractor.Features(experiment, split, most, tokens, group.Key, stop);
        }

        LeftOut = First is var (train, test) ? LeftOutImages.Of(train, test, experiment.Run.HasVideos) : null;
    }

    /// <summary>Features of both splits in one of the forms; null where there are none.</summary>
    public (ExtractedFeatures Train, ExtractedFeatures Test)? First => _extracted.Count == 0 ? null : _extracted.Values.First();

    /// <summary>Whether a pass over the images failed.</summary>
    public bool HasFaults => _faults.Count > 0;

    /// <summary>Images that could not be read; null when all could.</summary>
    public LeftOutImages? LeftOut { get; }

    /// <summary>The features of a protocol.</summary>
    /// <param name="look">What it looks at.</param>
    /// <exception cref="Exception">What the pass over the images threw.</exception>
    public (FeatureSet Train, FeatureSet Test) Sets(FeatureLook look)
    {
        if (_faults.TryGetValue(FormOf(look), out var fault))
        {
            fault.Throw();
        }

        var (train, test) = _extracted[FormOf(look)];

        return (train.Sets[look.Tokens], test.Sets[look.Tokens]);
    }

    // Clips are cropped, whatever a protocol asks for.
    private ImageFit FormOf(FeatureLook look) => _areVideos ? ImageFit.Crop : look.Fit;
}
