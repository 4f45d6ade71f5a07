namespace Parallax.Plugins.Parts;

/// <summary>Pulls each query towards the keys of its nearest neighbours in a queue; who is near is decided by other features, those of the backbone.</summary>
/// <remarks>
/// Van Gansbeke et al., "Revisiting Contrastive Methods for Unsupervised Learning of Visual Representations", NeurIPS 2021, section 4.3,
/// https://arxiv.org/abs/2106.05967, as in the authors' code:
/// loss = - mean over the k neighbours j of log( exp(q·n_j / T) / sum over the queue of exp(q·n / T) ).
/// The query's own key is not part of it.
/// </remarks>
public static class NeighbourQueueLoss
{
    /// <summary>The rows of a queue of features that are most similar to each query's features.</summary>
    /// <param name="features">Features of the queries, [N, F]; normalised here.</param>
    /// <param name="queue">Features of earlier images, [K, F], rows of length one.</param>
    /// <param name="count">Neighbours per query, k, at most K.</param>
    /// <returns>[N, k] int64, nearest first; carries no gradient.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">k is not in [1, K].</exception>
    public static Tensor Neighbours(Tensor features, Tensor queue, int count)
    {
        Rows.RequireSameWidth(features, nameof(features), queue, nameof(queue));
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, queue.shape[0]);

        return NearestKeys.Of(Rows.Unit(features.detach()), queue, count).Indices;   // [N, k]
    }

    /// <summary>The loss for known neighbours.</summary>
    /// <param name="q">Queries, [N, D]; normalised here. Only they carry gradients.</param>
    /// <param name="queue">Keys of earlier images, [K, D], rows of length one.</param>
    /// <param name="neighbours">Rows of the queue that are positives, [N, k] int64.</param>
    /// <param name="denominators">Log-sum-exp of each query over the queue, [N]: <see cref="QueueLogits.Negatives"/> of the same queries.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <returns>Scalar, [], float32; ln K when all keys are equal.</returns>
    /// <exception cref="ArgumentException">A tensor is no matrix, or the rows differ in number.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Compute(Tensor q, Tensor queue, Tensor neighbours, Tensor denominators, double temperature)
    {
        Rows.RequireSameWidth(q, nameof(q), queue, nameof(queue));
        Rows.RequireMatrix(neighbours, nameof(neighbours));
        Rows.RequireTemperature(temperature);
        if (q.shape[0] != neighbours.shape[0] || q.shape[0] != denominators.shape[0])
        {
            throw new ArgumentException(
                $"There are {q.shape[0]} queries, neighbours of {neighbours.shape[0]} and denominators of {denominators.shape[0]}; expected the same queries.",
                nameof(neighbours));
        }

        using var precision = Precision.Float32();
        var shares = full(neighbours.shape, 1.0 / neighbours.shape[1], dtype: float32, device: q.device);   // [N, k]
        var mean = NearestKeys.Weighted(queue, neighbours, shares);                                         // [N, D], the mean neighbour of each query
        var positives = (Rows.Unit(q) * mean).sum(1) / temperature;                                         // [N], mean over its neighbours

        return (denominators - positives).mean();   // []
    }
}
