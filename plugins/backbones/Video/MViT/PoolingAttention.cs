using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>Attention whose queries, keys and values are pooled, with relative positions. State-dictionary names are torchvision's.</summary>
/// <remarks>Li et al., "MViTv2", CVPR 2022, section 4.1, https://arxiv.org/abs/2112.01526. Pooled queries are added to what is attended, but the class
/// token's.</remarks>
internal sealed class PoolingAttention : Module
{
    private const double TableStd = 0.02;

    private readonly Module<Tensor, Tensor> qkv, project;
    private readonly TokenPooling pool_q, pool_k, pool_v;
    private readonly Parameter rel_pos_h, rel_pos_w, rel_pos_t;
    private readonly long _heads;

    /// <param name="block">Widths, heads and strides.</param>
    /// <param name="epsilon">Of the normalisations.</param>
    public PoolingAttention(MViTBlockShape block, double epsilon)
        : base(nameof(PoolingAttention))
    {
        var width = block.AttentionWidth / block.Heads;
        _heads = block.Heads;
        qkv = Linear(block.Inputs, 3 * block.AttentionWidth);
        project = Sequential(Linear(block.AttentionWidth, block.AttentionWidth));
        pool_q = new TokenPooling(width, block.QueryStride, epsilon);
        pool_k = new TokenPooling(width, block.KeyStride, epsilon);
        pool_v = new TokenPooling(width, block.KeyStride, epsilon);
        var side = RelativeClipPositions.Rows(Pooled(block.Side, block.QueryStride), Pooled(block.Side, block.KeyStride));
        (rel_pos_h, rel_pos_w) = (Table(side, width), Table(side, width));
        rel_pos_t = Table(RelativeClipPositions.Rows(block.Frames, block.Frames), width);
        RegisterComponents();
    }

    /// <summary>Lets pooled queries attend to pooled keys.</summary>
    /// <param name="tokens">[N, 1 + L, inputs], the class token first.</param>
    /// <param name="grid">Positions of the others, L in all.</param>
    /// <returns>[N, 1 + L', width], and the positions that are left.</returns>
    public (Tensor Tokens, ClipGrid Grid) Attend(Tensor tokens, ClipGrid grid)
    {
        using var scope = NewDisposeScope();
        var (n, l) = (tokens.shape[0], tokens.shape[1]);
        var heads = qkv.call(tokens).reshape(n, l, 3, _heads, -1).permute(2, 0, 3, 1, 4).unbind(0);                    // 3 of [N, H, 1 + L, d]
        var (queries, of) = pool_q.Apply(heads[0], grid);                                                              // [N, H, 1 + L', d]
        var (keys, to) = pool_k.Apply(heads[1], grid);                                                                 // [N, H, 1 + S, d]
        var (values, _) = pool_v.Apply(heads[2], grid);                                                                // [N, H, 1 + S, d]
        var attended = Attended(queries, of, keys, to, values);                                                        // [N, H, 1 + L', d]
        var summed = cat([attended.narrow(2, 0, 1), attended.narrow(2, 1, of.Count) + queries.narrow(2, 1, of.Count)], 2);

        return (project.call(summed.transpose(1, 2).flatten(2, 3)).MoveToOuterDisposeScope(), of);                     // [N, 1 + L', width]
    }

    /// <summary>Adds the attention to a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="tokens">[N, 1 + L, inputs], the class token first.</param>
    /// <param name="grid">Positions of the others, L in all.</param>
    /// <returns>[N, 1 + L', width], and the positions that are left.</returns>
    public (OnnxValue Tokens, ClipGrid Grid) Attend(IOnnxGraph graph, OnnxValue tokens, ClipGrid grid)
    {
        using var scope = NewDisposeScope();
        var heads = OnnxAttention.Split(graph, graph.Write(qkv, tokens), _heads);                                      // 3 of [N, H, 1 + L, d]
        var (queries, of) = pool_q.Apply(graph, heads.Queries, grid);                                                  // [N, H, 1 + L', d]
        var (keys, to) = pool_k.Apply(graph, heads.Keys, grid);                                                        // [N, H, 1 + S, d]
        var (values, _) = pool_v.Apply(graph, heads.Values, grid);                                                     // [N, H, 1 + S, d]
        var attended = Attended(graph, queries, of, keys, to, values);                                                 // [N, H, 1 + L', d]
        var end = 1 + of.Count;
        var rest = graph.Add(graph.Slice(attended, 2, 1, end), graph.Slice(queries, 2, 1, end));
        var summed = graph.Concatenate(2, graph.Slice(attended, 2, 0, 1), rest);

        return (graph.Write(project, OnnxAttention.Join(graph, summed)), of);                                          // [N, 1 + L', width]
    }

    private OnnxValue Attended(IOnnxGraph graph, OnnxValue queries, ClipGrid of, OnnxValue keys, ClipGrid to, OnnxValue values)
    {
        var (relative, places) = RelativeClipPositions.Columns(graph, queries, of, to, rel_pos_t, rel_pos_h, rel_pos_w);
        var (width, all) = (queries.Shape[3], queries.Shape[3] + places.shape[1]);
        var wide = graph.Concatenate(3, graph.Multiply(queries, graph.Number(Math.Sqrt((double)all / width))),
            graph.Multiply(relative, graph.Number(Math.Sqrt(all))));                                                   // [N, H, 1 + L', d + p]
        var ofKeys = graph.Repeat(graph.Constant(places.expand(1, _heads, -1, -1)), keys);                             // [N, H, 1 + S, p]

        return OnnxAttention.Attend(graph, wide, graph.Concatenate(3, keys, ofKeys), values);
    }

    private Tensor Attended(Tensor queries, ClipGrid of, Tensor keys, ClipGrid to, Tensor values)
    {
        var (relative, places) = RelativeClipPositions.Columns(queries, of, to, rel_pos_t, rel_pos_h, rel_pos_w);      // [N, H, 1 + L', p], [1 + S, p]
        var (width, all) = (queries.shape[3], queries.shape[3] + places.shape[1]);
        var wide = cat([queries * Math.Sqrt((double)all / width), relative.to(queries.dtype) * Math.Sqrt(all)], -1);   // what Attention divides by sqrt(d + p)
        var placed = cat([keys, places.to(keys.dtype).expand(keys.shape[0], keys.shape[1], -1, -1)], -1);              // [N, H, 1 + S, d + p]

        return Attention.Attend(wide, placed, values);
    }

    /// <summary>Positions along an axis behind a pooling.</summary>
    internal static long Pooled(long positions, long stride) => (positions + stride - 1) / stride;

    private static Parameter Table(long rows, long width)
    {
        var table = new Parameter(empty([rows, width]));
        TruncatedNormal.Fill(table, TableStd);

        return table;
    }
}
