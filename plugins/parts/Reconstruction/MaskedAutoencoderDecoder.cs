namespace Parallax.Plugins.Parts;

/// <summary>Size of a <see cref="MaskedAutoencoderDecoder"/>.</summary>
/// <param name="Width">Width of its tokens, a multiple of 4 and of the heads.</param>
/// <param name="Depth">Number of blocks.</param>
/// <param name="Heads">Heads of each attention.</param>
/// <param name="Outputs">Values predicted for every patch.</param>
public sealed record MaskedDecoderShape(int Width, int Depth, int Heads, int Outputs);

/// <summary>Predicts something of every patch from the encoded tokens of those that were visible. State-dictionary names are those of MAE's code.</summary>
/// <remarks>
/// He et al., "Masked Autoencoders Are Scalable Vision Learners", CVPR 2022, section 3, https://arxiv.org/abs/2111.06377, and its code: the tokens are
/// projected, one learned mask token stands for every hidden patch, all go to their places, get fixed positions of sines and cosines (column first) and pass
/// through transformer blocks. Linear layers start by Glorot's uniform rule with biases 0, the mask token from N(0, 0.02²).
/// </remarks>
public sealed class MaskedAutoencoderDecoder : Module<Tensor, Tensor, Tensor>
{
    private const double TokenStd = 0.02;
    private const int MlpRatio = 4;

    private readonly Module<Tensor, Tensor> decoder_embed, decoder_norm, decoder_pred;
    private readonly Parameter mask_token, decoder_pos_embed;
    private readonly ModuleList<TransformerBlock> decoder_blocks;
    private readonly int _prefixTokens;

    /// <summary>Makes the decoder.</summary>
    /// <param name="tokenDim">Width D of the encoder's tokens.</param>
    /// <param name="prefixTokens">Tokens before those of patches: the first is decoded with the patches and then left out, as MAE's class token; further
    /// ones, as registers, are not decoded.</param>
    /// <param name="gridSide">Patches per side of the image.</param>
    /// <param name="shape">Its size.</param>
    public MaskedAutoencoderDecoder(int tokenDim, int prefixTokens, int gridSide, MaskedDecoderShape shape)
        : base(nameof(MaskedAutoencoderDecoder))
    {
        _prefixTokens = prefixTokens;
        decoder_embed = Linear(tokenDim, shape.Width);
        mask_token = new Parameter(randn([1, 1, shape.Width]) * TokenStd);
        decoder_pos_embed = new Parameter(PositionTable.SineCosine(shape.Width, gridSide, gridSide, SineCosineOrder.ColumnFirst), requires_grad: false);
        decoder_blocks = new([.. Enumerable.Range(0, shape.Depth).Select(_ => new TransformerBlock(shape.Width, shape.Heads, MlpRatio * shape.Width))]);
        decoder_norm = LayerNorm(shape.Width, eps: TransformerBlock.NormEpsilon);
        decoder_pred = Linear(shape.Width, shape.Outputs);
        RegisterComponents();
        LinearLayers.StartByGlorot(this);
    }

    /// <summary>Puts the tokens of visible patches back to their places, and mask tokens where patches were hidden.</summary>
    /// <param name="visible">[N, K, D], in the order in which they were encoded.</param>
    /// <param name="maskToken">[1, 1, D].</param>
    /// <param name="restore">For every patch, row by row, its place among visible and hidden ones, [N, L] int64: below K is visible.</param>
    /// <returns>[N, L, D], row by row.</returns>
    public static Tensor Unshuffle(Tensor visible, Tensor maskToken, Tensor restore)
    {
        using var scope = NewDisposeScope();
        var (n, k, d) = (visible.shape[0], visible.shape[1], visible.shape[2]);
        var l = restore.shape[1];
        var shuffled = cat([visible, maskToken.to(visible.dtype).expand(n, l - k, d)], 1);   // [N, L, D]

        return shuffled.gather(1, restore.unsqueeze(2).expand(n, l, d)).MoveToOuterDisposeScope();   // [N, L, D]
    }

    /// <summary>Predicts.</summary>
    /// <param name="tokens">Normalised tokens of the encoder, [N, P + K, D]: those before the patches, then visible patches as they were encoded.</param>
    /// <param name="restore">As in <see cref="Unshuffle"/>, [N, L] int64.</param>
    /// <returns>[N, L, outputs], row by row.</returns>
    public override Tensor forward(Tensor tokens, Tensor restore)
    {
        using var scope = NewDisposeScope();
        var embedded = decoder_embed.call(tokens);                                                            // [N, P + K, W]
        var visible = embedded.narrow(1, _prefixTokens, embedded.shape[1] - _prefixTokens);                   // [N, K, W]
        var first = Math.Min(_prefixTokens, 1);
        var x = cat([embedded.narrow(1, 0, first), Unshuffle(visible, mask_token, restore)], 1);              // [N, 0 or 1 + L, W]
        x = x + decoder_pos_embed.narrow(1, 1 - first, x.shape[1]);
        x = decoder_norm.call(decoder_blocks.Aggregate(x, (y, block) => block.call(y)));
        var predicted = decoder_pred.call(x);                                                                 // [N, 0 or 1 + L, outputs]

        return predicted.narrow(1, first, restore.shape[1]).MoveToOuterDisposeScope();                        // [N, L, outputs]
    }
}
