using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Labels for all images such that every cluster gets the same number of them: the plan of optimal transport under the network's own
/// probabilities.</summary>
/// <remarks>
/// <para>Asano et al., "Self-labelling via simultaneous clustering and representation learning", ICLR 2020, section 3, https://arxiv.org/abs/1911.05371: the
/// plan Q = diag(c) P^lambda diag(r) with sums of 1/N over an image and of 1/K over a cluster, found by Sinkhorn-Knopp; an image's label is its largest
/// entry. The sums of Q are equal, numbers of labels only nearly so.</para>
/// <para>The authors' code works on P^lambda, which underflows in float32; here logarithms are used, in float64, a block of images at a time.</para>
/// </remarks>
public static class EqualPartition
{
    private const int MostRounds = 10_000;

    /// <summary>The factors of the clusters that balance the plan.</summary>
    /// <param name="logProbabilities">Logarithms of the probability of each cluster, [N, K].</param>
    /// <param name="lambda">Sharpness of the plan, positive.</param>
    /// <param name="tolerance">The rounds end when the factors of all images together changed by less, relatively, in a round that is tested, after
    /// 10,000 rounds in any case.</param>
    /// <param name="checkEvery">Rounds between two tests, the first after the first round. Authors' code: 10.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <returns>Logarithms of the factors r, [K] float64, and the number of rounds.</returns>
    /// <exception cref="ArgumentException">The tensor is not [N, K].</exception>
    /// <exception cref="ConfigurationException">A number is not finite.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static (Tensor LogFactors, int Rounds) Balance(
        Tensor logProbabilities, double lambda, double tolerance, int checkEvery = 10, CancellationToken stop = default)
    {
        Rows.RequireMatrix(logProbabilities, nameof(logProbabilities));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lambda);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tolerance);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(checkEvery);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();

        var (count, clusters) = (logProbabilities.shape[0], logProbabilities.shape[1]);
        var images = full([count, 1], -Math.Log(count), dtype: float64, device: logProbabilities.device);   // [N, 1], log c
        var totals = Totals(logProbabilities, lambda, images);                                              // [K]
        for (var round = 0; ; round++)
        {
            using var step = NewDisposeScope();
            var factors = -Math.Log(clusters) - totals;   // [K], log r
            var error = zeros([], dtype: float64, device: images.device);
            var sums = full([clusters], double.NegativeInfinity, dtype: float64, device: images.device);
            RowBlocks.Visit(logProbabilities, 2 * clusters, (start, part) =>
            {
                var (logs, before) = (part.to(float64) * lambda, images.narrow(0, start, part.shape[0]));    // [n, K], [n, 1]
                var after = -Math.Log(count) - (logs + factors).logsumexp(1, keepdim: true);                 // [n, 1]
                error.add_(((before - after).exp() - 1).abs().sum());
                before.copy_(after);
                sums.copy_(sums.logaddexp((logs + after).logsumexp(0)));                                     // of the next round
            }, stop);
            if (round % checkEvery == 0 && IsDone(error.item<double>(), round))
            {
                return (factors.MoveToOuterDisposeScope().MoveToOuterDisposeScope(), round + 1);
            }

            totals.copy_(sums);
        }

        bool IsDone(double change, int round) => !double.IsFinite(change)
            ? throw new ConfigurationException(
                "The predictions are no finite numbers, so images cannot be spread over labels. Lower optimizer.baseLearningRate.")
            : change <= tolerance || round >= MostRounds;
    }

    /// <summary>The labels of the plan.</summary>
    /// <param name="logProbabilities">As given to <see cref="Balance"/>, [N, K].</param>
    /// <param name="lambda">As given to it.</param>
    /// <param name="logFactors">What it gave, [K].</param>
    /// <returns>[N] int64.</returns>
    public static Tensor Labels(Tensor logProbabilities, double lambda, Tensor logFactors)
    {
        using var noGradients = no_grad();

        return RowBlocks.Map(logProbabilities, 2 * logProbabilities.shape[1], part => ((part.to(float64) * lambda) + logFactors).argmax(1));
    }

    /// <summary>The mean cost of transport: of -ln P of the label an image got.</summary>
    /// <param name="logProbabilities">As given to <see cref="Balance"/>, [N, K].</param>
    /// <param name="labels">[N] int64.</param>
    /// <returns>Scalar, [], float64.</returns>
    public static Tensor Cost(Tensor logProbabilities, Tensor labels)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();

        return logProbabilities.gather(1, labels.unsqueeze(1)).to(float64).mean().neg().MoveToOuterDisposeScope();
    }

    private static Tensor Totals(Tensor logProbabilities, double lambda, Tensor images)
    {
        var totals = full([logProbabilities.shape[1]], double.NegativeInfinity, dtype: float64, device: images.device);
        RowBlocks.Visit(logProbabilities, 2 * logProbabilities.shape[1], (start, part) =>
            totals.copy_(totals.logaddexp(((part.to(float64) * lambda) + images.narrow(0, start, part.shape[0])).logsumexp(0))));

        return totals;
    }
}
