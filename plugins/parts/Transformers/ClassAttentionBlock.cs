namespace Parallax.Plugins.Parts;

/// <summary>A block that changes the class token only: attention to class token and patches, then an MLP, each behind a layer normalisation and beside a
/// shortcut. State-dictionary names are those of CaiT.</summary>
/// <remarks>
/// Touvron et al., "Going deeper with Image Transformers", ICCV 2021, equations (5) to (7), https://arxiv.org/abs/2103.17239, with u = [c; x]:
/// c = c + γ₁ Attention(LN(u)), then c = c + γ₂ MLP(LN(c)). The normalisation's epsilon is 1e-6, as in a <see cref="TransformerBlock"/>.
/// </remarks>
public sealed class ClassAttentionBlock : Module<Tensor, Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> norm1, attn, norm2, mlp;
    private readonly Parameter? gamma_1, gamma_2;

    /// <summary>Makes a block.</summary>
    /// <param name="width">Width D of the tokens.</param>
    /// <param name="heads">Heads of the attention, a divisor of the width.</param>
    /// <param name="hidden">Width of the MLP's hidden layer.</param>
    /// <param name="layerScale">First value of the learned factors γ per channel; 0 leaves them out.</param>
    public ClassAttentionBlock(long width, long heads, long hidden, double layerScale = 0)
        : base(nameof(ClassAttentionBlock))
    {
        norm1 = LayerNorm(width, eps: TransformerBlock.NormEpsilon);
        attn = new ClassAttention(width, heads);
        norm2 = LayerNorm(width, eps: TransformerBlock.NormEpsilon);
        mlp = new TokenMlp(width, hidden);
        gamma_1 = layerScale == 0 ? null : new Parameter(full([width], layerScale));
        gamma_2 = layerScale == 0 ? null : new Parameter(full([width], layerScale));
        RegisterComponents();
    }

    /// <summary>Changes the class token.</summary>
    /// <param name="token">[N, 1, D].</param>
    /// <param name="patches">[N, L, D].</param>
    /// <returns>[N, 1, D].</returns>
    public override Tensor forward(Tensor token, Tensor patches)
    {
        using var scope = NewDisposeScope();
        var c = token + Scaled(attn.call(norm1.call(cat([token, patches], 1))), gamma_1);   // [N, 1, D]

        return (c + Scaled(mlp.call(norm2.call(c)), gamma_2)).MoveToOuterDisposeScope();    // [N, 1, D]
    }

    private static Tensor Scaled(Tensor branch, Tensor? factors) => factors is null ? branch : branch * factors;
}
