namespace Parallax.Torch;

/// <summary>libtorch's fused attention with its row sums: softmax(scale q kᵀ + bias) v, and the logarithm of each softmax's denominator.</summary>
/// <remarks>
/// No [N, M] matrix is made. <c>scaled_dot_product_attention</c> runs the same kernels but keeps the denominators to itself. Nothing is recorded for autograd.
/// The CPU takes <c>_scaled_dot_product_flash_attention_for_cpu</c>, CUDA <c>_scaled_dot_product_efficient_attention</c>; the latter was never run.
/// </remarks>
public static class FusedAttention
{
    private const long BiasAlignment = 8;

    /// <summary>Attends from each query to all keys.</summary>
    /// <param name="queries">[N, D] float32, N at least 1.</param>
    /// <param name="keys">[M, D] float32, M at least 1.</param>
    /// <param name="values">[M, D] float32.</param>
    /// <param name="scale">Factor of the dot products.</param>
    /// <param name="bias">What is added to the scaled dot products, [N, M] or [1, M] float32; null for nothing.</param>
    /// <returns>Expected value of each query, [N, D], and log-sum-exp of its row, [N], both float32.</returns>
    public static (Tensor Output, Tensor LogSumExp) Run(Tensor queries, Tensor keys, Tensor values, double scale, Tensor? bias = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (q, k, v) = (AsHead(queries), AsHead(keys), AsHead(values));
        var isCuda = queries.device_type == DeviceType.CUDA;
        var numbers = bias is not null && isCuda ? Aligned(bias) : bias;
        var added = numbers?.expand(queries.shape[0], keys.shape[0]).unsqueeze(0).unsqueeze(0);   // [1, 1, N, M], a view
        var results = isCuda ? OnCuda(q, k, v, scale, added) : OnCpu(q, k, v, scale, added);

        return (results[0].reshape(queries.shape).MoveToOuterDisposeScope(),
            results[1].flatten().narrow(0, 0, queries.shape[0]).MoveToOuterDisposeScope());   // CUDA pads the rows to a multiple of 32
    }

    /// <summary>A bias in memory of its own in which each row begins at a multiple of 8 numbers: CUDA's kernel takes no other.</summary>
    /// <param name="bias">[N, M] or [1, M].</param>
    /// <returns>The same numbers and shape.</returns>
    internal static Tensor Aligned(Tensor bias)
    {
        var (rows, keys) = (bias.shape[0], bias.shape[1]);

        return zeros([rows, (keys + BiasAlignment - 1) / BiasAlignment * BiasAlignment], bias.dtype, bias.device).narrow(1, 0, keys).copy_(bias);
    }

    private static Tensor AsHead(Tensor rows) => rows.contiguous().unsqueeze(0).unsqueeze(0);   // [1, 1, rows, D]

    private static Tensor[] OnCpu(Tensor q, Tensor k, Tensor v, double scale, Tensor? bias)
    {
        var call = new OperatorCall("aten::_scaled_dot_product_flash_attention_for_cpu").Add(q).Add(k).Add(v).Add(0.0).Add(false);

        return (bias is null ? call.AddNone() : call.AddSome(bias)).AddSome(scale).RunForTensors(2);
    }

    private static Tensor[] OnCuda(Tensor q, Tensor k, Tensor v, double scale, Tensor? bias)
    {
        var call = new OperatorCall("aten::_scaled_dot_product_efficient_attention").Add(q).Add(k).Add(v);

        return (bias is null ? call.AddNone() : call.AddSome(bias)).Add(true).Add(0.0).Add(false).AddSome(scale).RunForTensors(4);
    }
}
