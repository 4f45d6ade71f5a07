namespace Parallax.Plugins.Parts;

/// <summary>Multi-head self-attention over tokens. State-dictionary names are timm's: <c>qkv</c> (rows of queries, keys, values), <c>proj</c>.</summary>
/// <remarks>
/// Vaswani et al., "Attention Is All You Need", NeurIPS 2017, section 3.2, https://arxiv.org/abs/1706.03762.
/// The attention itself is <see cref="Attention"/>'s, which takes the fused kernel of the linked libtorch.
/// </remarks>
public sealed class SelfAttention : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> qkv, proj;
    private readonly long _heads;

    /// <summary>Makes the layer with PyTorch's default initialisation.</summary>
    /// <param name="width">Width D of the tokens, a multiple of the heads.</param>
    /// <param name="heads">Number of heads H, each of width D / H.</param>
    /// <param name="qkvBias">Whether queries, keys and values have a bias.</param>
    /// <exception cref="ArgumentException">The width is not a multiple of the heads.</exception>
    public SelfAttention(long width, long heads, bool qkvBias = true)
        : base(nameof(SelfAttention))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        if (width % heads != 0)
        {
            throw new ArgumentException($"A width of {width} cannot be split over {heads} heads; expected a multiple.", nameof(heads));
        }

        _heads = heads;
        qkv = Linear(width, 3 * width, hasBias: qkvBias);
        proj = Linear(width, width);
        RegisterComponents();
    }

    /// <summary>Lets every token attend to all tokens of its image.</summary>
    /// <param name="input">[N, L, D].</param>
    /// <returns>[N, L, D].</returns>
    public override Tensor forward(Tensor input) => Attend(input, null);

    /// <summary>Lets every token attend to some tokens of its image.</summary>
    /// <param name="input">[N, L, D].</param>
    /// <param name="context">Places of those tokens in the sequence, [N, M] int64; null: all.</param>
    /// <returns>[N, L, D].</returns>
    public Tensor Attend(Tensor input, Tensor? context)
    {
        using var scope = NewDisposeScope();
        var (n, l, d) = (input.shape[0], input.shape[1], input.shape[2]);
        var split = qkv.call(input).reshape(n, l, 3, _heads, d / _heads).permute(2, 0, 3, 1, 4).unbind(0);   // 3 of [N, H, L, D/H]
        var attended = Attention.Attend(split[0], Among(split[1], context), Among(split[2], context));   // [N, H, L, D/H]

        return proj.call(attended.transpose(1, 2).reshape(n, l, d)).MoveToOuterDisposeScope();   // [N, L, D]
    }

    private static Tensor Among(Tensor heads, Tensor? context) => context is null ? heads
        : heads.gather(2, context.unsqueeze(1).unsqueeze(3).expand(-1, heads.shape[1], -1, heads.shape[3]));   // [N, H, M, D/H]
}
