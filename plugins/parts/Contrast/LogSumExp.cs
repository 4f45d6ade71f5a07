namespace Parallax.Plugins.Parts;

/// <summary>The denominator of a contrastive loss: log of the sum over keys of exp(q·k / T), with its gradient, in memory linear in rows and keys.</summary>
/// <remarks>
/// <para>Most contrastive losses are this minus a few dot products: with s = q·k+ / T, InfoNCE is log(exp L + exp s) - s, NT-Xent is L - s.</para>
/// <para>Large shapes take one pass of fused attention with the keys as values: it gives L_i and the expected key, and the gradient to q_i is the expected key
/// / T. The gradient to the keys is a second pass, from the keys to the queries with the bias -L_i. float32 also under autocast; gradients of gradients are
/// not supported for large shapes. Small shapes are written out. See docs/losses.md.</para>
/// </remarks>
public static class LogSumExp
{
    /// <summary>Computes it for each row.</summary>
    /// <param name="queries">[N, D] float32, rows of length one.</param>
    /// <param name="keys">[M, D] float32; without rows the result is minus infinity. The same object as the queries for a batch over itself: its matrix is
    /// symmetric, and half of it is computed.</param>
    /// <param name="temperature">Divisor T of the dot products, positive.</param>
    /// <param name="leftOut">Pairs that do not count; pieces do not overlap.</param>
    /// <returns>[N] float32.</returns>
    /// <exception cref="ArgumentException">A tensor is not a matrix or not float32, the lengths of their rows differ, or pieces overlap.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Over(Tensor queries, Tensor keys, double temperature, params IReadOnlyList<Diagonal> leftOut)
    {
        Rows.RequireSameWidth(queries, nameof(queries), keys, nameof(keys));
        Rows.RequireFloat32(queries, nameof(queries));
        Rows.RequireFloat32(keys, nameof(keys));
        Rows.RequireTemperature(temperature);
        Diagonal.RequireApart(leftOut, nameof(leftOut));
        using var precision = Precision.Float32();
        if (keys.shape[0] == 0)
        {
            return full([queries.shape[0]], double.NegativeInfinity, dtype: float32, device: queries.device);
        }

        if (!RowSoftmax.IsLarge(queries.shape[0], keys.shape[0]))
        {
            return RowSoftmax.Logits(queries, keys, temperature, leftOut).logsumexp(1);   // [N]
        }

        var ofBatch = ReferenceEquals(queries, keys) && queries.device_type == DeviceType.CPU && SymmetricLogSumExp.Fits(leftOut)
            ? SymmetricLogSumExp.TryRun(queries, temperature, leftOut)
            : null;

        return ofBatch ?? Function.Run(queries, keys, temperature, leftOut);
    }

    private sealed class Function : CustomFunction<Function>
    {
        public static Tensor Run(Tensor queries, Tensor keys, double temperature, IReadOnlyList<Diagonal> leftOut)
        {
            using var scope = NewDisposeScope();

            return apply(queries, keys, new Settings(temperature, leftOut, keys.requires_grad)).MoveToOuterDisposeScope();
        }

        protected override Tensor Compute(autograd.AutogradContext context, object[] inputs)
        {
            var (queries, keys, settings) = ((Tensor)inputs[0], (Tensor)inputs[1], (Settings)inputs[2]);
            var (logSumExp, expected) = RowSoftmax.Fused(queries, keys, keys, settings.Temperature, settings.LeftOut);   // [N], [N, D]
            context.set_materialize_grads(false);   // TorchSharp keeps a tensor like the result for that, and the scope of Run ends its life
            context.save_data(nameof(Settings), settings);
            context.save_for_backward(settings.DifferentiatesKeys ? [expected, logSumExp, queries, keys] : [expected]);

            return logSumExp;
        }

        protected override IReadOnlyList<Tensor?> Differentiate(autograd.AutogradContext context, Tensor gradient)
        {
            using var precision = Precision.Float32();
            var settings = (Settings)context.get_data(nameof(Settings));
            var saved = context.get_saved_variables();
            var perRow = (gradient / settings.Temperature).unsqueeze(1);   // [N, 1]
            var toQueries = saved[0] * perRow;                             // [N, D]
            var toKeys = settings.DifferentiatesKeys ? ToKeys(saved[1], saved[2], saved[3], perRow, settings) : null;

            return [toQueries, toKeys, null];
        }

        /// <summary>Sum over the rows i of g_i p_ij q_i / T with p_ij = exp(s_ij - L_i): attention from key j to the rows, times its own denominator.</summary>
        private static Tensor ToKeys(Tensor logSumExp, Tensor queries, Tensor keys, Tensor perRow, Settings settings)
        {
            var (own, expected) = RowSoftmax.Fused(
                keys, queries, queries * perRow, settings.Temperature, [.. settings.LeftOut.Select(piece => piece.Transposed)], -logSumExp.unsqueeze(0));

            return expected.mul_(own.exp_().unsqueeze(1));   // [M, D]
        }

        private sealed record Settings(double Temperature, IReadOnlyList<Diagonal> LeftOut, bool DifferentiatesKeys);
    }
}
