namespace Parallax.Plugins.Parts;

/// <summary>The gated MLP of a transformer block, W3 (SiLU(W1 x) * W2 x). State-dictionary names are DINOv2's: <c>w12</c> (rows of W1, then W2),
/// <c>w3</c>.</summary>
/// <remarks>Shazeer, "GLU Variants Improve Transformer", 2020, equation (6), https://arxiv.org/abs/2002.05202; with biases, as DINOv2,
/// https://arxiv.org/abs/2304.07193.</remarks>
public sealed class SwiGlu : Module<Tensor, Tensor>, IOnnxModule
{
    private const long Multiple = 8;

    private readonly Module<Tensor, Tensor> w12, w3;

    /// <summary>Makes the layers with PyTorch's default initialisation.</summary>
    /// <param name="width">Width D of the tokens.</param>
    /// <param name="hidden">Hidden width of the plain MLP in its place, 4 D in most networks; two thirds of it, rounded up to a multiple of 8, give about as
    /// many parameters.</param>
    public SwiGlu(long width, long hidden)
        : base(nameof(SwiGlu))
    {
        var gated = ((hidden * 2 / 3) + Multiple - 1) / Multiple * Multiple;
        (w12, w3) = (Linear(width, 2 * gated), Linear(gated, width));
        RegisterComponents();
    }

    /// <summary>Changes every token by itself.</summary>
    /// <param name="input">[N, L, D].</param>
    /// <returns>[N, L, D].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var parts = w12.call(input).chunk(2, -1);   // gate and values, [N, L, hidden] each

        return w3.call(F.silu(parts[0]) * parts[1]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var both = graph.Write(w12, input);                                                  // gate and values, [N, L, 2 hidden]
        var hidden = both.Shape[2] / 2;
        var gate = graph.Slice(both, 2, 0, hidden);                                          // [N, L, hidden]
        var open = graph.Multiply(gate, graph.Sigmoid(gate));                                // SiLU

        return graph.Write(w3, graph.Multiply(open, graph.Slice(both, 2, hidden, 2 * hidden)));
    }
}
