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
/// rates fit every backbone: a fixed rate compares backbones by the size of their features. The test split takes no part in the choice. Where sources of the
/// samples are known (<c>data.groupPattern</c>), whole sources are held out.</para>
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
        var rate = ChooseRate(train with { Features = x, Classes = classes }, seed, progress);
        using var classifier = new SoftmaxSgd(x.shape[1], classes, Settings([rate]), seed);
        double last = 0, best = 0;
        classifier.Train(x, train.Labels, seed, epochs =>
        {
            last = classifier.Accuracies(y, test.Labels)[0];
            best = Math.Max(best, last);
            progress?.Report(0.5 + (0.5 * epochs / Epochs));
        });

        return new(last, best, new Dictionary<string, double> { ["learning_rate"] = rate })
        {
            ChosenBy = NumberChoice.HeldOut, Predicted = classifier.Predicted(y),
        };
    }

    /// <summary>How a classifier is trained with each of some rates.</summary>
    internal static SgdSettings Settings(IReadOnlyList<double> rates) => new(Epochs, BatchSize, rates, Cosine);

    /// <summary>Training features held out to choose the rate by.</summary>
    internal static long HeldOut(long count) => Math.Clamp((long)(count * HeldOutShare), 1, LargestHeldOut);

    /// <summary>Trains with every rate on nine tenths and returns the rate that does best on the rest; the larger one at a tie.</summary>
    private static double ChooseRate(FeatureSet train, long seed, IProgress<double>? progress)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(unchecked((ulong)seed));
        var (x, labels) = (train.Features, train.Labels);
        var (held, kept) = HeldOut(randperm(x.shape[0], dtype: int64, generator: generator), train.Sources);
        if (kept.shape[0] == 0)
        {
            return _rates[_rates.Length / 2];   // a single image, or a single source: nothing to choose by
        }

        using var classifiers = new SoftmaxSgd(x.shape[1], train.Classes, Settings(_rates), seed);
        classifiers.Train(x.index_select(0, kept), labels.index_select(0, kept), seed, epochs => progress?.Report(0.5 * epochs / Epochs));
        var accuracies = classifiers.Accuracies(x.index_select(0, held), labels.index_select(0, held));

        return _rates[Array.IndexOf(accuracies, accuracies.Max())];
    }

    /// <summary>Rows that are held out, and the others. Of a source all are held out or none: as many sources as it takes to have a tenth.</summary>
    /// <param name="order">Rows in random order, [N] int64.</param>
    /// <param name="sources">Source of each row, [N] int64; null where they are not known.</param>
    internal static (Tensor Held, Tensor Kept) HeldOut(Tensor order, Tensor? sources)
    {
        var count = order.shape[0];
        var wanted = HeldOut(count);
        if (sources is null)
        {
            return (order.narrow(0, 0, wanted), order.narrow(0, wanted, count - wanted));
        }

        var (rows, of) = (order.data<long>().ToArray(), sources.data<long>().ToArray());
        var sizes = of.CountBy(source => source).ToDictionary();
        var (chosen, taken) = (new HashSet<long>(), 0L);
        foreach (var row in rows)
        {
            taken += taken < wanted && chosen.Add(of[row]) ? sizes[of[row]] : 0;
        }

        return (tensor(rows.Where(row => chosen.Contains(of[row])).ToArray()), tensor(rows.Where(row => !chosen.Contains(of[row])).ToArray()));
    }

    private static double Cosine(double done) => 0.5 * (1 + Math.Cos(Math.PI * done));
}
