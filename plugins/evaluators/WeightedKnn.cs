using System.Globalization;

namespace Parallax.Plugins.Evaluators;

/// <summary>Classification by weighted vote: each of a query's k most similar bank features votes exp(cosine / T) for its class.</summary>
/// <remarks>
/// Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", CVPR 2018, section 3.4, https://arxiv.org/abs/1805.01978.
/// Similarities are taken for a few queries at a time: see <c>SimilarRows</c>.
/// </remarks>
public static class WeightedKnn
{
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
        return SimilarRows.Map(queries, bank, k, Votes, progress);   // [N, C]

        Tensor Votes(Tensor similarities, Tensor neighbours)
        {
            var votes = (similarities / temperature).exp();                                                  // [n, k]
            var labels = bankLabels.index_select(0, neighbours.flatten()).view(neighbours.shape);            // [n, k]

            return zeros([votes.shape[0], classes], dtype: votes.dtype).scatter_add_(1, labels, votes);      // [n, C]
        }
    }

    /// <summary>Runs a protocol: normalises both sets, lets the training features vote on the test features.</summary>
    /// <param name="train">Bank.</param>
    /// <param name="test">Queries.</param>
    /// <param name="k">Neighbours; the whole bank where it is smaller.</param>
    /// <param name="temperature">Divisor of the cosines.</param>
    /// <param name="progress">Receives fractions in [0, 1].</param>
    /// <returns>Accuracy, with <c>top5</c> (where there are more than five classes, among those that got a vote) and the <c>neighbours</c> used.</returns>
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
            details["top5"] = TopVoted(scores, test.Labels);
        }

        return new(accuracy, accuracy, details);
    }

    // A class that no neighbour voted for is told by nobody: among equal zeros the order says nothing.
    private static double TopVoted(Tensor scores, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var (votes, classes) = scores.topk(TopClasses, 1);                          // [N, 5] each
        var right = (classes == labels.unsqueeze(1)).logical_and(votes > 0);        // [N, 5]

        return right.to(float32).sum().item<float>() / (double)labels.shape[0];
    }

    /// <summary>What there is to say when a bank is smaller than the protocol's k.</summary>
    internal static IReadOnlyList<string> Notes(long images, int k) => images >= k ? [] :
        [string.Create(CultureInfo.InvariantCulture, $"The bank has the features of {images} {(images == 1 ? "image" : "images")}, fewer than the protocol's "
            + $"k = {k}: all of them vote. Do not compare the number with full banks.")];
}
