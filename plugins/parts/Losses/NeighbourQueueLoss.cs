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
        using var noGradients = no_grad();
        using var precision = Precision.Float32();

        return Rows.Unit(features).matmul(queue.to(float32).t()).topk(count, 1).indexes;   // [N, k]
    }

    /// <summary>The loss for known neighbours.</summary>
    /// <param name="logits">Similarities of each query with the queue of keys, divided by the temperature, [N, K] float32.</param>
    /// <param name="neighbours">Rows of the queue that are positives, [N, k] int64.</param>
    /// <returns>Scalar, [], float32; ln K when all logits are equal.</returns>
    /// <exception cref="ArgumentException">A tensor is no matrix, or the rows differ in number.</exception>
    public static Tensor FromLogits(Tensor logits, Tensor neighbours)
    {
        Rows.RequireMatrix(logits, nameof(logits));
        Rows.RequireMatrix(neighbours, nameof(neighbours));
        if (logits.shape[0] != neighbours.shape[0])
        {
            throw new ArgumentException(
                $"There are logits of {logits.shape[0]} queries and neighbours of {neighbours.shape[0]}; expected the same queries.", nameof(neighbours));
        }

        using var precision = Precision.Float32();

        return -logits.log_softmax(1).gather(1, neighbours).mean();   // []
    }
}
