namespace Parallax.Plugins.Parts;

/// <summary>Halves the sides of a feature map and doubles its channels: four neighbours become one position. State-dictionary names are torchvision's:
/// <c>norm</c>, <c>reduction</c>.</summary>
/// <remarks>Liu et al., "Swin Transformer", ICCV 2021, section 3.1, https://arxiv.org/abs/2103.14030. Odd sides are filled up with zeros.</remarks>
public sealed class PatchMerging : Module<Tensor, Tensor>, IOnnxModule
{
    private readonly Module<Tensor, Tensor> norm, reduction;

    /// <summary>Makes the layer.</summary>
    /// <param name="width">Channels C of its input.</param>
    public PatchMerging(long width)
        : base(nameof(PatchMerging))
    {
        norm = LayerNorm(4 * width);
        reduction = Linear(4 * width, 2 * width, hasBias: false);
        RegisterComponents();
    }

    /// <summary>Merges neighbours, in the order top left, bottom left, top right, bottom right.</summary>
    /// <param name="input">[N, H, W, C].</param>
    /// <returns>[N, ceil(H / 2), ceil(W / 2), 2 C].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = F.pad(input, [0, 0, 0, input.shape[2] % 2, 0, input.shape[1] % 2]);
        var (n, h, w, c) = (x.shape[0], x.shape[1] / 2, x.shape[2] / 2, x.shape[3]);
        var neighbours = x.view(n, h, 2, w, 2, c).permute(0, 1, 3, 4, 2, 5).reshape(n, h, w, 4 * c);   // column, then row within it

        return reduction.call(norm.call(neighbours)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var x = graph.Pad(input, 0, input.Shape[1] % 2, input.Shape[2] % 2, 0);
        var (h, w, c) = (x.Shape[1] / 2, x.Shape[2] / 2, x.Shape[3]);
        var neighbours = graph.Transpose(graph.Reshape(x, OnnxValue.Batch, h, 2, w, 2, c), 0, 1, 3, 4, 2, 5);

        return graph.Write(reduction, graph.Write(norm, graph.Reshape(neighbours, OnnxValue.Batch, h, w, 4 * c)));   // [N, h, w, 2 C]
    }
}
