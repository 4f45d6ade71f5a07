using Parallax.Host.Experiments;

namespace Parallax.Host.Evaluation;

/// <summary>Measures the classifier that a method itself has trained.</summary>
internal static class ClassHeadMeasurement
{
    /// <summary>Why there is nothing to measure.</summary>
    /// <param name="experiment">Its method is asked.</param>
    public static IEnumerable<string> Faults(Experiment experiment) => experiment.Method is IClassifier ? []
        : [$"The method '{experiment.Configuration.Method.Name}' trains no classifier of its own. Take a protocol that trains one on the features, such as "
            + "a linear one."];

    /// <summary>Measures.</summary>
    /// <param name="experiment">Without <see cref="Faults"/>.</param>
    /// <param name="name">Name of the protocol.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="test">The held-out split.</param>
    /// <param name="stop">Asks to stop.</param>
    public static ProtocolResult Measure(Experiment experiment, string name, IClassHeadEvaluator protocol, IImageDataset test, CancellationToken stop)
    {
        var classifier = (IClassifier)experiment.Method;
        var scores = FeatureExtractor.Encoded(
            experiment, test, experiment.Configuration.Evaluation.MaxTestSamples, images => protocol.Score(classifier, images), stop);
        var result = protocol.Evaluate(scores.Set);

        return new(name, result)
        {
            LeftOut = scores.Unreadable.Count == 0 ? null
                : new LeftOutImages(0, 0, scores.Unreadable.Count, scores.Images) { AreVideos = experiment.Run.HasVideos },
            Confusion = result.Predicted is { } predicted ? ConfusionCounts.Of([.. scores.Set.Labels.data<long>()], predicted) : null,
        };
    }
}
