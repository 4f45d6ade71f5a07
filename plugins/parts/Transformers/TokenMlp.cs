namespace Parallax.Plugins.Parts;

/// <summary>The two linear layers of a transformer block, with a GELU between them. State-dictionary names are timm's: <c>fc1</c>, <c>fc2</c>.</summary>
public sealed class TokenMlp : Module<Tensor, Tensor>, IOnnxModule
{
    private readonly Module<Tensor, Tensor> fc1, fc2;
    private readonly Module<Tensor, Tensor> _activation;

    /// <summary>Makes the layers with PyTorch's default initialisation.</summary>
    /// <param name="width">Width D of the tokens.</param>
    /// <param name="hidden">Width of the hidden layer, 4 D in most networks.</param>
    /// <param name="isTanh">Whether the GELU is the approximation by a hyperbolic tangent, which differs by up to 0.001; false: the exact one.</param>
    public TokenMlp(long width, long hidden, bool isTanh = false)
        : base(nameof(TokenMlp))
    {
        _activation = GELU(isTanh ? TorchSharp.Modules.GELU.Approximate.tanh : TorchSharp.Modules.GELU.Approximate.none);
        fc1 = Linear(width, hidden);
        fc2 = Linear(hidden, width);
        RegisterComponents();
    }

    /// <summary>Changes every token by itself.</summary>
    /// <param name="input">[N, L, D].</param>
    /// <returns>[N, L, D].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return fc2.call(_activation.call(fc1.call(input))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input) => graph.Write(fc2, graph.Write(_activation, graph.Write(fc1, input)));
}
