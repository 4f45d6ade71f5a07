namespace Parallax.Plugins.Parts;

/// <summary>How ASCL weighs neighbours against the positive, whose weight is 1.</summary>
public enum ASCLWeighting
{
    /// <summary>
    /// Every candidate by min(1, n c p): its share p of the teacher's distribution, times how sure the teacher is, c, and the number of neighbours n. The
    /// paper's method.
    /// </summary>
    Adaptive,

    /// <summary>The n nearest candidates by c, the others not at all. The authors' <c>ahcl</c>.</summary>
    NearestByConfidence,

    /// <summary>The n nearest candidates as much as the positive, the others not at all. The authors' <c>hard</c>.</summary>
    Nearest,
}

/// <summary>Adaptive soft contrastive learning: other images count as positives too, the more the surer the teacher is of its neighbours.</summary>
/// <remarks>
/// Feng and Patras, "Adaptive Soft Contrastive Learning", ICPR 2022, section III, https://arxiv.org/abs/2207.11163, as in the authors' code: weights are capped
/// at 1 before rows are normalised. With uniform neighbours c is 0, and the labels are MoCo's or BYOL's.
/// </remarks>
public static class ASCLLoss
{
    /// <summary>Labels over the positive, column 0, and a queue.</summary>
    /// <param name="neighbours">Teacher's <see cref="SoftTargets.Similarities"/> to the queue, [N, K], K at least 2.</param>
    /// <param name="count">Number of neighbours n, from 1 to K.</param>
    /// <param name="weighting">How neighbours are weighed.</param>
    /// <returns>[N, 1 + K] float32, rows add up to one; carries no gradient.</returns>
    /// <exception cref="ArgumentException">The tensor is not [N, K].</exception>
    /// <exception cref="ArgumentOutOfRangeException">n is not in [1, K], or K is below 2.</exception>
    public static Tensor Labels(Tensor neighbours, int count, ASCLWeighting weighting)
    {
        using var noGradients = no_grad();
        Rows.RequireMatrix(neighbours, nameof(neighbours));
        var weights = Weights(neighbours, neighbours.shape[1], count, weighting);          // [N, K]
        var labels = cat([ones([weights.shape[0], 1], dtype: float32, device: weights.device), weights], 1);   // [N, 1 + K]

        return labels / labels.sum(1, keepdim: true);
    }

    /// <summary>How each key of a batch resembles the others, as a distribution; a key itself has no share.</summary>
    /// <param name="z">Teacher's projections, [N, D], N at least 3; normalised here.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <returns>[N, N] float32, the diagonal is 0; carries no gradient.</returns>
    /// <exception cref="ArgumentException">The tensor is not [N, D].</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive.</exception>
    public static Tensor BatchNeighbours(Tensor z, double temperature)
    {
        using var noGradients = no_grad();
        var self = eye(z.shape[0], dtype: @bool, device: z.device);   // [N, N]

        return SoftTargets.Logits(z, Rows.Unit(z), temperature).masked_fill(self, double.NegativeInfinity).softmax(1);
    }

    /// <summary>Labels over the keys of a batch; a row's own key is its positive.</summary>
    /// <param name="neighbours">Result of <see cref="BatchNeighbours"/>, [N, N], N at least 3.</param>
    /// <param name="count">Number of neighbours n, from 1 to N - 1.</param>
    /// <param name="weighting">How neighbours are weighed.</param>
    /// <returns>[N, N] float32, rows add up to one; carries no gradient.</returns>
    /// <exception cref="ArgumentException">The tensor is not a matrix.</exception>
    /// <exception cref="ArgumentOutOfRangeException">n is not in [1, N - 1], or N is below 3.</exception>
    public static Tensor BatchLabels(Tensor neighbours, int count, ASCLWeighting weighting)
    {
        using var noGradients = no_grad();
        Rows.RequireMatrix(neighbours, nameof(neighbours));
        var self = eye(neighbours.shape[0], dtype: @bool, device: neighbours.device);                                          // [N, N]
        var labels = Weights(neighbours, neighbours.shape[1] - 1, count, weighting).masked_fill(self, 1);                    // [N, N]

        return labels / labels.sum(1, keepdim: true);
    }

    /// <summary>BYOL's distance with several positives: 2 - 2 sum over j of label_ij cos(p_i, z_j), mean over the batch.</summary>
    /// <param name="p">Predictions, [N, D]; normalised here.</param>
    /// <param name="z">Teacher's projections, [N, D]; normalised and detached here.</param>
    /// <param name="labels">[N, N], rows add up to one; row i belongs to row i of <paramref name="p"/>.</param>
    /// <returns>Scalar, [], float32, in [0, 4].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Distance(Tensor p, Tensor z, Tensor labels)
    {
        Rows.RequireSame(p, nameof(p), z, nameof(z));
        using var precision = Precision.Float32();
        var cosines = Rows.Unit(p).matmul(Rows.Unit(z.detach()).t());   // [N, N]
        Rows.RequireSame(cosines, nameof(cosines), labels, nameof(labels));

        return 2 - (2 * (labels.detach() * cosines).sum(1).mean());      // []
    }

    /// <param name="p">[N, M], rows add up to one.</param>
    /// <param name="candidates">How many of the M entries could be above zero.</param>
    /// <param name="count">Number of neighbours n.</param>
    /// <param name="weighting">How neighbours are weighed.</param>
    private static Tensor Weights(Tensor p, long candidates, int count, ASCLWeighting weighting)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, candidates);
        var confidence = SoftTargets.Confidence(p, candidates).unsqueeze(1);   // [N, 1]
        if (weighting == ASCLWeighting.Adaptive)
        {
            return (p * confidence * count).clamp(0, 1);   // [N, M]
        }

        var nearest = p.topk(count, 1).indexes;   // [N, n]
        var weight = weighting == ASCLWeighting.Nearest ? ones_like(confidence) : confidence;   // [N, 1]

        return zeros_like(p).scatter(1, nearest, weight.expand([p.shape[0], count]));   // [N, M]
    }
}
