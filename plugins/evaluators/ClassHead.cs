using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Evaluators;

/// <summary>How many of its quarter turns an image is classified in.</summary>
public enum ClassHeadRotations
{
    /// <summary>As it is.</summary>
    None,

    /// <summary>In all four.</summary>
    Four,
}

/// <summary>Settings of the protocol of a method's own classifier, <c>evaluation.class-head</c> of a recipe.</summary>
public sealed record ClassHeadOptions
{
    /// <summary>none looks at an image as it is; four takes the mean of the scores of its four quarter turns, for methods that learn the class of turned
    /// images. S4L, code: either.</summary>
    public ClassHeadRotations Rotations { get; init; }
}

/// <summary>How often the classifier that the method itself has trained names the class of a held-out image.</summary>
/// <remarks>
/// Zhai et al., "S4L: Self-Supervised Semi-Supervised Learning", ICCV 2019, section 4, https://arxiv.org/abs/1905.03670: top-1 and top-5 accuracy of the class
/// head, on the centre of each image.
/// </remarks>
/// <param name="options">Turns.</param>
[Plugin("class-head", Options = typeof(ClassHeadOptions), Family = "classifier", Summary = "The method's own classifier on held-out images, where it has one.",
    Paper = "S4L: Self-Supervised Semi-Supervised Learning", Authors = "Zhai, Oliver, Kolesnikov, Beyer", Venue = "ICCV", Year = 2019,
    ArXiv = "1905.03670")]
public sealed class ClassHead(ClassHeadOptions options) : IClassHeadEvaluator, IEvaluationRequirements
{
    private const int MostBest = 5;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) =>
        FeatureSets.Faults(train, test).ToList() is { Count: > 0 } faults ? faults
        : train.Classes.SequenceEqual(test.Classes) ? []
        : [$"'{test.Location}' has other classes than '{train.Location}', which the method tells apart. Take held-out images of the same classes."];

    /// <inheritdoc/>
    public Tensor Score(IClassifier method, Tensor images) => options.Rotations == ClassHeadRotations.None
        ? method.Classify(images)                                                                                    // [N, classes]
        : LabelledRows.MeanOverCopies(method.Classify(QuarterTurns.All(images)), QuarterTurns.Count);

    /// <inheritdoc/>
    public EvaluationResult Evaluate(FeatureSet scores)
    {
        using var scope = NewDisposeScope();
        var accuracy = FeatureSets.TopAccuracy(scores.Features, scores.Labels, 1);
        var topFive = FeatureSets.TopAccuracy(scores.Features, scores.Labels, Math.Min(MostBest, scores.Classes));

        return new(accuracy, accuracy, new Dictionary<string, double> { ["top5"] = topFive, ["samples"] = scores.Labels.shape[0] })
        {
            Predicted = [.. scores.Features.argmax(1).data<long>()],
        };
    }
}
