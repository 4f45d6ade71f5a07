using System.Globalization;

namespace Parallax.Plugins.Evaluators;

/// <summary>Classification by weighted vote: each of a query's k most similar bank features votes exp(cosine / T) for its class.</summary>
/// <remarks>
/// Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", CVPR 2018, section 3.4, https://arxiv.org/abs/1805.01978.
/// Similarities are taken for a few queries at a time: memory stays at about 64 MB whatever the size of the bank.
/// </remarks>
public static class WeightedKnn
{
    private const long NumbersPerChunk = 1 << 24;
    private const int TopClasses = 5;

    /// <summary>Votes per class.</summary>
    /// <param name="queries">Features, [N, F], rows of length one.</param>
    /// <param name="bank">Labelled features, [M, F], rows of length one.</param>
    /// <param name="bankLabels">Class of each row of the bank, [M] int64.</param>
    /// <param name="k">Neighbours that vote, from 1 to M.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <param name="classes">Number of classes C.</param>
    /// <param name="progress">Receives fractions in [0, 1].</param>
    /// <returns>[N, C] float32; the largest is the prediction.</returns>
    public static Tensor Scores(
        Tensor queries, Tensor bank, Tensor bankLabels, int k, double temperature, int classes, IProgress<double>? progress = null)
    {
        var total = queries.shape[0];
        var step = Math.Max(1, NumbersPerChunk / bank.shape[0]);
        var transposed = bank.t();                                                                 // [F, M]
        var chunks = new List<Tensor>();
        for (long start = 0; start < total; start += step)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(step, total - start);
            var (similarities, neighbours) = queries.narrow(0, start, count).matmul(transposed).topk(k, 1);   // [n, k] each
            var votes = (similarities / temperature).exp();                                        // [n, k]
            var labels = bankLabels.index_select(0, neighbours.flatten()).view(count, k);          // [n, k]
            chunks.Add(zeros([count, classes], dtype: votes.dtype).scatter_add_(1, labels, votes).MoveToOuterDisposeScope());   // [n, C]
            progress?.Report((double)(start + count) / total);
        }

        return cat(chunks, 0);   // [N, C]
    }

    /// <summary>Runs a protocol: normalises both sets, lets the training features vote on the test features.</summary>
    /// <param name="train">Bank.</param>
    /// <param name="test">Queries.</param>
    /// <param name="k">Neighbours; the whole bank where it is smaller.</param>
    /// <param name="temperature">Divisor of the cosines.</param>
    /// <param name="progress">Receives fractions in [0, 1].</param>
    /// <returns>Accuracy, with <c>top5</c> (where there are more than five classes) and the <c>neighbours</c> used.</returns>
    /// <exception cref="ArgumentException">A set is empty, or the widths of the features differ.</exception>
    public static EvaluationResult Evaluate(FeatureSet train, FeatureSet test, int k, double temperature, IProgress<double>? progress)
    {
        FeatureSets.Require(train, test);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var used = (int)Math.Min(k, train.Features.shape[0]);
        var classes = Math.Max(train.Classes, test.Classes);
        var scores = Scores(F.normalize(test.Features), F.normalize(train.Features), train.Labels, used, temperature, classes, progress);   // [N, C]
        var accuracy = FeatureSets.TopAccuracy(scores, test.Labels, 1);
        var details = new Dictionary<string, double> { ["neighbours"] = used };
        if (classes > TopClasses)
        {
            details["top5"] = FeatureSets.TopAccuracy(scores, test.Labels, TopClasses);
        }

        return new(accuracy, accuracy, details);
    }

    /// <summary>What there is to say when a bank is smaller than the protocol's k.</summary>
    internal static IReadOnlyList<string> Notes(long images, int k) => images >= k ? [] :
        [string.Create(CultureInfo.InvariantCulture, $"The bank has {images} images, fewer than the protocol's k = {k}: all of them vote. Do not compare "
            + $"the number with full banks.")];
}
