namespace Parallax.Plugins.Parts;

/// <summary>Attention by its definition for a few images at a time, forward and backward: what libtorch's fused kernel has not, or has slower.</summary>
/// <remarks>
/// With S = Q Kᵀ / sqrt(D) + M, P = softmax(S) and O = P V it is dS = P ∘ (dO Vᵀ - r), r = rowsum(dO ∘ O); r travels in two more columns of dO against ones
/// beside V, so that it is subtracted before anything is rounded to bfloat16. S and P are computed again backward: only those of a few images exist at once.
/// </remarks>
internal sealed class BlockedAttention : CustomFunction<BlockedAttention>
{
    private const long MostElements = 1 << 20;   // of the matrices [n, H, L, S] at once; a matrix of one image may be larger

    /// <summary>See <see cref="Attention.Attend"/>; one width of all heads.</summary>
    /// <param name="queries">[N, H, L, D].</param>
    /// <param name="keys">[N, H, S, D].</param>
    /// <param name="values">[N, H, S, D].</param>
    /// <param name="mask">[1 or N, 1 or H, 1 or L, S]; null without one.</param>
    /// <returns>[N, H, L, D].</returns>
    public static Tensor Attend(Tensor queries, Tensor keys, Tensor values, Tensor? mask) => is_grad_enabled()
        ? apply(queries, keys, values, mask ?? (object)false)
        : Compute(queries, keys, values, mask);

    /// <inheritdoc/>
    protected override Tensor Compute(autograd.AutogradContext context, object[] inputs)
    {
        var (queries, keys, values, mask) = ((Tensor)inputs[0], (Tensor)inputs[1], (Tensor)inputs[2], inputs[3] as Tensor);
        var output = Compute(queries, keys, values, mask);
        context.save_for_backward([queries, keys, values, output.alias(), .. mask is null ? Array.Empty<Tensor>() : [mask]]);

        return output;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor?> Differentiate(autograd.AutogradContext context, Tensor gradient)
    {
        var saved = context.get_saved_variables();
        var (queries, keys, values, mask) = (saved[0], saved[1], saved[2], saved.Count > 4 ? saved[4] : null);
        var withRest = WithRest(gradient, saved[3]);   // [N, H, L, D + 2]
        var withOnes = cat([values, ones([.. values.shape[..^1], 2], values.dtype, values.device)], -1);   // [N, H, S, D + 2]
        var scaled = Scaled(queries);
        Tensor[] sums = [empty_like(queries), empty_like(keys), empty_like(values)];
        var ofMask = mask is { requires_grad: true } ? zeros(mask.shape, ScalarType.Float32, mask.device) : null;
        foreach (var (first, count) in Blocks(queries, keys))
        {
            using var block = NewDisposeScope();
            Tensor Part(Tensor tensor) => Block(tensor, first, count);
            var probabilities = Probabilities(Part(scaled), Part(keys), mask is null ? null : Part(mask));   // [n, H, L, S]
            Part(sums[2]).copy_(probabilities.transpose(-2, -1).matmul(Part(gradient)));
            var scores = Part(withRest).matmul(Part(withOnes).transpose(-2, -1)).mul_(probabilities);   // dS, [n, H, L, S]
            Part(sums[0]).copy_(scores.matmul(Part(keys)));
            Part(sums[1]).copy_(scores.transpose(-2, -1).matmul(Part(scaled)));
            if (ofMask is not null)
            {
                Part(ofMask).add_(SumTo(ofMask.shape, scores));
            }
        }

        sums[0].mul_(Scale(queries));

        return [.. sums, ofMask?.to(mask!.dtype)];
    }

    /// <summary>The same for all images at once: faster where their matrices are small, and differentiated by libtorch.</summary>
    public static Tensor AttendAtOnce(Tensor queries, Tensor keys, Tensor values, Tensor? mask)
    {
        using var exact = Autocast.Disabled();

        return Probabilities(Scaled(queries), keys, mask).matmul(values);
    }

    private static Tensor Compute(Tensor queries, Tensor keys, Tensor values, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        using var exact = Autocast.Disabled();
        var (n, h, l, d) = (queries.shape[0], queries.shape[1], queries.shape[2], queries.shape[3]);
        var output = empty([n, l, h, d], queries.dtype, queries.device).transpose(1, 2);   // in memory the heads of a token lie side by side
        var scaled = Scaled(queries);
        foreach (var (first, count) in Blocks(queries, keys))
        {
            using var block = NewDisposeScope();
            var probabilities = Probabilities(Block(scaled, first, count), Block(keys, first, count), mask is null ? null : Block(mask, first, count));
            Block(output, first, count).copy_(probabilities.matmul(Block(values, first, count)));
        }

        return output.MoveToOuterDisposeScope();
    }

    private static Tensor Probabilities(Tensor scaled, Tensor keys, Tensor? mask)
    {
        var scores = scaled.matmul(keys.transpose(-2, -1));   // [n, H, L, S]
        if (mask is null)
        {
            return scores.softmax(-1);
        }

        if (mask.dtype != ScalarType.Bool)
        {
            return (scores + mask).softmax(-1).to(scaled.dtype);
        }

        // A low number instead of minus infinity, and zeros at the end: a query without keys gets zeros.
        var left = mask.logical_not();

        return scores.masked_fill_(left, -1e30).softmax(-1).masked_fill(left, 0);
    }

    // dO, and -r as a sum of two numbers of its type.
    private static Tensor WithRest(Tensor gradient, Tensor output)
    {
        var rest = -(gradient.to(ScalarType.Float32) * output.to(ScalarType.Float32)).sum([-1], keepdim: true);   // [N, H, L, 1]
        var rounded = rest.to(gradient.dtype);

        return cat([gradient, rounded, (rest - rounded.to(ScalarType.Float32)).to(gradient.dtype)], -1);
    }

    private static Tensor SumTo(long[] shape, Tensor scores)
    {
        long[] shared = [.. Enumerable.Range(0, 3).Where(i => shape[i] == 1).Select(i => (long)i)];

        return shared.Length == 0 ? scores : scores.sum(shared, keepdim: true, type: ScalarType.Float32);
    }

    private static double Scale(Tensor queries) => 1 / Math.Sqrt(queries.shape[^1]);

    private static Tensor Scaled(Tensor queries) => queries * Scale(queries);

    private static Tensor Block(Tensor tensor, long first, long count) => tensor.shape[0] == 1 ? tensor : tensor.narrow(0, first, count);

    private static IEnumerable<(long First, long Count)> Blocks(Tensor queries, Tensor keys)
    {
        var (images, most) = (queries.shape[0], Math.Max(1, MostElements / (queries.shape[1] * queries.shape[2] * keys.shape[2])));
        for (var first = 0L; first < images; first += most)
        {
            yield return (first, Math.Min(most, images - first));
        }
    }
}
