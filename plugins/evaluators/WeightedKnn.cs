using System.Globalization;

namespace Parallax.Plugins.Evaluators;

/// <summary>Classification by weighted vote: each of a query's k most similar bank features votes exp(cosine / T) for its class.</summary>
/// <remarks>
/// Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", CVPR 2018, section 3.4, https://arxiv.org/abs/1805.01978.
/// Similarities are taken for a few queries at a time: see <c>SimilarRows</c>.
/// </remarks>
public static class WeightedKnn
{
    /// <summary>What the number of training images that are asked about each other is called.</summary>
    public const string LeaveOneOut = "leave-one-out-accuracy";

    private const int TopClasses = 5;
    private const double LeastExponent = -80;   // of float32, so that a far neighbour's vote stays above 0

    /// <summary>Votes per class.</summary>
    /// <param name="queries">Features, [N, F], rows of length one.</param>
    /// <param name="bank">Labelled features, [M, F], rows of length one.</param>
    /// <param name="bankLabels">Class of each row of the bank, [M] int64.</param>
    /// <param name="classes">Number of classes C.</param>
    /// <param name="options">Neighbours that vote, at most M, or M - 1 where one is left out, and how. Where features are not normalised, votes of a query are
    /// shares of that of its nearest neighbour, which keeps them finite.</param>
    /// <param name="progress">Receives fractions in [0, 1].</param>
    /// <returns>[N, C] float32; the largest is the prediction.</returns>
    public static Tensor Scores(
        Tensor queries, Tensor bank, Tensor bankLabels, int classes, KnnOptions options, IProgress<double>? progress = null)
    {
        return SimilarRows.Map(queries, bank, options.Neighbours, Votes, progress, options.LeaveOneOut);   // [N, C]

        Tensor Votes(Tensor similarities, Tensor neighbours)
        {
            var exponents = (options.Normalise ? similarities : similarities - similarities.narrow(1, 0, 1)) / options.Temperature;   // [n, k]
            var votes = options.Weighting == KnnWeighting.Uniform ? ones_like(similarities)
                : (options.Normalise ? exponents : exponents.clamp_min(LeastExponent)).exp();                // [n, k]
            var labels = bankLabels.index_select(0, neighbours.flatten()).view(neighbours.shape);            // [n, k]

            return zeros([votes.shape[0], classes], dtype: votes.dtype).scatter_add_(1, labels, votes);      // [n, C]
        }
    }

    /// <summary>Runs a protocol: normalises both sets, lets the training features vote on the test features.</summary>
    /// <param name="train">Bank.</param>
    /// <param name="test">Queries.</param>
    /// <param name="options">Neighbours, or the whole bank where it is smaller, and how they vote.</param>
    /// <param name="progress">Receives fractions in [0, 1].</param>
    /// <returns>Accuracy, with <c>top5</c> (where there are more than five classes, among those that got a vote) and the <c>neighbours</c> used.</returns>
    /// <exception cref="ArgumentException">A set is empty, the widths of the features differ, or one image is to be asked about itself.</exception>
    public static EvaluationResult Evaluate(FeatureSet train, FeatureSet test, KnnOptions options, IProgress<double>? progress)
    {
        FeatureSets.Require(train, test);
        var others = train.Features.shape[0] - (options.LeaveOneOut ? 1 : 0);
        if (others == 0)
        {
            throw new ArgumentException("There is one training image, and knn.leaveOneOut leaves none to compare it with. Take 2 or more.", nameof(train));
        }

        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var used = (int)Math.Min(options.Neighbours, others);
        var classes = Math.Max(train.Classes, test.Classes);
        var asked = options.LeaveOneOut ? train : test;
        var scores = Scores(Rows(asked), Rows(train), train.Labels, classes, options with { Neighbours = used }, progress);   // [N, C]
        var accuracy = FeatureSets.TopAccuracy(scores, asked.Labels, 1);
        var details = new Dictionary<string, double> { ["neighbours"] = used };
        if (classes > TopClasses)
        {
            details["top5"] = TopVoted(scores, asked.Labels);
        }

        return new(accuracy, accuracy, details) { Metric = options.LeaveOneOut ? LeaveOneOut : EvaluationResult.TopOne };

        Tensor Rows(FeatureSet set) => options.Normalise ? F.normalize(set.Features) : set.Features;   // [N, F]
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
