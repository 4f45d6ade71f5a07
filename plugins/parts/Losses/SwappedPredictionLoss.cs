namespace Parallax.Plugins.Parts;

/// <summary>Every view predicts the soft targets of the other views: cross-entropy over prototypes or other outputs, mean over images and pairs of different
/// views.</summary>
/// <remarks>
/// Caron et al., SwAV, NeurIPS 2020, equation (2) and section 3.2 for several crops, https://arxiv.org/abs/2006.09882;
/// Caron et al., DINO, ICCV 2021, equation (3), https://arxiv.org/abs/2104.14294, is the same sum over other targets.
/// Targets are constants: no gradient reaches them.
/// </remarks>
public static class SwappedPredictionLoss
{
    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="scores">Scores of each view, one [N, K] per view, at least two.</param>
    /// <param name="targets">Probabilities of the first views, one [N, K] each: <c>targets[v]</c> belongs to <c>scores[v]</c> and is not predicted by
    /// it.</param>
    /// <param name="temperature">Divisor of the scores, positive.</param>
    /// <returns>Scalar, [], float32: the mean of -sum over K of target * log softmax(scores / temperature); ln K when all scores are equal.</returns>
    /// <exception cref="ArgumentException">There are fewer than two views, no targets or more than views, or the shapes differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Compute(IReadOnlyList<Tensor> scores, IReadOnlyList<Tensor> targets, double temperature)
    {
        Rows.RequireTemperature(temperature);
        if (scores.Count < 2 || targets.Count < 1 || targets.Count > scores.Count)
        {
            throw new ArgumentException(
                $"{scores.Count} views and {targets.Count} targets came; expected at least two views, and targets of the first of them.", nameof(scores));
        }

        using var precision = Precision.Float32();
        List<Tensor> losses = [];
        for (var view = 0; view < scores.Count; view++)
        {
            var others = targets.Where((_, target) => target != view).ToList();
            if (others.Count > 0)
            {
                Rows.RequireSame(scores[view], $"scores[{view}]", others[0], nameof(targets));
                var together = others.Aggregate((a, b) => a + b).detach().to(float32);                         // [N, K], sums to their number
                var logs = F.log_softmax(scores[view].to(float32) / temperature, dim: 1);                      // [N, K]
                losses.Add(-(together * logs).sum(1).mean());                                                  // []
            }
        }

        return stack(losses).sum() / (targets.Count * (scores.Count - 1));   // []: every target has all other views as pairs
    }
}
