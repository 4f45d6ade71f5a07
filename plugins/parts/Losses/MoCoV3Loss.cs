namespace Parallax.Plugins.Parts;

/// <summary>Each query must find the key of its own image among the keys of the whole batch; scaled by twice the temperature.</summary>
/// <remarks>
/// Chen et al., "An Empirical Study of Training Self-Supervised Vision Transformers", ICCV 2021, algorithm 1, https://arxiv.org/abs/2104.02057:
/// 2 T · CE(q kᵀ / T). A symmetric loss adds both directions. Only the queries carry gradients.
/// </remarks>
public static class MoCoV3Loss
{
    /// <summary>One direction of the loss.</summary>
    /// <param name="q">Queries, [R, D], R a multiple of N: row r shows the image of row r mod N. Normalised here.</param>
    /// <param name="keys">Keys of the other view, of all processes, [M, D]; detached and normalised here.</param>
    /// <param name="own">Row of each image's key among <paramref name="keys"/>, [N] int64.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <returns>Scalar, [], float32, mean over the queries; 2 T ln(M) when all embeddings are equal.</returns>
    /// <exception cref="ArgumentException">The widths differ, or R is no multiple of N.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Compute(Tensor q, Tensor keys, Tensor own, double temperature)
    {
        Rows.RequireSameWidth(q, nameof(q), keys, nameof(keys));
        Rows.RequireTemperature(temperature);
        var copies = Rows.CopiesOf(own.shape[0], q, nameof(q));
        using var precision = Precision.Float32();

        var (queries, candidates) = (Rows.Unit(q), Rows.Unit(keys.detach()));                              // [R, D], [M, D]
        var positives = (queries * candidates.index_select(0, own.repeat(copies))).sum(1) / temperature;   // [R]

        return 2 * temperature * (LogSumExp.Over(queries, candidates, temperature) - positives).mean();    // []
    }
}
