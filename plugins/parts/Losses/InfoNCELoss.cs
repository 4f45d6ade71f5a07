namespace Parallax.Plugins.Parts;

/// <summary>InfoNCE with a queue: each query must find its own key among the keys of other images.</summary>
/// <remarks>
/// He et al., "Momentum Contrast for Unsupervised Visual Representation Learning", CVPR 2020, equation (1), https://arxiv.org/abs/1911.05722.
/// Only the query side carries gradients: keys and queue are detached here.
/// </remarks>
public static class InfoNCELoss
{
    /// <summary>Similarities of each query with its positive, then with the queue, divided by the temperature.</summary>
    /// <param name="q">Queries, [N, D]; normalised here.</param>
    /// <param name="k">Keys, [N, D]; row i shows the same image as row i of <paramref name="q"/>; normalised here.</param>
    /// <param name="queue">Keys of earlier batches, [K, D], rows of length one.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <returns>[N, 1 + K] float32, the positive in column 0.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Logits(Tensor q, Tensor k, Tensor queue, double temperature)
    {
        Rows.RequireSame(q, nameof(q), k, nameof(k));
        Rows.RequireSameWidth(q, nameof(q), queue, nameof(queue));
        Rows.RequireTemperature(temperature);
        using var precision = Precision.Float32();

        var scaled = Rows.Unit(q) / temperature;                                            // [N, D]
        var positives = (scaled * Rows.Unit(k.detach())).sum(1, keepdim: true);             // [N, 1]
        var negatives = scaled.matmul(queue.detach().to(float32).t());                      // [N, K]

        return cat([positives, negatives], 1);                                              // [N, 1 + K]
    }

    /// <summary>Cross-entropy of logits whose column 0 is the right one, mean over the queries.</summary>
    /// <param name="logits">[N, 1 + negatives] float32; minus infinity removes a negative.</param>
    /// <returns>Scalar, [], float32; ln(1 + negatives) when all logits are equal.</returns>
    /// <exception cref="ArgumentException">The tensor is not [N, 1 + negatives].</exception>
    public static Tensor FromLogits(Tensor logits)
    {
        Rows.RequireMatrix(logits, nameof(logits));
        using var precision = Precision.Float32();

        return F.cross_entropy(logits, zeros([logits.shape[0]], dtype: int64, device: logits.device));   // []
    }

    /// <summary>Loss of a batch of queries: that of <see cref="Logits"/>, without their matrix.</summary>
    /// <inheritdoc cref="Logits"/>
    /// <returns>Scalar, [], float32; ln(1 + K) when all keys are equal.</returns>
    public static Tensor Compute(Tensor q, Tensor k, Tensor queue, double temperature) => QueueLogits.Of(q, k, queue, temperature).InfoNCE();
}
