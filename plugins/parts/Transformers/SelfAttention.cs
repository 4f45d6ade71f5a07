namespace Parallax.Plugins.Parts;

/// <summary>Multi-head self-attention over tokens. State-dictionary names are timm's: <c>qkv</c> (rows of queries, keys, values), <c>proj</c>; beside them
/// BEiT's: <c>q_bias</c>, <c>v_bias</c>, <c>relative_position_bias_table</c>, <c>relative_position_index</c>.</summary>
/// <remarks>
/// Vaswani et al., "Attention Is All You Need", NeurIPS 2017, section 3.2, https://arxiv.org/abs/1706.03762.
/// The attention itself is <see cref="Attention"/>'s, which takes the fused kernel of the linked libtorch.
/// </remarks>
public sealed class SelfAttention : Module<Tensor, Tensor>, IOnnxModule
{
    private readonly Linear qkv;
    private readonly Module<Tensor, Tensor> proj;
    private readonly Parameter? q_bias, v_bias, relative_position_bias_table;
    private readonly Tensor? relative_position_index;
    private readonly long _heads;

    /// <summary>Makes the layer with PyTorch's default initialisation.</summary>
    /// <param name="width">Width D of the tokens, a multiple of the heads.</param>
    /// <param name="heads">Number of heads H, each of width D / H.</param>
    /// <param name="qkvBias">Which of queries, keys and values have a bias.</param>
    /// <param name="relativeSide">Side g of a grid of patches for which the layer has a table of relative positions; 0: it has none.</param>
    /// <param name="hasClassToken">Whether a class token comes before those patches.</param>
    /// <exception cref="ArgumentException">The width is not a multiple of the heads.</exception>
    public SelfAttention(long width, long heads, QkvBias qkvBias = QkvBias.All, long relativeSide = 0, bool hasClassToken = true)
        : base(nameof(SelfAttention))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        if (width % heads != 0)
        {
            throw new ArgumentException($"A width of {width} cannot be split over {heads} heads; expected a multiple.", nameof(heads));
        }

        _heads = heads;
        qkv = Linear(width, 3 * width, hasBias: qkvBias == QkvBias.All);
        proj = Linear(width, width);
        (q_bias, v_bias) = qkvBias == QkvBias.QueryValue ? (new Parameter(zeros([width])), new Parameter(zeros([width]))) : (null, null);
        if (relativeSide > 0)
        {
            relative_position_bias_table = RelativePositions.Table(relativeSide, heads, hasClassToken);
            relative_position_index = RelativePositions.Index(relativeSide, relativeSide, relativeSide, hasClassToken);
        }

        RegisterComponents();
    }

    /// <summary>Lets every token attend to all tokens of its image.</summary>
    /// <param name="input">[N, L, D]; with a table of relative positions all tokens of its grid.</param>
    /// <returns>[N, L, D].</returns>
    public override Tensor forward(Tensor input)
    {
        if (relative_position_index is not { } index)
        {
            return Attend(input, null);
        }

        using var scope = NewDisposeScope();

        return Attend(input, null, RelativeBias(index.unsqueeze(0))).MoveToOuterDisposeScope();   // bias [1, H, L, L]
    }

    /// <summary>Lets every token attend to some tokens of its image.</summary>
    /// <param name="input">[N, L, D].</param>
    /// <param name="context">Places of those tokens in the sequence, [N, M] int64; null: all.</param>
    /// <param name="bias">What is added to the products, [1 or N, H, L, M], or null.</param>
    /// <returns>[N, L, D].</returns>
    public Tensor Attend(Tensor input, Tensor? context, Tensor? bias = null)
    {
        using var scope = NewDisposeScope();
        var (n, l, d) = (input.shape[0], input.shape[1], input.shape[2]);
        var split = Project(input).reshape(n, l, 3, _heads, d / _heads).permute(2, 0, 3, 1, 4).unbind(0);   // 3 of [N, H, L, D/H]
        var attended = Attention.Attend(split[0], Among(split[1], context), Among(split[2], context), bias);   // [N, H, L, D/H]

        return proj.call(attended.transpose(1, 2).reshape(n, l, d)).MoveToOuterDisposeScope();   // [N, L, D]
    }

    /// <summary>How much the first token attends to every token.</summary>
    /// <param name="input">[N, L, D].</param>
    /// <param name="bias">What is added to the products, [1 or N, H, L, L], or null.</param>
    /// <returns>[N, H, L] float32, with sum one.</returns>
    public Tensor FirstTokenWeights(Tensor input, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var (n, l, d) = (input.shape[0], input.shape[1], input.shape[2]);
        var split = Project(input).reshape(n, l, 3, _heads, d / _heads).permute(2, 0, 3, 1, 4).unbind(0);   // 3 of [N, H, L, D/H]
        var unit = eye(l, dtype: split[1].dtype, device: input.device).expand(n, _heads, l, l);             // sums over it are the weights themselves

        var weights = Attention.Attend(split[0].narrow(2, 0, 1), split[1], unit, bias?.narrow(2, 0, 1));    // [N, H, 1, L]

        return weights.squeeze(2).to(float32).MoveToOuterDisposeScope();   // [N, H, L]
    }

    /// <summary>What the layer's own table adds to the products.</summary>
    /// <param name="index">Rows of the table, [1 or N, L, M] int64.</param>
    /// <returns>[1 or N, H, L, M]; null without a table.</returns>
    public Tensor? RelativeBias(Tensor index) => relative_position_bias_table is { } table ? RelativePositions.Bias(table, index) : null;

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        using var scope = NewDisposeScope();

        return WriteOnnx(graph, input, relative_position_index is { } index ? RelativeBias(index.unsqueeze(0)) : null);
    }

    /// <summary>Adds the layer to a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="input">[N, L, D].</param>
    /// <param name="bias">What is added to the products, [1, H, L, L], or null.</param>
    /// <returns>[N, L, D].</returns>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var projected = q_bias is null || v_bias is null ? graph.Write(qkv, input)
            : graph.Linear(input, qkv.weight!, cat([q_bias, zeros_like(q_bias), v_bias]));                                       // [N, L, 3 D]
        var (queries, keys, values) = OnnxAttention.Split(graph, projected, _heads);

        return graph.Write(proj, OnnxAttention.Join(graph, OnnxAttention.Attend(graph, queries, keys, values, bias)));
    }

    private Tensor Project(Tensor input) => q_bias is null || v_bias is null ? qkv.call(input)
        : F.linear(input, qkv.weight!, cat([q_bias, zeros_like(q_bias), v_bias]));   // [N, L, 3 D]

    private static Tensor Among(Tensor heads, Tensor? context) => context is null ? heads
        : heads.gather(2, context.unsqueeze(1).unsqueeze(3).expand(-1, heads.shape[1], -1, heads.shape[3]));   // [N, H, M, D/H]
}
