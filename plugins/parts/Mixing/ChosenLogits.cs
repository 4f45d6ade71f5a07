namespace Parallax.Plugins.Parts;

/// <summary>Logits of each query with keys of its own choice, s_it = q_i·k_(index it) / T, with a gradient to the queries: sum over t of g_it k_(index it) / T.
/// Neither direction makes a vector per pair.</summary>
internal sealed class ChosenLogits : CustomFunction<ChosenLogits>
{
    /// <summary>Gives the logits that were found a gradient.</summary>
    /// <param name="queries">[B, D] float32.</param>
    /// <param name="keys">[K, D] float32, without gradient; unchanged until backward.</param>
    /// <param name="chosen">The keys of each query, and their logits, [B, N].</param>
    /// <param name="temperature">Divisor T that the logits have.</param>
    /// <returns>[B, N] float32.</returns>
    public static Tensor Of(Tensor queries, Tensor keys, NearestKeys chosen, double temperature)
    {
        using var scope = NewDisposeScope();

        return apply(queries, keys, chosen.Similarities, chosen.Indices, temperature).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override Tensor Compute(autograd.AutogradContext context, object[] inputs)
    {
        context.set_materialize_grads(false);   // TorchSharp keeps a tensor like the result for that, and the scope of Of ends its life
        context.save_data(nameof(Double), inputs[4]);
        context.save_for_backward([(Tensor)inputs[1], (Tensor)inputs[3]]);

        return ((Tensor)inputs[2]).clone();
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor?> Differentiate(autograd.AutogradContext context, Tensor gradient)
    {
        var saved = context.get_saved_variables();
        var toQueries = NearestKeys.Weighted(saved[0], saved[1], gradient / (double)context.get_data(nameof(Double)));   // [B, D]

        return [toQueries, null, null, null, null];
    }
}
