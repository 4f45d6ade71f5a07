namespace Parallax.Plugins.Backbones;

/// <summary>Learned vectors for the displacements between queries and keys along time, rows and columns, added up: decomposed relative positions.</summary>
/// <remarks>
/// Li et al., "MViTv2", CVPR 2022, equation (5), https://arxiv.org/abs/2112.01526: q · (R_h + R_w + R_t) is added to the scaled products.
/// It has at most frames + rows + columns values for a query. So they become more columns of the queries, against keys that hold a one for their frame, their
/// row and their column: the sum over all columns is the same, and the fused kernel of attention takes it, which no mask with gradients does.
/// </remarks>
internal static class RelativeClipPositions
{
    /// <summary>Rows of a table.</summary>
    /// <param name="queries">Queries along an axis.</param>
    /// <param name="keys">Keys along the axis.</param>
    public static long Rows(long queries, long keys) => (2 * Math.Max(queries, keys)) - 1;

    /// <summary>A table for another number of displacements, by linear interpolation, as in torchvision.</summary>
    /// <param name="table">[R, d].</param>
    /// <param name="rows">Rows R' wanted.</param>
    /// <returns>[R', d]; gradients reach the table.</returns>
    public static Tensor Resize(Tensor table, long rows) => table.shape[0] == rows ? table
        : F.interpolate(table.transpose(0, 1).unsqueeze(0), size: [rows], mode: InterpolationMode.Linear, align_corners: false).squeeze(0).transpose(0, 1);

    /// <summary>The row of a table for a query and a key; the axis with fewer positions counts in steps of the other's.</summary>
    /// <param name="queries">Queries along an axis.</param>
    /// <param name="keys">Keys along the axis.</param>
    /// <returns>Row by row of queries, queries * keys numbers.</returns>
    public static long[] Displacements(long queries, long keys)
    {
        var (queryStep, keyStep) = (Math.Max((float)keys / queries, 1), Math.Max((float)queries / keys, 1));
        var rows = new long[queries * keys];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = (long)((i / keys * queryStep) - (((i % keys) + 1 - keys) * keyStep));
        }

        return rows;
    }

    /// <summary>The columns that queries and keys get.</summary>
    /// <param name="queries">[N, H, 1 + L, d], the class token first, which has no position.</param>
    /// <param name="of">Positions of the queries.</param>
    /// <param name="to">Positions of the keys.</param>
    /// <param name="time">Table of displacements in time, [R, d].</param>
    /// <param name="rows">The same for rows.</param>
    /// <param name="columns">The same for columns.</param>
    /// <returns>[N, H, 1 + L, t + h + w] and [1 + S, t + h + w].</returns>
    public static (Tensor Queries, Tensor Keys) Columns(Tensor queries, ClipGrid of, ClipGrid to, Tensor time, Tensor rows, Tensor columns)
    {
        using var scope = NewDisposeScope();
        var (n, heads, width) = (queries.shape[0], queries.shape[1], queries.shape[3]);
        var grid = queries.narrow(2, 1, of.Count).reshape(n, heads, of.Frames, of.Height, of.Width, width);                      // [N, H, t, h, w, d]
        Tensor[] products =
        [
            einsum("nathwd,tkd->nathwk", grid, Vectors(time, of.Frames, to.Frames)),
            einsum("nathwd,hkd->nathwk", grid, Vectors(rows, of.Height, to.Height)),
            einsum("nathwd,wkd->nathwk", grid, Vectors(columns, of.Width, to.Width)),
        ];
        var ofQueries = F.pad(cat(products, -1).flatten(2, 4), [0, 0, 1, 0]);                                                    // [N, H, 1 + L, t' + h' + w']

        return (ofQueries.MoveToOuterDisposeScope(), F.pad(Places(to, queries), [0, 0, 1, 0]).MoveToOuterDisposeScope());
    }

    /// <summary>The same in a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="queries">[N, H, 1 + L, d], the class token first, which has no position.</param>
    /// <param name="of">Positions of the queries.</param>
    /// <param name="to">Positions of the keys.</param>
    /// <param name="time">Table of displacements in time, [R, d].</param>
    /// <param name="rows">The same for rows.</param>
    /// <param name="columns">The same for columns.</param>
    /// <returns>[N, H, 1 + L, t + h + w] and [1 + S, t + h + w].</returns>
    public static (OnnxValue Queries, Tensor Keys) Columns(
        IOnnxGraph graph, OnnxValue queries, ClipGrid of, ClipGrid to, Tensor time, Tensor rows, Tensor columns)
    {
        using var scope = NewDisposeScope();
        var (heads, width) = (queries.Shape[1], queries.Shape[3]);
        var grid = graph.Reshape(graph.Slice(queries, 2, 1, 1 + of.Count), OnnxValue.Batch, heads, of.Frames, of.Height, of.Width, width);
        OnnxValue[] products =
        [
            Product("nathwd,tkd->nathwk", Vectors(time, of.Frames, to.Frames)),
            Product("nathwd,hkd->nathwk", Vectors(rows, of.Height, to.Height)),
            Product("nathwd,wkd->nathwk", Vectors(columns, of.Width, to.Width)),
        ];
        var sum = to.Frames + to.Height + to.Width;
        var ofQueries = graph.Reshape(graph.Concatenate(5, products), OnnxValue.Batch, heads, of.Count, sum);
        var ofToken = graph.Repeat(graph.Constant(zeros([1, heads, 1, sum])), queries);                                          // [N, H, 1, t' + h' + w']

        return (graph.Concatenate(2, ofToken, ofQueries), F.pad(Places(to, time), [0, 0, 1, 0]).MoveToOuterDisposeScope());

        OnnxValue Product(string equation, Tensor vectors) => graph.Node(
            "Einsum", [grid, graph.Constant(vectors)], [.. grid.Shape.SkipLast(1), vectors.shape[1]], new OnnxAttribute("equation") { Text = equation });
    }

    private static Tensor Vectors(Tensor table, long queries, long keys)
    {
        var rows = tensor(Displacements(queries, keys)).to(table.device);                                                        // [q k]

        return Resize(table, Rows(queries, keys)).index_select(0, rows).reshape(queries, keys, table.shape[1]);                  // [q, k, d]
    }

    // A one for the frame, the row and the column of each key.
    private static Tensor Places(ClipGrid grid, Tensor like)
    {
        var (t, h, w) = (grid.Frames, grid.Height, grid.Width);
        Tensor One(long count) => eye(count, dtype: like.dtype, device: like.device);

        return cat(
        [
            One(t).view(t, 1, 1, t).expand(t, h, w, t), One(h).view(1, h, 1, h).expand(t, h, w, h), One(w).view(1, 1, w, w).expand(t, h, w, w),
        ], -1).flatten(0, 2);                                                                                                    // [S, t + h + w]
    }
}
