namespace Parallax.Plugins.Parts;

/// <summary>Multi-head attention of the first token only, to all tokens. State-dictionary names are those of CaiT: <c>q</c>, <c>k</c>, <c>v</c>,
/// <c>proj</c>.</summary>
/// <remarks>Touvron et al., "Going deeper with Image Transformers", ICCV 2021, section 3.2, https://arxiv.org/abs/2103.17239.</remarks>
public sealed class ClassAttention : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> q, k, v, proj;
    private readonly long _heads;

    /// <summary>Makes the layer with PyTorch's default initialisation.</summary>
    /// <param name="width">Width D of the tokens.</param>
    /// <param name="heads">Number of heads H, a divisor of the width.</param>
    public ClassAttention(long width, long heads)
        : base(nameof(ClassAttention))
    {
        _heads = heads;
        q = Linear(width, width);
        k = Linear(width, width);
        v = Linear(width, width);
        proj = Linear(width, width);
        RegisterComponents();
    }

    /// <summary>Lets the first token attend to all tokens of its image, itself included.</summary>
    /// <param name="input">[N, 1 + L, D].</param>
    /// <returns>[N, 1, D].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var attended = Attention.Attend(Heads(q.call(input.narrow(1, 0, 1))), Heads(k.call(input)), Heads(v.call(input)));   // [N, H, 1, D/H]

        return proj.call(attended.transpose(1, 2).flatten(2)).MoveToOuterDisposeScope();                                     // [N, 1, D]
    }

    private Tensor Heads(Tensor tokens) => tokens.unflatten(2, [_heads, tokens.shape[2] / _heads]).transpose(1, 2);   // [N, H, T, D/H]
}
