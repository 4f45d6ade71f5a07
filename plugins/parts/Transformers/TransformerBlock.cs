namespace Parallax.Plugins.Parts;

/// <summary>A pre-norm transformer block: attention and MLP, each behind a layer normalisation and beside a shortcut. State-dictionary names are
/// timm's.</summary>
/// <remarks>
/// Dosovitskiy et al., "An Image is Worth 16x16 Words", ICLR 2021, equations (2) and (3), https://arxiv.org/abs/2010.11929:
/// x = x + Attention(LN(x)), then x = x + MLP(LN(x)). As in timm, the normalisation's epsilon is 1e-6 (PyTorch's default is 1e-5) and the GELU is exact.
/// </remarks>
public sealed class TransformerBlock : Module<Tensor, Tensor>, IOnnxModule
{
    /// <summary>Epsilon of every layer normalisation in a vision transformer.</summary>
    public const double NormEpsilon = 1e-6;

    private readonly Module<Tensor, Tensor> norm1, norm2, mlp;
    private readonly SelfAttention attn;
    private readonly Module<Tensor, Tensor>? ls1, ls2;
    private readonly double _dropPath;

    /// <summary>Makes a block with a plain MLP.</summary>
    /// <param name="width">Width D of the tokens.</param>
    /// <param name="heads">Heads of the attention.</param>
    /// <param name="hidden">Width of the MLP's hidden layer.</param>
    /// <param name="dropPath">As below.</param>
    /// <param name="layerScale">As below.</param>
    public TransformerBlock(long width, long heads, long hidden, double dropPath = 0, double layerScale = 0)
        : this(width, new SelfAttention(width, heads), new TokenMlp(width, hidden), dropPath, layerScale)
    {
    }

    /// <summary>Makes a block from its two layers.</summary>
    /// <param name="width">Width D of the tokens.</param>
    /// <param name="attention">The attention.</param>
    /// <param name="layers">The MLP, from [N, L, D] to [N, L, D].</param>
    /// <param name="dropPath">Probability that a sample skips a branch in training, a fraction in [0, 1). Passes without gradients, as those of a momentum
    /// encoder, skip none.</param>
    /// <param name="layerScale">First value of a learned factor per channel on both branches; 0 leaves it out.</param>
    public TransformerBlock(long width, SelfAttention attention, Module<Tensor, Tensor> layers, double dropPath = 0, double layerScale = 0)
        : base(nameof(TransformerBlock))
    {
        _dropPath = dropPath;
        norm1 = LayerNorm(width, eps: NormEpsilon);
        attn = attention;
        norm2 = LayerNorm(width, eps: NormEpsilon);
        mlp = layers;
        ls1 = layerScale == 0 ? null : new LayerScale(width, layerScale);
        ls2 = layerScale == 0 ? null : new LayerScale(width, layerScale);
        RegisterComponents();
    }

    /// <summary>Changes a sequence of tokens.</summary>
    /// <param name="input">[N, L, D].</param>
    /// <returns>[N, L, D].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return Change(input, attn.call(norm1.call(input))).MoveToOuterDisposeScope();
    }

    /// <summary>Changes a sequence of tokens, each of which attends to some of them.</summary>
    /// <param name="input">[N, L, D].</param>
    /// <param name="context">Places of the tokens that are attended to, [N, M] int64; null: all.</param>
    /// <param name="bias">What is added to the products of attention, [1 or N, H, L, M], or null.</param>
    /// <returns>[N, L, D].</returns>
    public Tensor Attend(Tensor input, Tensor? context, Tensor? bias = null)
    {
        using var scope = NewDisposeScope();

        return Change(input, attn.Attend(norm1.call(input), context, bias)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="SelfAttention.FirstTokenWeights"/>
    public Tensor FirstTokenWeights(Tensor input, Tensor? bias) => attn.FirstTokenWeights(norm1.call(input), bias);

    /// <inheritdoc cref="SelfAttention.RelativeBias"/>
    public Tensor? RelativeBias(Tensor index) => attn.RelativeBias(index);

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input) => Change(graph, input, graph.Write(attn, graph.Write(norm1, input)));

    /// <summary>Adds the block to a graph, with positions.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="input">[N, L, D].</param>
    /// <param name="bias">What is added to the products of attention, [1, H, L, L].</param>
    /// <returns>[N, L, D].</returns>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input, Tensor bias) =>
        Change(graph, input, attn.WriteOnnx(graph, graph.Write(norm1, input), bias));

    private Tensor Change(Tensor input, Tensor attended)
    {
        var x = input + Branch(attended, ls1);                    // [N, L, D]

        return x + Branch(mlp.call(norm2.call(x)), ls2);          // [N, L, D]
    }

    private OnnxValue Change(IOnnxGraph graph, OnnxValue input, OnnxValue attended)
    {
        var x = graph.Add(input, Branch(graph, attended, ls1));                              // [N, L, D]

        return graph.Add(x, Branch(graph, graph.Write(mlp, graph.Write(norm2, x)), ls2));    // [N, L, D]
    }

    private static OnnxValue Branch(IOnnxGraph graph, OnnxValue x, Module<Tensor, Tensor>? scale) => scale is null ? x : graph.Write(scale, x);

    private Tensor Branch(Tensor x, Module<Tensor, Tensor>? scale) =>
        StochasticDepth.Drop(scale is null ? x : scale.call(x), _dropPath, training && is_grad_enabled());
}
