namespace Parallax.Plugins.Parts;

/// <summary>
/// NT-Xent against the embeddings of a second network: each query must find the key of its other view among the keys of all views of the batch.
/// </summary>
/// <remarks>
/// Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", ICML 2020, equation (1), https://arxiv.org/abs/2002.05709, with
/// positives and negatives from a momentum branch. The key of a query's own view is left out of the softmax. With the queries as keys the value is that of <see
/// cref="NTXentLoss"/>.
/// </remarks>
public static class KeyedNTXentLoss
{
    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="qa">Queries of the first view, [N, D]; normalised here, as all others.</param>
    /// <param name="qb">Queries of the second view, [N, D].</param>
    /// <param name="ka">Keys of the first view, [N, D]; row i shows the same image as row i of the queries. No gradient reaches them.</param>
    /// <param name="kb">Keys of the second view, [N, D].</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <returns>Scalar, [], float32, mean over the 2N queries; ln(2N - 1) when all embeddings are equal.</returns>
    /// <exception cref="ArgumentException">The shapes differ or are not [N, D].</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Compute(Tensor qa, Tensor qb, Tensor ka, Tensor kb, double temperature)
    {
        Rows.RequireSame(qa, nameof(qa), qb, nameof(qb));
        Rows.RequireSame(qa, nameof(qa), ka, nameof(ka));
        Rows.RequireSame(qa, nameof(qa), kb, nameof(kb));
        Rows.RequireTemperature(temperature);
        using var precision = Precision.Float32();

        var count = qa.shape[0];
        var queries = Rows.Unit(cat([qa, qb], 0));                                  // [2N, D]
        var keys = Rows.Unit(cat([ka, kb], 0).detach());                            // [2N, D]
        var positives = (queries * keys.roll(count, 0)).sum(1) / temperature;       // [2N], the key of the other view
        var others = LogSumExp.Over(queries, keys, temperature, new Diagonal(0, 0, 2 * count));   // [2N], over all keys but that of the query's own view

        return (others - positives).mean();                                         // []
    }
}
