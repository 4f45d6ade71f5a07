namespace Parallax.Plugins.Backbones;

/// <summary>Pools tokens of heads by a depth-wise convolution over their grid, all heads with the same weights, and normalises them; the class token is only
/// normalised. State-dictionary names are torchvision's: <c>pool</c>, <c>norm_act.0</c>.</summary>
/// <remarks>Fan et al., "Multiscale Vision Transformers", ICCV 2021, section 3.1, https://arxiv.org/abs/2104.11227.</remarks>
internal sealed class TokenPooling : Module
{
    private const long Kernel = 3;

    private readonly Module<Tensor, Tensor> pool, norm_act;

    /// <param name="width">Width d of a head.</param>
    /// <param name="stride">Step along the sides; all frames stay.</param>
    /// <param name="epsilon">Of the normalisation.</param>
    public TokenPooling(long width, long stride, double epsilon)
        : base(nameof(TokenPooling))
    {
        pool = Conv3d(width, width, (Kernel, Kernel, Kernel), stride: (1, stride, stride), padding: (1, 1, 1), groups: width, bias: false);
        norm_act = Sequential(LayerNorm(width, eps: epsilon));
        RegisterComponents();
    }

    /// <summary>Pools tokens.</summary>
    /// <param name="tokens">[N, H, 1 + L, d], the class token first.</param>
    /// <param name="grid">Positions of the others, L in all.</param>
    /// <returns>[N, H, 1 + L', d], and the positions that are left.</returns>
    public (Tensor Tokens, ClipGrid Grid) Apply(Tensor tokens, ClipGrid grid)
    {
        using var scope = NewDisposeScope();
        var (pooled, left) = OverGrid(tokens, grid, pool.call);   // [N, H, 1 + L', d]

        return (norm_act.call(pooled).MoveToOuterDisposeScope(), left);
    }

    /// <summary>Changes the map of all tokens but the class token's.</summary>
    /// <param name="tokens">[N, H, 1 + L, d].</param>
    /// <param name="grid">Positions, L in all.</param>
    /// <param name="change">From [N H, d, t, h, w] to [N H, d, t', h', w'].</param>
    /// <returns>[N, H, 1 + L', d], and the positions that are left.</returns>
    public static (Tensor Tokens, ClipGrid Grid) OverGrid(Tensor tokens, ClipGrid grid, Func<Tensor, Tensor> change)
    {
        using var scope = NewDisposeScope();
        var (n, heads, width) = (tokens.shape[0], tokens.shape[1], tokens.shape[3]);
        var map = tokens.narrow(2, 1, grid.Count).transpose(2, 3).reshape(n * heads, width, grid.Frames, grid.Height, grid.Width);   // [N H, d, t, h, w]
        var changed = change(map);                                                                                                  // [N H, d, t', h', w']
        var left = new ClipGrid(changed.shape[2], changed.shape[3], changed.shape[4]);
        var pooled = changed.reshape(n, heads, width, left.Count).transpose(2, 3);                                                  // [N, H, L', d]

        return (cat([tokens.narrow(2, 0, 1), pooled], 2).MoveToOuterDisposeScope(), left);
    }

    /// <summary>Adds the pooling to a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="tokens">[N, H, 1 + L, d], the class token first.</param>
    /// <param name="grid">Positions of the others, L in all.</param>
    /// <returns>[N, H, 1 + L', d], and the positions that are left.</returns>
    public (OnnxValue Tokens, ClipGrid Grid) Apply(IOnnxGraph graph, OnnxValue tokens, ClipGrid grid)
    {
        var (pooled, left) = OverGrid(graph, tokens, grid, map => graph.Write(pool, map));

        return (graph.Write(norm_act, pooled), left);
    }

    /// <summary>Adds a change of the map of all tokens but the class token's to a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="tokens">[N, H, 1 + L, d].</param>
    /// <param name="grid">Positions, L in all.</param>
    /// <param name="change">From [N H, d, t, h, w] to [N H, d, t', h', w'].</param>
    /// <returns>[N, H, 1 + L', d], and the positions that are left.</returns>
    public static (OnnxValue Tokens, ClipGrid Grid) OverGrid(IOnnxGraph graph, OnnxValue tokens, ClipGrid grid, Func<OnnxValue, OnnxValue> change)
    {
        var (heads, width) = (tokens.Shape[1], tokens.Shape[3]);
        var rows = graph.Transpose(graph.Slice(tokens, 2, 1, 1 + grid.Count), 0, 1, 3, 2);                                            // [N, H, d, L]
        var changed = change(graph.Reshape(rows, OnnxValue.Batch, width, grid.Frames, grid.Height, grid.Width));                      // [N H, d, t', h', w']
        var left = new ClipGrid(changed.Shape[2], changed.Shape[3], changed.Shape[4]);
        var pooled = graph.Transpose(graph.Reshape(changed, OnnxValue.Batch, heads, width, left.Count), 0, 1, 3, 2);                  // [N, H, L', d]

        return (graph.Concatenate(2, graph.Slice(tokens, 2, 0, 1), pooled), left);
    }
}
