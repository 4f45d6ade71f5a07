using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>A block of a multiscale vision transformer: pooling attention, then an MLP, each behind a layer normalisation and beside a shortcut.
/// State-dictionary names are torchvision's.</summary>
/// <remarks>Li et al., "MViTv2", CVPR 2022, https://arxiv.org/abs/2112.01526. The shortcut is pooled where queries are, and a linear layer on the normalised
/// input where the width changes.</remarks>
internal sealed class MViTBlock : Module
{
    private const long Expansion = 4;

    private readonly Module<Tensor, Tensor> norm1, norm2, mlp;
    private readonly PoolingAttention attn;
    private readonly Module<Tensor, Tensor>? project;
    private readonly MViTBlockShape _shape;
    private readonly double _dropPath;

    /// <param name="shape">Widths, heads and strides.</param>
    /// <param name="dropPath">Probability that a clip skips a branch in training, a fraction in [0, 1). Passes without gradients skip none.</param>
    public MViTBlock(MViTBlockShape shape, double dropPath)
        : base(nameof(MViTBlock))
    {
        const double epsilon = TransformerBlock.NormEpsilon;
        (_shape, _dropPath) = (shape, dropPath);
        norm1 = LayerNorm(shape.Inputs, eps: epsilon);
        attn = new PoolingAttention(shape, epsilon);
        norm2 = LayerNorm(shape.AttentionWidth, eps: epsilon);
        var hidden = Expansion * shape.AttentionWidth;
        mlp = Sequential(("0", Linear(shape.AttentionWidth, hidden)), ("1", GELU()), ("3", Linear(hidden, shape.Outputs)));   // torchvision: dropout at 2
        project = shape.Inputs == shape.Outputs ? null : Linear(shape.Inputs, shape.Outputs);
        RegisterComponents();
    }

    /// <summary>Changes a sequence of tokens.</summary>
    /// <param name="tokens">[N, 1 + L, inputs], the class token first.</param>
    /// <param name="grid">Positions of the others, L in all.</param>
    /// <returns>[N, 1 + L', outputs], and the positions that are left.</returns>
    public (Tensor Tokens, ClipGrid Grid) Change(Tensor tokens, ClipGrid grid)
    {
        using var scope = NewDisposeScope();
        var first = norm1.call(tokens);
        var (attended, left) = attn.Attend(first, grid);                                                  // [N, 1 + L', attention]
        var shortcut = _shape.WidensInAttention ? project!.call(first) : tokens;                          // [N, 1 + L, attention]
        var x = Skipped(shortcut, grid) + Dropped(attended);                                              // [N, 1 + L', attention]
        var second = norm2.call(x);
        var beside = _shape.WidensInMlp ? project!.call(second) : x;                                      // [N, 1 + L', outputs]

        return ((beside + Dropped(mlp.call(second))).MoveToOuterDisposeScope(), left);
    }

    /// <summary>Adds the block to a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="tokens">[N, 1 + L, inputs], the class token first.</param>
    /// <param name="grid">Positions of the others, L in all.</param>
    /// <returns>[N, 1 + L', outputs], and the positions that are left.</returns>
    public (OnnxValue Tokens, ClipGrid Grid) Change(IOnnxGraph graph, OnnxValue tokens, ClipGrid grid)
    {
        var first = graph.Write(norm1, tokens);
        var (attended, left) = attn.Attend(graph, first, grid);                                           // [N, 1 + L', attention]
        var shortcut = _shape.WidensInAttention ? graph.Write(project!, first) : tokens;                  // [N, 1 + L, attention]
        var x = graph.Add(Skipped(graph, shortcut, grid), attended);                                      // [N, 1 + L', attention]
        var second = graph.Write(norm2, x);

        return (graph.Add(_shape.WidensInMlp ? graph.Write(project!, second) : x, graph.Write(mlp, second)), left);
    }

    private OnnxValue Skipped(IOnnxGraph graph, OnnxValue tokens, ClipGrid grid)
    {
        var stride = _shape.QueryStride;
        if (stride == 1)
        {
            return tokens;
        }

        var heads = graph.Reshape(tokens, OnnxValue.Batch, 1, tokens.Shape[1], tokens.Shape[2]);          // [N, 1, 1 + L, D]
        var (pooled, left) = TokenPooling.OverGrid(graph, heads, grid, map => graph.MaxPool(
            map, [1, stride + 1, stride + 1], [1, stride, stride], [0, (stride + 1) / 2, (stride + 1) / 2]));

        return graph.Reshape(pooled, OnnxValue.Batch, 1 + left.Count, tokens.Shape[2]);                   // [N, 1 + L', D]
    }

    private Tensor Skipped(Tensor tokens, ClipGrid grid)
    {
        var stride = _shape.QueryStride;
        if (stride == 1)
        {
            return tokens;
        }

        long[] kernel = [1, stride + 1, stride + 1], padding = [0, (stride + 1) / 2, (stride + 1) / 2];

        return TokenPooling.OverGrid(tokens.unsqueeze(1), grid, map => F.max_pool3d(map, kernel, [1, stride, stride], padding)).Tokens.squeeze(1);
    }

    private Tensor Dropped(Tensor branch) => StochasticDepth.Drop(branch, _dropPath, training && is_grad_enabled());
}
