namespace Parallax.Plugins.Backbones;

/// <summary>Scales every channel of a map by a sigmoid of all channels' means: feature gating.</summary>
/// <remarks>Xie et al., "Rethinking Spatiotemporal Feature Learning", ECCV 2018, section 5, https://arxiv.org/abs/1712.04851; the name <c>fc</c> is that of
/// CoCLR's code.</remarks>
internal sealed class SelfGating : Module<Tensor, Tensor>, IOnnxModule
{
    private readonly Module<Tensor, Tensor> fc;

    /// <param name="channels">Channels C.</param>
    public SelfGating(long channels)
        : base(nameof(SelfGating))
    {
        fc = Linear(channels, channels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)   // [N, C, T, H, W]
    {
        using var scope = NewDisposeScope();
        var weights = fc.call(input.mean([2, 3, 4])).sigmoid();   // [N, C]

        return (input * weights.unsqueeze(-1).unsqueeze(-1).unsqueeze(-1)).MoveToOuterDisposeScope();   // [N, C, T, H, W]
    }

    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var weights = graph.Sigmoid(graph.Write(fc, graph.Mean(input, [2, 3, 4])));   // [N, C]

        return graph.Multiply(input, graph.Reshape(weights, OnnxValue.Batch, input.Shape[1], 1, 1, 1));
    }
}
