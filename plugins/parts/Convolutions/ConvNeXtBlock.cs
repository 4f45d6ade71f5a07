namespace Parallax.Plugins.Parts;

/// <summary>Which of the two blocks.</summary>
public enum ConvNeXtVersion
{
    /// <summary>With a learned factor per channel on the branch.</summary>
    V1,

    /// <summary>With global response normalisation in the branch.</summary>
    V2,
}

/// <summary>A ConvNeXt block: a depthwise convolution, then two linear layers at each position, beside a shortcut. State-dictionary names are the authors':
/// <c>dwconv</c>, <c>norm</c>, <c>pwconv1</c>, <c>grn</c>, <c>pwconv2</c>, <c>gamma</c>.</summary>
/// <remarks>
/// Liu et al., "A ConvNet for the 2020s", CVPR 2022, figure 4, https://arxiv.org/abs/2201.03545, and for V2 Woo et al., CVPR 2023, figure 5,
/// https://arxiv.org/abs/2301.00808: x + W2 GRN(GELU(W1 LN(dwconv(x)))), in V1 x + gamma W2 GELU(W1 LN(dwconv(x))).
/// </remarks>
public sealed class ConvNeXtBlock : Module<Tensor, Tensor>, IOnnxModule
{
    private const long Kernel = 7, Expansion = 4;
    private const double InitialScale = 1e-6;

    private readonly Module<Tensor, Tensor> dwconv, norm, pwconv1, pwconv2;
    private readonly Module<Tensor, Tensor>? grn;
    private readonly Parameter? gamma;
    private readonly double _dropPath;

    /// <summary>Makes a block.</summary>
    /// <param name="channels">Channels C.</param>
    /// <param name="version">V1 or V2.</param>
    /// <param name="dropPath">Probability that an image skips the branch in training, a fraction in [0, 1). Passes without gradients skip none.</param>
    public ConvNeXtBlock(long channels, ConvNeXtVersion version, double dropPath = 0)
        : base(nameof(ConvNeXtBlock))
    {
        _dropPath = dropPath;
        dwconv = Conv2d(channels, channels, Kernel, padding: Kernel / 2, groups: channels);
        norm = LayerNorm(channels, eps: ChannelNorm.Epsilon);
        pwconv1 = Linear(channels, Expansion * channels);
        grn = version == ConvNeXtVersion.V2 ? new GlobalResponseNorm(Expansion * channels) : null;
        pwconv2 = Linear(Expansion * channels, channels);
        gamma = version == ConvNeXtVersion.V1 ? new Parameter(full([channels], InitialScale)) : null;
        RegisterComponents();
    }

    /// <summary>Changes feature maps.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, C, H, W].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return (input + Branch(dwconv.call(input).permute(0, 2, 3, 1)).permute(0, 3, 1, 2)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var sites = graph.Transpose(graph.Write(dwconv, input), 0, 2, 3, 1);                    // [N, H, W, C]
        var x = graph.Gelu(graph.Write(pwconv1, graph.Write(norm, sites)));                     // [N, H, W, 4 C]
        x = graph.Write(pwconv2, grn is null ? x : graph.Write(grn, x));                        // [N, H, W, C]
        x = gamma is null ? x : graph.Multiply(x, graph.Constant(gamma));

        return graph.Add(input, graph.Transpose(x, 0, 3, 1, 2));                                // [N, C, H, W]
    }

    /// <summary>Changes visible cells only: the convolution sees zeros elsewhere, and responses are normalised over the visible sites of an image.</summary>
    /// <param name="cells">[N K, C, s, s].</param>
    /// <param name="grid">Where the cells are.</param>
    /// <returns>[N K, C, s, s].</returns>
    public Tensor OnVisible(Tensor cells, VisibleCells grid)
    {
        using var scope = NewDisposeScope();
        var sites = grid.Take(dwconv.call(grid.Place(cells))).permute(0, 2, 3, 1);         // [N K, s, s, C]
        var (all, side, channels) = (sites.shape[0], sites.shape[1], sites.shape[3]);
        var branch = Branch(sites.reshape(-1, grid.Count * side, side, channels));         // [N, K s, s, C]: an image's cells one below the other

        return (cells + branch.view(all, side, side, channels).permute(0, 3, 1, 2)).MoveToOuterDisposeScope();
    }

    /// <summary>What is added to the shortcut, from the convolution's output: [N, H, W, C], site by site but for the normalisation of an image's
    /// responses.</summary>
    private Tensor Branch(Tensor sites)
    {
        var x = F.gelu(pwconv1.call(norm.call(sites)));                                    // [N, H, W, 4 C]
        x = pwconv2.call(grn is null ? x : grn.call(x));                                   // [N, H, W, C]

        return StochasticDepth.Drop(gamma is null ? x : x * gamma, _dropPath, training && is_grad_enabled());
    }
}
