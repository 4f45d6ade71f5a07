namespace Parallax.Plugins.Parts;

/// <summary>Logits of queries against positive, queue and synthetic negatives.</summary>
/// <param name="All">[B, 1 + n + s + s'] float32, divided by the temperature: positive, queue, points between negatives, points between query and negative.
/// Large shapes have one logit for the whole queue, n = 1, the log of the sum of its exponentials; small ones, and any with false negatives, n = K.</param>
/// <param name="Hardest">Positions of the N hardest negatives in the queue, [B, N] int64, hardest first.</param>
/// <param name="LargestOfQueue">Largest logit of the queue, [B]; carries no gradient.</param>
/// <param name="Synthetic">The logits of the points alone, [B, s + s']; null when there are none.</param>
/// <remarks>
/// <para>Kalantidis et al., "Hard Negative Mixing for Contrastive Learning", NeurIPS 2020, section 4, https://arxiv.org/abs/2010.01028.</para>
/// <para>The synthetic vectors are constants for the gradient: a query is pushed from h as from any negative. They are never built: with c_i = q·n_i,
/// q·normalise(alpha n_i + (1 - alpha) n_j) = (alpha c_i + (1 - alpha) c_j) / sqrt(alpha² + (1 - alpha)² + 2 alpha (1 - alpha) n_i·n_j), and for the query
/// q·normalise(beta q + (1 - beta) n) = (beta q·sg(q) + (1 - beta) c) / sqrt(beta² + (1 - beta)² + 2 beta (1 - beta) c). The denominators are constants,
/// the numerators are linear in q, so values and gradients equal those of detached vectors; memory is [B, s] instead of [B, s, D]. The queue must have rows of
/// length one.</para>
/// </remarks>
public sealed record MoCHiLogits(Tensor All, Tensor Hardest, Tensor LargestOfQueue, Tensor? Synthetic)
{
    private const long NumbersPerChunk = 1 << 21;
    private const double SmallestSquaredNorm = 1e-6;   // two opposite negatives: keeps the rounding of the identity from being blown up; |q·h| stays at most 1

    /// <summary>Computes all logits.</summary>
    /// <param name="q">Queries, [B, D]; normalised here; the only input that gets a gradient.</param>
    /// <param name="k">Keys, [B, D]; row i shows the same image as row i of <paramref name="q"/>; normalised here.</param>
    /// <param name="queue">Negatives, [K, D], rows of length one.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <param name="hardest">Number of hardest negatives to mix, N, from 1 to K.</param>
    /// <param name="draws">Random decisions.</param>
    /// <param name="falseNegatives">[B, K] bool: negatives that an oracle removes, from the loss, the hardest, and hence from mixing; null keeps all.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static MoCHiLogits Compute(Tensor q, Tensor k, Tensor queue, double temperature, int hardest, MoCHiDraws draws, Tensor? falseNegatives = null)
    {
        Rows.RequireSame(q, nameof(q), k, nameof(k));
        Rows.RequireSameWidth(q, nameof(q), queue, nameof(queue));
        Rows.RequireTemperature(temperature);
        using var precision = Precision.Float32();

        var stored = queue.detach().to(float32);                                   // [K, D]
        var unit = Rows.Unit(q);                                                   // [B, D]
        var scaled = unit / temperature;                                           // [B, D]
        var positives = (scaled * Rows.Unit(k.detach())).sum(1, keepdim: true);    // [B, 1]
        var (negatives, largest, positions, hard) = falseNegatives is null && RowSoftmax.IsLarge(q.shape[0], queue.shape[0])
            ? Streamed(unit, stored, temperature, hardest)
            : WrittenOut(scaled, stored, hardest, falseNegatives);                 // [B, 1] or [B, K], [B], [B, N], [B, N]
        var removed = falseNegatives?.gather(1, positions);                        // [B, N], true only where fewer than N true negatives are left
        var parts = new List<Tensor> { positives, negatives };

        if (draws.Alpha.shape[1] > 0)
        {
            var (first, second) = PairWeights(stored, positions, draws);           // [B, s] each
            var mixed = (hard.gather(1, draws.PickI) * first) + (hard.gather(1, draws.PickJ) * second);
            parts.Add(removed is null
                ? mixed
                : mixed.masked_fill(removed.gather(1, draws.PickI).logical_or(removed.gather(1, draws.PickJ)), double.NegativeInfinity));
        }

        if (draws.Beta.shape[1] > 0)
        {
            var parents = hard.gather(1, draws.PickQuery);                         // [B, s']
            var (own, other) = QueryWeights(parents.detach() * temperature, draws.Beta);   // [B, s'] each
            var self = (scaled * unit.detach()).sum(1, keepdim: true);   // [B, 1], 1 / temperature, with the gradient of a dot product with a constant
            var mixed = (self * own) + (parents * other);
            parts.Add(removed is null ? mixed : mixed.masked_fill(removed.gather(1, draws.PickQuery), double.NegativeInfinity));
        }

        return new(cat(parts, 1), positions, largest, parts.Count == 2 ? null : cat(parts[2..], 1));
    }

    private static (Tensor Negatives, Tensor Largest, Tensor Positions, Tensor Hard) WrittenOut(
        Tensor scaled, Tensor queue, int hardest, Tensor? falseNegatives)
    {
        var similarities = scaled.matmul(queue.t());                               // [B, K]
        var negatives = falseNegatives is null ? similarities : similarities.masked_fill(falseNegatives, double.NegativeInfinity);   // [B, K]
        var positions = HardestOf(negatives, hardest);                             // [B, N]

        return (negatives, negatives.detach().amax([1]), positions, similarities.gather(1, positions));
    }

    private static (Tensor Negatives, Tensor Largest, Tensor Positions, Tensor Hard) Streamed(Tensor unit, Tensor queue, double temperature, int hardest)
    {
        RequireCount(hardest, queue.shape[0]);
        var nearest = NearestKeys.Of((unit / temperature).detach(), queue, hardest);            // [B, N]
        var negatives = LogSumExp.Over(unit, queue, temperature).unsqueeze(1);                  // [B, 1]
        var hard = ChosenLogits.Of(unit, queue, nearest, temperature);                          // [B, N]

        return (negatives, nearest.Similarities.select(1, 0), nearest.Indices, hard);
    }

    /// <summary>Positions of each query's hardest negatives in the queue, most similar first.</summary>
    /// <param name="similarities">Similarity of each query with each negative, [B, K]; any positive scale.</param>
    /// <param name="count">How many, N, from 1 to K.</param>
    /// <returns>[B, N] int64; carries no gradient.</returns>
    /// <exception cref="ArgumentException">The tensor is not [B, K].</exception>
    /// <exception cref="ArgumentOutOfRangeException">N is not in [1, K].</exception>
    public static Tensor HardestOf(Tensor similarities, int count)
    {
        Rows.RequireMatrix(similarities, nameof(similarities));
        RequireCount(count, similarities.shape[1]);

        return similarities.detach().topk(count, 1).indexes;   // [B, N]
    }

    private static void RequireCount(int count, long negatives)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, negatives);
    }

    /// <summary>alpha / |h| and (1 - alpha) / |h|. The pairwise dot products are taken a few queries at a time, so their rows stay in the processor's
    /// cache.</summary>
    private static (Tensor First, Tensor Second) PairWeights(Tensor queue, Tensor hardest, MoCHiDraws draws)
    {
        using var noGradients = no_grad();
        var (queries, pairs) = (draws.Alpha.shape[0], draws.Alpha.shape[1]);
        var step = Math.Max(1, NumbersPerChunk / (pairs * queue.shape[1]));
        var chunks = new List<Tensor>();
        for (long start = 0; start < queries; start += step)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(step, queries - start);
            var own = hardest.narrow(0, start, count);   // [b, N]: a query mixes only its own hardest negatives
            var first = queue.index_select(0, own.gather(1, draws.PickI.narrow(0, start, count)).flatten());        // [b s, D]
            var second = queue.index_select(0, own.gather(1, draws.PickJ.narrow(0, start, count)).flatten());       // [b s, D]
            chunks.Add((first * second).sum(1).view(count, pairs).MoveToOuterDisposeScope());                       // [b, s]
        }

        return Weights(draws.Alpha, cat(chunks, 0));
    }

    private static (Tensor Own, Tensor Other) QueryWeights(Tensor cosines, Tensor beta)
    {
        using var noGradients = no_grad();

        return Weights(beta, cosines);
    }

    private static (Tensor First, Tensor Second) Weights(Tensor share, Tensor cosines)
    {
        var rest = 1 - share;
        var squaredNorm = share.square() + rest.square() + (share * rest * cosines * 2);
        var norm = squaredNorm.clamp_min(SmallestSquaredNorm).sqrt();

        return (share / norm, rest / norm);
    }
}
