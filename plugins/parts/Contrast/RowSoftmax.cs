namespace Parallax.Plugins.Parts;

/// <summary>The softmax of rows over keys, p_ij = exp(q_i·k_j / T) / sum over j, by two of its statistics. Constants for the gradient.</summary>
/// <param name="LogSumExp">L_i = log of the sum over the keys j of exp(q_i·k_j / T), [N] float32; minus infinity for a row without keys.</param>
/// <param name="Expected">Sum over the keys j of p_ij v_j, [N, D] float32; the values v are the keys unless others are given.</param>
/// <remarks>
/// Large shapes go through <see cref="FusedAttention"/>, which needs memory for a few rows only; small ones are written out. docs/losses.md has the derivation.
/// </remarks>
internal readonly record struct RowSoftmax(Tensor LogSumExp, Tensor Expected)
{
    private const long SmallestFusedMatrix = 512 * 512;   // measured: below, the written-out form is as fast
    private const long LargestBlock = 1024;               // rows of a block where keys are left out: its mask is [1024, 1024]

    /// <summary>Whether a matrix of similarities is large enough for the fused way. The one place that chooses.</summary>
    public static bool IsLarge(long rows, long keys) => rows * keys >= SmallestFusedMatrix;

    /// <summary>Computes both statistics.</summary>
    /// <param name="queries">[N, D] float32.</param>
    /// <param name="keys">[M, D] float32, M at least 1.</param>
    /// <param name="temperature">Divisor T of the dot products.</param>
    /// <param name="leftOut">Pairs that do not count.</param>
    public static RowSoftmax Of(Tensor queries, Tensor keys, double temperature, IReadOnlyList<Diagonal> leftOut)
    {
        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        if (IsLarge(queries.shape[0], keys.shape[0]))
        {
            return Fused(queries, keys, keys, temperature, leftOut);
        }

        using var scope = NewDisposeScope();
        var logits = Logits(queries, keys, temperature, leftOut);               // [N, M]
        var logSumExp = logits.logsumexp(1);                                    // [N]
        var expected = logits.softmax(1).matmul(keys);                          // [N, D]

        return new(logSumExp.MoveToOuterDisposeScope(), expected.MoveToOuterDisposeScope());
    }

    /// <summary>The matrix itself, for small shapes; gradients pass.</summary>
    /// <returns>[N, M] float32, minus infinity where a pair is left out.</returns>
    public static Tensor Logits(Tensor queries, Tensor keys, double temperature, IReadOnlyList<Diagonal> leftOut)
    {
        var logits = (queries / temperature).matmul(keys.t());                  // [N, M]
        if (leftOut.Count == 0)
        {
            return logits;
        }

        var mask = zeros_like(logits);                                          // [N, M]
        foreach (var piece in leftOut)
        {
            piece.Fill(mask, 0, 0, float.NegativeInfinity);
        }

        return logits + mask;
    }

    /// <summary>Both statistics by fused attention, for any shape.</summary>
    /// <param name="queries">[N, D] float32.</param>
    /// <param name="keys">[M, D] float32.</param>
    /// <param name="values">What is averaged, [M, D] float32.</param>
    /// <param name="temperature">Divisor T of the dot products.</param>
    /// <param name="leftOut">Pairs that do not count.</param>
    /// <param name="bias">What is added to each key's scaled dot products, [1, M]; null for nothing.</param>
    /// <remarks>
    /// A pair is left out by block: in the square of the matrix that holds a block's piece of the diagonal the pairs are masked, the keys beside it need no
    /// mask, and the parts are joined. Subtracting exp(s_ii / T) from the whole sum instead would cancel at small temperatures.
    /// </remarks>
    public static RowSoftmax Fused(
        Tensor queries, Tensor keys, Tensor values, double temperature, IReadOnlyList<Diagonal> leftOut, Tensor? bias = null)
    {
        if (leftOut.Count == 0)
        {
            var (output, logSumExp) = FusedAttention.Run(queries, keys, values, 1 / temperature, bias);

            return new(logSumExp, output);
        }

        var result = new RowSoftmax(empty([queries.shape[0]], device: queries.device), empty_like(queries));
        using var scope = NewDisposeScope();
        var size = Math.Min(LargestBlock, leftOut.Max(piece => piece.Length));
        var mask = zeros([size, size], device: queries.device);                                                // [size, size]
        mask.diagonal().fill_(double.NegativeInfinity);
        foreach (var (start, count) in Diagonal.Blocks(queries.shape[0], leftOut, LargestBlock))
        {
            using var ofBlock = NewDisposeScope();
            var rows = queries.narrow(0, start, count);
            var squares = leftOut.Where(piece => piece.Row <= start && start < piece.End).Select(piece => start + piece.Offset).Order();
            var joined = Parts(squares, count, keys.shape[0])
                .Select(part => Part(rows, keys, values, temperature, part, bias, mask))
                .Aggregate((RowSoftmax?)null, (one, other) => one?.Joined(other) ?? other);
            result.Write(start, count, joined);
        }

        return result;
    }

    /// <summary>The softmax over the keys of both: L = log(exp L1 + exp L2), expected values in the shares exp(L1 - L) and exp(L2 - L).</summary>
    public RowSoftmax Joined(RowSoftmax other)
    {
        var total = logaddexp(LogSumExp, other.LogSumExp);                                                     // [n]
        var (own, rest) = ((LogSumExp - total).exp().unsqueeze(1), (other.LogSumExp - total).exp().unsqueeze(1));   // [n, 1]

        return new(total, (Expected * own).add_(other.Expected * rest));
    }

    /// <summary>Ranges of keys, in order, that together are all keys once: the squares, whose diagonal is masked, and what lies beside them.</summary>
    private static IEnumerable<(long Start, long Count, bool IsMasked)> Parts(IEnumerable<long> squares, long count, long keys)
    {
        var done = 0L;
        foreach (var square in squares)
        {
            if (square > done)
            {
                yield return (done, square - done, false);
            }

            if (count > 1)   // one row and one key, left out: nothing remains
            {
                yield return (square, count, true);
            }

            done = square + count;
        }

        if (keys > done)
        {
            yield return (done, keys - done, false);
        }
    }

    private static RowSoftmax Part(
        Tensor rows, Tensor keys, Tensor values, double temperature, (long Start, long Count, bool IsMasked) part, Tensor? bias, Tensor mask)
    {
        var own = bias?.narrow(1, part.Start, part.Count);                                                      // [1, m]
        var square = part.IsMasked ? mask.narrow(0, 0, part.Count).narrow(1, 0, part.Count) : null;             // [m, m]
        var added = own is not null && square is not null ? own + square : own ?? square;

        return Fused(rows, keys.narrow(0, part.Start, part.Count), values.narrow(0, part.Start, part.Count), temperature, [], added);
    }

    private void Write(long start, long count, RowSoftmax? block)
    {
        var (logSumExp, expected) = (LogSumExp.narrow(0, start, count), Expected.narrow(0, start, count));
        if (block is { } values)
        {
            logSumExp.copy_(values.LogSumExp);
            expected.copy_(values.Expected);
        }
        else
        {
            logSumExp.fill_(double.NegativeInfinity);
            expected.zero_();
        }
    }
}
