namespace Parallax.Plugins.Parts;

/// <summary>The synthetic negatives of MoCHi as vectors.</summary>
/// <remarks>
/// <para>Kalantidis et al., "Hard Negative Mixing for Contrastive Learning", NeurIPS 2020, section 4, https://arxiv.org/abs/2010.01028.</para>
/// <para>For analysis and small problems: [B, s, D] is 134 MB for 256 queries, 1024 points and 128 dimensions. Training uses <see cref="MoCHiLogits"/>, which
/// needs only their dot products with the query and never builds them.</para>
/// </remarks>
public static class MoCHiMixing
{
    /// <summary>Positions of each query's hardest negatives in the queue, most similar first.</summary>
    /// <param name="similarities">Similarity of each query with each negative, [B, K]; any positive scale.</param>
    /// <param name="count">How many, N, from 1 to K.</param>
    /// <returns>[B, N] int64; carries no gradient.</returns>
    /// <exception cref="ArgumentException">The tensor is not [B, K].</exception>
    /// <exception cref="ArgumentOutOfRangeException">N is not in [1, K].</exception>
    public static Tensor Hardest(Tensor similarities, int count)
    {
        Rows.RequireMatrix(similarities, nameof(similarities));
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, similarities.shape[1]);

        return similarities.detach().topk(count, 1).indexes;   // [B, N]
    }

    /// <summary>Points between two hard negatives: normalise(alpha n_i + (1 - alpha) n_j).</summary>
    /// <param name="queue">Negatives, [K, D].</param>
    /// <param name="hardest">Result of <see cref="Hardest"/>, [B, N].</param>
    /// <param name="draws">Picks and weights of the pairs, [B, s].</param>
    /// <returns>[B, s, D] float32, rows of length one; carries no gradient.</returns>
    public static Tensor BetweenNegatives(Tensor queue, Tensor hardest, MoCHiDraws draws)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var alpha = draws.Alpha.unsqueeze(2);   // [B, s, 1]
        var mixed = (alpha * Picked(queue, hardest, draws.PickI)) + ((1 - alpha) * Picked(queue, hardest, draws.PickJ));   // [B, s, D]

        return F.normalize(mixed, dim: 2).MoveToOuterDisposeScope();
    }

    /// <summary>Points between query and hard negative: normalise(beta q + (1 - beta) n).</summary>
    /// <param name="q">Queries, [B, D]; normalised here.</param>
    /// <param name="queue">Negatives, [K, D].</param>
    /// <param name="hardest">Result of <see cref="Hardest"/>, [B, N].</param>
    /// <param name="draws">Picks and weights, [B, s'].</param>
    /// <returns>[B, s', D] float32, rows of length one; carries no gradient, so the query is not pulled through its own share.</returns>
    public static Tensor WithQuery(Tensor q, Tensor queue, Tensor hardest, MoCHiDraws draws)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var beta = draws.Beta.unsqueeze(2);             // [B, s', 1]
        var query = Rows.Unit(q.detach()).unsqueeze(1);   // [B, 1, D]
        var mixed = (beta * query) + ((1 - beta) * Picked(queue, hardest, draws.PickQuery));   // [B, s', D]

        return F.normalize(mixed, dim: 2).MoveToOuterDisposeScope();
    }

    /// <summary>Rows of the queue: entry [b, t] is the negative at position picks[b, t] of query b's own list.</summary>
    private static Tensor Picked(Tensor queue, Tensor hardest, Tensor picks)
    {
        var positions = hardest.gather(1, picks);   // [B, s]

        return queue.to(float32).index_select(0, positions.flatten()).view(positions.shape[0], positions.shape[1], queue.shape[1]);   // [B, s, D]
    }
}
