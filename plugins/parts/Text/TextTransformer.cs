namespace Parallax.Plugins.Parts;

/// <summary>Encodes captions: token and position embeddings, transformer blocks in which every token attends to all, a last normalisation.</summary>
/// <remarks>
/// The text encoder of Li et al., "Scaling Language-Image Pre-training via Masking", CVPR 2023, https://arxiv.org/abs/2212.00794, in its authors' code: not
/// causal, token 0 represents the caption, and the tokens that fill it up are attended to like all others. Linear layers start by Glorot's uniform rule
/// (queries, keys and values as one layer, which is the code's variance 1 / (2 D)), embeddings and positions from N(0, 0.02²). Differs: the GELU is exact, the
/// code's is the approximation by a hyperbolic tangent.
/// </remarks>
public sealed class TextTransformer : Module<Tensor, Tensor>
{
    private const double EmbeddingStd = 0.02;
    private const int MlpRatio = 4;

    private readonly Embedding token_embedding;
    private readonly Parameter pos_embed;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly Module<Tensor, Tensor> norm;

    /// <summary>Makes the encoder.</summary>
    /// <param name="vocabulary">Number of tokens that there are.</param>
    /// <param name="length">Tokens T per caption.</param>
    /// <param name="width">Width D of the tokens, a multiple of the heads.</param>
    /// <param name="depth">Number of blocks.</param>
    /// <param name="heads">Heads of each attention.</param>
    public TextTransformer(int vocabulary, int length, int width, int depth, int heads)
        : base(nameof(TextTransformer))
    {
        token_embedding = Embedding(vocabulary, width);
        init.normal_(token_embedding.weight!, 0, EmbeddingStd);
        pos_embed = new Parameter(randn([1, length, width]) * EmbeddingStd);
        blocks = new([.. Enumerable.Range(0, depth).Select(_ => new TransformerBlock(width, heads, MlpRatio * width))]);
        norm = LayerNorm(width, eps: TransformerBlock.NormEpsilon);
        foreach (var linear in blocks.modules().OfType<Linear>())
        {
            init.xavier_uniform_(linear.weight!);
            init.zeros_(linear.bias!);
        }

        RegisterComponents();
    }

    /// <summary>Encodes captions.</summary>
    /// <param name="input">Tokens, [N, T] int64.</param>
    /// <returns>[N, D].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var tokens = blocks.Aggregate(token_embedding.call(input) + pos_embed, (x, block) => block.call(x));   // [N, T, D]

        return norm.call(tokens.select(1, 0)).MoveToOuterDisposeScope();                                       // [N, D]
    }
}
