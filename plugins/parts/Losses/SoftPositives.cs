namespace Parallax.Plugins.Parts;

/// <summary>What counts as positive beside a row's own key, in ASCL: the weights w of its candidates, by what a loss needs of them.</summary>
/// <param name="Weighted">Sum over the candidates j of w_ij k_j, [N, D] float32.</param>
/// <param name="Total">Sum over the candidates of w_ij, [N] float32. The own key weighs 1 and is not among them.</param>
/// <remarks>
/// <para>Feng and Patras, "Adaptive Soft Contrastive Learning", ICPR 2022, section III, https://arxiv.org/abs/2207.11163. Constants for the gradient.</para>
/// <para>The adaptive weight is min(1, n c p). Without the minimum the weighted sum is n c times the expected candidate; at most n candidates have n c p above
/// 1, so only the n nearest are looked up and what they exceed 1 by is taken off. With n = 1 none can.</para>
/// </remarks>
public sealed record SoftPositives(Tensor Weighted, Tensor Total)
{
    /// <summary>Among the keys of a queue.</summary>
    /// <param name="k">Teacher's keys, [N, D]; normalised here.</param>
    /// <param name="queue">[K, D], rows of length one, K at least 2.</param>
    /// <param name="neighbours">How the keys resemble the queue at <paramref name="temperature"/>.</param>
    /// <param name="temperature">Divisor of the cosines between teacher and neighbours.</param>
    /// <param name="count">Number of neighbours n, from 1 to K.</param>
    /// <param name="weighting">How neighbours are weighed.</param>
    /// <exception cref="ArgumentOutOfRangeException">n is not in [1, K], or K is below 2.</exception>
    public static SoftPositives OfQueue(Tensor k, Tensor queue, Neighbourhood neighbours, double temperature, int count, ASCLWeighting weighting) =>
        Of(Rows.Unit(k.detach()), queue.detach().to(float32), neighbours, temperature, count, weighting, isBatch: false);

    /// <summary>Among the other keys of a batch.</summary>
    /// <param name="z">Teacher's projections, [N, D], N at least 3; normalised here.</param>
    /// <param name="neighbours">How each resembles the others at <paramref name="temperature"/>.</param>
    /// <param name="temperature">Divisor of the cosines between teacher and neighbours.</param>
    /// <param name="count">Number of neighbours n, from 1 to N - 1.</param>
    /// <param name="weighting">How neighbours are weighed.</param>
    /// <exception cref="ArgumentOutOfRangeException">n is not in [1, N - 1], or N is below 3.</exception>
    public static SoftPositives OfOthers(Tensor z, Neighbourhood neighbours, double temperature, int count, ASCLWeighting weighting)
    {
        var unit = Rows.Unit(z.detach());

        return Of(unit, unit, neighbours, temperature, count, weighting, isBatch: true);
    }

    private static SoftPositives Of(
        Tensor rows, Tensor keys, Neighbourhood neighbours, double temperature, int count, ASCLWeighting weighting, bool isBatch)
    {
        using var noGradients = no_grad();
        var candidates = isBatch ? keys.shape[0] - 1 : keys.shape[0];
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, candidates);
        var confidence = neighbours.Confidence(candidates).unsqueeze(1);                               // [N, 1]
        var nearest = weighting == ASCLWeighting.Adaptive && count == 1
            ? (NearestKeys?)null : NearestKeys.Of(rows / temperature, keys, count, leavesOwnOut: isBatch);   // [N, n]
        if (weighting != ASCLWeighting.Adaptive)
        {
            var weight = weighting == ASCLWeighting.Nearest ? ones_like(confidence) : confidence;      // [N, 1]

            return Only(nearest!.Value, weight.expand(rows.shape[0], count));
        }

        var factor = confidence * count;                                                               // [N, 1], n c
        var soft = new SoftPositives(neighbours.Expected * factor, factor.squeeze(1));

        return nearest is { } top
            ? soft.Minus(Only(top, ((top.Similarities - neighbours.LogSumExp.unsqueeze(1)).exp() * factor).sub_(1).clamp_min_(0)))   // [N, n], excess over 1
            : soft;

        SoftPositives Only(NearestKeys of, Tensor weights) => new(NearestKeys.Weighted(keys, of.Indices, weights), weights.sum([1]));
    }

    private SoftPositives Minus(SoftPositives other) => new(Weighted - other.Weighted, Total - other.Total);
}
