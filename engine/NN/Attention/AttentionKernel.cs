namespace Parallax.Torch;

/// <summary>Which attention kernel the linked libtorch has.</summary>
internal static class AttentionKernel
{
    /// <summary>True from libtorch 2.0 on: one operator that chooses among fused kernels. Before, there is a composed one.</summary>
    public static bool IsFused { get; } = new Operator("aten::scaled_dot_product_attention", "").Exists();

    /// <summary>The definition, as the reference for tests and for attention weights.</summary>
    /// <param name="query">[..., L, E].</param>
    /// <param name="key">[..., S, E].</param>
    /// <param name="value">[..., S, V].</param>
    /// <param name="addedMask">Added to the logits, broadcast to [..., L, S]; null adds nothing.</param>
    /// <param name="dropout">Probability of dropping a weight.</param>
    /// <returns>[..., L, V] and the weights [..., L, S] after dropout.</returns>
    public static (torch.Tensor Output, torch.Tensor Weights) Explicit(
        torch.Tensor query, torch.Tensor key, torch.Tensor value, torch.Tensor? addedMask, double dropout)
    {
        using var scope = torch.NewDisposeScope();
        var scaled = query.div(Math.Sqrt(query.size(-1)));
        var logits = scaled.matmul(key.transpose(-2, -1));
        var masked = addedMask is null ? logits : logits.add(addedMask);
        var weights = torch.nn.functional.dropout(masked.softmax(-1), dropout, training: dropout > 0);
        var output = weights.matmul(value);
        output.MoveToOuterDisposeScope();
        weights.MoveToOuterDisposeScope();
        return (output, weights);
    }
}
