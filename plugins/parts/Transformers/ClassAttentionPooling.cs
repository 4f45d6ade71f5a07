namespace Parallax.Plugins.Parts;

/// <summary>One token for an image: a learned class token that attends to the encoded patches in a few class-attention blocks.</summary>
/// <remarks>
/// Touvron et al., "Going deeper with Image Transformers", ICCV 2021, section 3.2, https://arxiv.org/abs/2103.17239. As in the code of ExtreMA, linear layers
/// start by Glorot's uniform rule with biases 0, the class token from N(0, 0.02²).
/// </remarks>
public sealed class ClassAttentionPooling : Module<Tensor, Tensor>
{
    private const double TokenStd = 0.02;
    private const int MlpRatio = 4, HeadWidth = 64;

    private readonly Parameter cls_token;
    private readonly ModuleList<ClassAttentionBlock> blocks;

    /// <summary>Makes the blocks.</summary>
    /// <param name="width">Width D of the tokens. There is a head per 64 of it, as in vision transformers, or one where it is no multiple.</param>
    /// <param name="depth">Number of blocks.</param>
    /// <param name="layerScale">First value of the learned factors per channel on both branches; 0 leaves them out.</param>
    public ClassAttentionPooling(long width, int depth, double layerScale)
        : base(nameof(ClassAttentionPooling))
    {
        var heads = width % HeadWidth == 0 ? width / HeadWidth : 1;
        cls_token = new Parameter(randn([1, 1, width]) * TokenStd);
        blocks = new([.. Enumerable.Range(0, depth).Select(_ => new ClassAttentionBlock(width, heads, MlpRatio * width, layerScale))]);
        RegisterComponents();
        LinearLayers.StartByGlorot(this);
    }

    /// <summary>Pools encoded patches.</summary>
    /// <param name="patches">[N, K, D], any number K of them in any order.</param>
    /// <returns>[N, 1, D], not normalised.</returns>
    public override Tensor forward(Tensor patches)
    {
        using var scope = NewDisposeScope();
        var token = cls_token.expand(patches.shape[0], 1, -1);                                        // [N, 1, D]

        return blocks.Aggregate(token, (c, block) => block.call(c, patches)).MoveToOuterDisposeScope();   // [N, 1, D]
    }
}
