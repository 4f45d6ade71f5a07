namespace Parallax.Contracts;

/// <summary>A named evaluation protocol on frozen features. The name and the options say exactly what the number means.</summary>
public interface IEvaluator
{
    /// <summary>Measures features.</summary>
    /// <param name="train">Labelled bank: features of un-augmented training images.</param>
    /// <param name="test">Features of the held-out images.</param>
    /// <param name="seed">Seed of everything random in the protocol.</param>
    /// <param name="progress">Receives fractions in [0, 1].</param>
    EvaluationResult Evaluate(FeatureSet train, FeatureSet test, long seed, IProgress<double>? progress = null);
}

/// <summary>Frozen features of a split.</summary>
/// <param name="Features">[N, F] float32 on the CPU, as the backbone gives them (not normalised).</param>
/// <param name="Labels">[N] int64.</param>
/// <param name="Classes">Number of classes.</param>
public sealed record FeatureSet(Tensor Features, Tensor Labels, int Classes)
{
    /// <summary>Source that each sample was cut from, [N] int64 on the CPU: a part that is held out of a split has whole sources. Null where they are not
    /// known.</summary>
    public Tensor? Sources { get; init; }

    /// <summary>Of images that may show several classes, [N, C] int8: 1 where an image shows a class, 0 where it does not, -1 where that is not counted; all
    /// labels are -1 then. Null for images of one class each.</summary>
    public Tensor? Shown { get; init; }
}

/// <summary>What a protocol measured.</summary>
/// <param name="Accuracy">The number of the last state, a fraction in [0, 1]: top-1 accuracy, or what <see cref="Metric"/> says.</param>
/// <param name="BestAccuracy">Best over the protocol's own epochs on the test images, when it has epochs; else the same.</param>
/// <param name="Details">Further named numbers, for example top-5.</param>
public sealed record EvaluationResult(double Accuracy, double BestAccuracy, IReadOnlyDictionary<string, double> Details)
{
    /// <summary><see cref="Metric"/> of top-1 accuracy.</summary>
    public const string TopOne = "accuracy";

    /// <summary>What the number is, in letters, digits and dashes: <c>accuracy</c>, <c>mAP</c>, <c>NMI</c>. Tables and tracking name it so.</summary>
    public string Metric { get; init; } = TopOne;

    /// <summary>By which images the protocol chose what the number depends on.</summary>
    public NumberChoice ChosenBy { get; init; } = NumberChoice.Nothing;

    /// <summary>Names of <see cref="Details"/> that are one number measured several times, in order: by layer of the backbone, by images of each class. Tables
    /// show them side by side. Empty where there are none.</summary>
    public IReadOnlyList<string> Series { get; init; } = [];

    /// <summary>The class that each test image is taken for, in the order of its features; null where no single classifier was trained.</summary>
    public IReadOnlyList<long>? Predicted { get; init; }
}
