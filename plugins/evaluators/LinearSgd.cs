namespace Parallax.Plugins.Evaluators;

/// <summary>What the linear probes differ in.</summary>
public sealed record LinearSgdOptions
{
    /// <inheritdoc cref="KnnOptions.Tokens"/>
    public FeatureTokens Tokens { get; init; } = FeatureTokens.Pooled;
}

/// <summary>
/// A linear classifier on frozen, standardised features that needs no tuning: SGD, 100 epochs, batch 256, cosine to zero, learning rate chosen among five on a
/// tenth of the training features that is held out; then trained on all of them with the chosen rate.
/// </summary>
/// <remarks>
/// <para>Ours. Standardising each feature over the training split (mean 0, deviation 1; the same shift and scale on the test split) makes one range of learning
/// rates fit every backbone: a fixed rate compares backbones by the size of their features. The test split takes no part in the choice.</para>
/// <para>Features are computed once, without augmentation. Momentum 0.9, no weight decay.</para>
/// </remarks>
/// <param name="options">What it looks at.</param>
[Plugin("linear-sgd", Options = typeof(LinearSgdOptions), Preset = "{tokens: pooled}", Family = "linear",
    Summary = "Linear probe: SGD on standardised cached features, learning rate chosen on held-out training features.")]
[Plugin("linear-sgd-class", Options = typeof(LinearSgdOptions), Preset = "{tokens: class}", Family = "linear",
    Summary = "The same as linear-sgd on the class token.")]
[Plugin("linear-sgd-mean", Options = typeof(LinearSgdOptions), Preset = "{tokens: mean}", Family = "linear",
    Summary = "The same as linear-sgd on the mean of the patch tokens.")]
[Plugin("linear-sgd-both", Options = typeof(LinearSgdOptions), Preset = "{tokens: both}", Family = "linear",
    Summary = "The same as linear-sgd on class token and mean of the patch tokens.")]
public sealed class LinearSgd(LinearSgdOptions options) : IEvaluator, IFeatureChoice, IEvaluationRequirements
{
    private const int Epochs = 100, BatchSize = 256, LargestHeldOut = 5000;
    private const double HeldOutShare = 0.1;
    private static readonly double[] _rates = [0.3, 0.1, 0.03, 0.01, 0.003];

    /// <inheritdoc/>
    public FeatureTokens Tokens => options.Tokens;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => FeatureSets.Faults(train, test);

    /// <inheritdoc/>
    /// <returns>Accuracy after the last epoch, the best test accuracy of any epoch, and the chosen <c>learning_rate</c>.</returns>
    public EvaluationResult Evaluate(FeatureSet train, FeatureSet test, long seed, IProgress<double>? progress = null)
    {
        FeatureSets.Require(train, test);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var classes = Math.Max(train.Classes, test.Classes);
        var (x, y) = Standardizer.Apply(train.Features, test.Features);   // [N, F], [M, F]
        var rate = ChooseRate(x, train.Labels, classes, seed, progress);
        using var classifier = new SoftmaxSgd(x.shape[1], classes, Settings([rate]), seed);
        double last = 0, best = 0;
        classifier.Train(x, train.Labels, seed, epochs =>
        {
            last = classifier.Accuracies(y, test.Labels)[0];
            best = Math.Max(best, last);
            progress?.Report(0.5 + (0.5 * epochs / Epochs));
        });

        return new(last, best, new Dictionary<string, double> { ["learning_rate"] = rate }) { ChosenBy = NumberChoice.HeldOut };
    }

    /// <summary>How a classifier is trained with each of some rates.</summary>
    internal static SgdSettings Settings(IReadOnlyList<double> rates) => new(Epochs, BatchSize, rates, Cosine);

    /// <summary>Training features held out to choose the rate by.</summary>
    internal static long HeldOut(long count) => Math.Clamp((long)(count * HeldOutShare), 1, LargestHeldOut);

    /// <summary>Trains with every rate on nine tenths and returns the rate that does best on the rest; the larger one at a tie.</summary>
    private static double ChooseRate(Tensor x, Tensor labels, int classes, long seed, IProgress<double>? progress)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(unchecked((ulong)seed));
        var count = x.shape[0];
        var heldOut = HeldOut(count);
        if (heldOut >= count)
        {
            return _rates[_rates.Length / 2];   // a single image: nothing to choose by
        }

        var order = randperm(count, dtype: int64, generator: generator);                                // [N]
        var (held, kept) = (order.narrow(0, 0, heldOut), order.narrow(0, heldOut, count - heldOut));
        using var classifiers = new SoftmaxSgd(x.shape[1], classes, Settings(_rates), seed);
        classifiers.Train(x.index_select(0, kept), labels.index_select(0, kept), seed, epochs => progress?.Report(0.5 * epochs / Epochs));
        var accuracies = classifiers.Accuracies(x.index_select(0, held), labels.index_select(0, held));

        return _rates[Array.IndexOf(accuracies, accuracies.Max())];
    }

    private static double Cosine(double done) => 0.5 * (1 + Math.Cos(Math.PI * done));
}
