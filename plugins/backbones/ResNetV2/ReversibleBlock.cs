namespace Parallax.Plugins.Backbones;

/// <summary>Two halves of the channels, each changed by what a block makes of the other: y1 = x1 + F(x2), y2 = x2 + G(y1). The input follows from the
/// output.</summary>
/// <remarks>Gomez et al., "The Reversible Residual Network", NeurIPS 2017, equation 6, https://arxiv.org/abs/1707.04585.</remarks>
internal sealed class ReversibleBlock : Module<Tensor, Tensor>, IOnnxModule
{
    private readonly PreActivationBlock f, g;

    /// <param name="channels">Channels of both halves.</param>
    /// <param name="inner">Channels of the inner layers of F and G.</param>
    /// <param name="norms">Makes the normalisation layers.</param>
    public ReversibleBlock(long channels, long inner, NormFactory norms)
        : base(nameof(ReversibleBlock))
    {
        var half = channels / 2;
        f = new PreActivationBlock(half, inner, half, stride: 1, isBottleneck: true, norms);
        g = new PreActivationBlock(half, inner, half, stride: 1, isBottleneck: true, norms);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)   // [N, C, H, W]
    {
        using var scope = NewDisposeScope();
        var halves = input.chunk(2, 1);            // [N, C/2, H, W] each
        var y1 = halves[0] + f.Branch(halves[1]);
        var y2 = halves[1] + g.Branch(y1);

        return cat([y1, y2], 1).MoveToOuterDisposeScope();
    }

    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var (half, whole) = (input.Shape[1] / 2, input.Shape[1]);
        var (first, second) = (graph.Slice(input, 1, 0, half), graph.Slice(input, 1, half, whole));   // [N, C/2, H, W] each
        var y1 = graph.Add(first, f.Branch(graph, second));
        var y2 = graph.Add(second, g.Branch(graph, y1));

        return graph.Concatenate(1, y1, y2);
    }
}
