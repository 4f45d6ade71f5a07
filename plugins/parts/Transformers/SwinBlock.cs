namespace Parallax.Plugins.Parts;

/// <summary>A block of a Swin transformer: attention within windows, then an MLP, each behind a layer normalisation and beside a shortcut.
/// State-dictionary names are torchvision's.</summary>
/// <remarks>Liu et al., "Swin Transformer", ICCV 2021, equation (3), https://arxiv.org/abs/2103.14030. The normalisations' epsilon is 1e-5.</remarks>
public sealed class SwinBlock : Module<Tensor, Tensor>, IOnnxModule
{
    private const long Expansion = 4;

    private readonly Module<Tensor, Tensor> norm1, attn, norm2, mlp;
    private readonly double _dropPath;

    /// <summary>Makes a block.</summary>
    /// <param name="width">Channels C.</param>
    /// <param name="heads">Heads of the attention.</param>
    /// <param name="window">Side of a window in positions.</param>
    /// <param name="isShifted">Whether the windows are moved by half a window: every second block.</param>
    /// <param name="dropPath">Probability that an image skips a branch in training, a fraction in [0, 1). Passes without gradients skip none.</param>
    public SwinBlock(long width, long heads, long window, bool isShifted, double dropPath)
        : base(nameof(SwinBlock))
    {
        _dropPath = dropPath;
        (norm1, norm2) = (LayerNorm(width), LayerNorm(width));
        attn = new WindowAttention(width, heads, window, isShifted);
        mlp = Sequential(("0", Linear(width, Expansion * width)), ("1", GELU()), ("3", Linear(Expansion * width, width)));   // torchvision: dropout at 2
        RegisterComponents();
    }

    /// <summary>Changes a feature map.</summary>
    /// <param name="input">[N, H, W, C].</param>
    /// <returns>[N, H, W, C].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var drops = training && is_grad_enabled();
        var x = input + StochasticDepth.Drop(attn.call(norm1.call(input)), _dropPath, drops);

        return (x + StochasticDepth.Drop(mlp.call(norm2.call(x)), _dropPath, drops)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var x = graph.Add(input, graph.Write(attn, graph.Write(norm1, input)));   // [N, H, W, C]

        return graph.Add(x, graph.Write(mlp, graph.Write(norm2, x)));
    }
}
