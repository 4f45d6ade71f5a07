namespace Parallax.Plugins.Parts;

/// <summary>Attention with an added bias that is learned: the fused kernel forward, and backward the definition for a few images at a time.</summary>
/// <remarks>
/// libtorch's kernel gives no gradient of the bias. With P = softmax(S), S = Q Kᵀ / sqrt(D) + B and O = P V it is dS = P ∘ (dP - rowsum(P ∘ dP)), dP = dO Vᵀ,
/// summed over what shares a bias; the other gradients follow from the same dS. Only the matrices of a few images exist at once.
/// </remarks>
internal sealed class BiasedAttention : CustomFunction<BiasedAttention>
{
    private const long MostElements = 1 << 22;   // of the matrices [n, H, L, S] at once: 16 MB each

    /// <inheritdoc/>
    protected override Tensor Compute(autograd.AutogradContext context, object[] inputs)
    {
        var (queries, keys, values, bias) = ((Tensor)inputs[0], (Tensor)inputs[1], (Tensor)inputs[2], (Tensor)inputs[3]);
        context.save_for_backward([queries, keys, values, bias]);

        return F.scaled_dot_product_attention(queries, keys, values, bias.detach());
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor?> Differentiate(autograd.AutogradContext context, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var saved = context.get_saved_variables();
        var gradients = saved.Select(input => zeros(input.shape, ScalarType.Float32, input.device)).ToList();
        var (images, matrix) = (saved[0].shape[0], saved[0].shape[1] * saved[0].shape[2] * saved[1].shape[2]);
        var most = Math.Max(1, MostElements / matrix);
        for (var first = 0L; first < images; first += most)
        {
            var count = Math.Min(most, images - first);
            AddGradients([.. saved.Select(input => Part(input, first, count).to(ScalarType.Float32))], gradient.narrow(0, first, count).to(ScalarType.Float32),
                [.. gradients.Select(sum => Part(sum, first, count))]);
        }

        return [.. gradients.Select((sum, i) => sum.to(saved[i].dtype).MoveToOuterDisposeScope())];
    }

    private static Tensor Part(Tensor tensor, long first, long count) => tensor.shape[0] == 1 ? tensor : tensor.narrow(0, first, count);

    /// <param name="inputs">Queries [n, H, L, D], keys [n, H, S, D], values [n, H, S, D], bias [1 or n, 1 or H, 1 or L, S].</param>
    /// <param name="gradient">[n, H, L, D].</param>
    /// <param name="sums">Take the gradients of the inputs, each in its shape.</param>
    private static void AddGradients(Tensor[] inputs, Tensor gradient, Tensor[] sums)
    {
        using var scope = NewDisposeScope();
        var (queries, keys, values, bias) = (inputs[0], inputs[1], inputs[2], inputs[3]);
        var scale = 1 / Math.Sqrt(queries.shape[^1]);
        var probabilities = ((queries * scale).matmul(keys.transpose(-2, -1)) + bias).softmax(-1);   // [n, H, L, S]
        sums[2].add_(probabilities.transpose(-2, -1).matmul(gradient));
        var products = gradient.matmul(values.transpose(-2, -1)).mul_(probabilities);
        var scores = products.sub_(probabilities.mul_(products.sum(-1, keepdim: true)));   // dS, [n, H, L, S]
        sums[0].add_(scores.matmul(keys).mul_(scale));
        sums[1].add_(scores.transpose(-2, -1).matmul(queries).mul_(scale));
        long[] shared = [.. Enumerable.Range(0, 3).Where(i => sums[3].shape[i] == 1).Select(i => (long)i)];
        sums[3].add_(shared.Length == 0 ? scores : scores.sum(shared, keepdim: true));
    }
}
