namespace Parallax.Plugins.Parts;

/// <summary>Attention in an ONNX graph: what <see cref="Attention"/> computes, as its definition says.</summary>
public static class OnnxAttention
{
    /// <summary>Queries, keys and values of one layer, head by head.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="projected">[N, L, 3 D]: queries, keys, values.</param>
    /// <param name="heads">Heads H.</param>
    /// <returns>Three of [N, H, L, D/H].</returns>
    public static (OnnxValue Queries, OnnxValue Keys, OnnxValue Values) Split(IOnnxGraph graph, OnnxValue projected, long heads)
    {
        var width = projected.Shape[2] / 3;

        return (Part(0), Part(1), Part(2));

        OnnxValue Part(int place)
        {
            var part = graph.Slice(projected, 2, place * width, (place + 1) * width);                                    // [N, L, D]

            return graph.Transpose(graph.Reshape(part, OnnxValue.Batch, part.Shape[1], heads, width / heads), 0, 2, 1, 3);
        }
    }

    /// <summary>softmax(Q Kᵀ / sqrt(D) + M) V.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="queries">[N, H, L, D].</param>
    /// <param name="keys">[N, H, S, D].</param>
    /// <param name="values">[N, H, S, E].</param>
    /// <param name="mask">What is added to the products, [M, H, L, S] float32 for image n its n mod M; null for nothing.</param>
    /// <returns>[N, H, L, E].</returns>
    public static OnnxValue Attend(IOnnxGraph graph, OnnxValue queries, OnnxValue keys, OnnxValue values, Tensor? mask = null)
    {
        var scaled = graph.Multiply(queries, graph.Number(1 / Math.Sqrt(queries.Shape[3])));
        var products = graph.MatMul(scaled, graph.Transpose(keys, 0, 1, 3, 2));                                          // [N, H, L, S]
        if (mask is not null)
        {
            var shape = products.Shape;
            var grouped = graph.Reshape(products, OnnxValue.Batch, mask.shape[0], shape[1], shape[2], shape[3]);         // [N/M, M, H, L, S]
            products = graph.Reshape(graph.Add(grouped, graph.Constant(mask)), [.. shape]);
        }

        return graph.MatMul(graph.Node("Softmax", [products], products.Shape, new OnnxAttribute("axis") { Integer = -1 }), values);
    }

    /// <summary>The heads of each token side by side.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="attended">[N, H, L, E].</param>
    /// <returns>[N, L, H E].</returns>
    public static OnnxValue Join(IOnnxGraph graph, OnnxValue attended)
    {
        var shape = attended.Shape;

        return graph.Reshape(graph.Transpose(attended, 0, 2, 1, 3), OnnxValue.Batch, shape[2], shape[1] * shape[3]);
    }
}
