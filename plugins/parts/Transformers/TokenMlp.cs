namespace Parallax.Plugins.Parts;

/// <summary>The two linear layers of a transformer block, with an exact GELU between them. State-dictionary names are timm's: <c>fc1</c>, <c>fc2</c>.</summary>
public sealed class TokenMlp : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> fc1, fc2;

    /// <summary>Makes the layers with PyTorch's default initialisation.</summary>
    /// <param name="width">Width D of the tokens.</param>
    /// <param name="hidden">Width of the hidden layer, 4 D in most networks.</param>
    public TokenMlp(long width, long hidden)
        : base(nameof(TokenMlp))
    {
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

        return fc2.call(F.gelu(fc1.call(input))).MoveToOuterDisposeScope();
    }
}
