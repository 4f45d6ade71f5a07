namespace Parallax.Plugins.Backbones;

/// <summary>Option A of the paper: every second pixel in both directions, further channels filled with zeros. No parameters.</summary>
internal sealed class ZeroPaddedShortcut(long moreChannels) : Module<Tensor, Tensor>(nameof(ZeroPaddedShortcut)), IOnnxModule
{
    public override Tensor forward(Tensor input)   // [N, C, H, W]
    {
        using var scope = NewDisposeScope();
        var sampled = input.slice(2, 0, input.shape[2], 2).slice(3, 0, input.shape[3], 2);   // [N, C, H/2, W/2]

        return F.pad(sampled, [0, 0, 0, 0, 0, moreChannels]).MoveToOuterDisposeScope();   // [N, C + more, H/2, W/2]
    }

    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var sampled = graph.Slice(graph.Slice(input, 2, 0, input.Shape[2], step: 2), 3, 0, input.Shape[3], step: 2);   // [N, C, H/2, W/2]

        return graph.Pad(sampled, 0, moreChannels, 0, 0);                                                              // [N, C + more, H/2, W/2]
    }
}
