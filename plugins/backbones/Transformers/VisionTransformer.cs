using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>A vision transformer: patches and a class token, positions, blocks, pooling. Names in the state dictionary are timm's, without
/// <c>head</c>.</summary>
/// <remarks>
/// <para>Dosovitskiy et al., "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale", ICLR 2021, https://arxiv.org/abs/2010.11929.</para>
/// <para>Images of another size than the run's get an interpolated position table, so that small crops and larger evaluations work.</para>
/// <para><see cref="Embed"/>, <see cref="Encode"/> and <see cref="Pool"/> are the three parts of a forward pass: what hides patches works between the first
/// two.</para>
/// </remarks>
public abstract class VisionTransformer : Module<Tensor, Tensor>, ILayeredBackbone, ILayerIds
{
    private const double TokenStd = 1e-6, PositionStd = 0.02;

    private readonly Parameter cls_token, pos_embed;
    private readonly Module<Tensor, Tensor> patch_embed;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly Module<Tensor, Tensor>? norm, fc_norm;
    private readonly int _gridSide;

    /// <summary>Builds the network; linear layers and convolutions start as PyTorch draws them.</summary>
    /// <param name="name">Name of the module.</param>
    /// <param name="shape">Widths, depth and what differs between variants.</param>
    /// <param name="projection">From images [N, C, H, W] to a map of patches [N, D, h, w].</param>
    /// <param name="patchSize">Pixels per side of a patch, or the stride of the map.</param>
    /// <param name="gridSide">Patches per side of the run's images.</param>
    /// <exception cref="ConfigurationException">An image is smaller than a patch.</exception>
    protected VisionTransformer(string name, TransformerShape shape, Module<Tensor, Tensor> projection, int patchSize, int gridSide)
        : base(name)
    {
        if (gridSide < 1)
        {
            throw new ConfigurationException($"backbone.patchSize is {patchSize}, more than the side of the images. Expected at most data.imageSize; take "
                + "4 for images of 32 pixels.");
        }

        (FeatureDim, PatchSize, _gridSide) = (shape.Width, patchSize, gridSide);
        LayerDims = [.. Enumerable.Repeat(shape.Width, shape.Depth)];
        patch_embed = new PatchEmbedding(projection);
        cls_token = new Parameter(randn([1, 1, shape.Width]) * TokenStd);
        pos_embed = Positions(shape, gridSide);
        blocks = new([.. StochasticDepth.Rates(shape.DropPath, shape.Depth).Select(
            rate => new TransformerBlock(shape.Width, shape.Heads, (long)(shape.Width * shape.MlpRatio), rate, shape.LayerScale))]);
        var last = LayerNorm(shape.Width, eps: TransformerBlock.NormEpsilon);
        (norm, fc_norm) = shape.Pooling == ViTPooling.Token ? ((Module<Tensor, Tensor>?)last, (Module<Tensor, Tensor>?)null) : (null, last);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public int FeatureDim { get; }

    /// <inheritdoc/>
    public int PatchSize { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> LayerDims { get; }

    /// <inheritdoc/>
    public LayerIds NumberLayers(LayerGrouping grouping) => LayerRules.Transformer(LayerDims.Count);

    /// <inheritdoc/>
    public bool IsDecayed(ParameterInfo parameter) => LayerRules.TransformerDecays(parameter);

    /// <summary>Features of images of any size.</summary>
    /// <param name="input">[N, C, H, W]; pixels beyond the last whole patch are not seen.</param>
    /// <returns>[N, <see cref="FeatureDim"/>].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return Pool(Encode(Embed(input))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>Every block's tokens go through the same final normalisation, as in SDSSL and DINO.</remarks>
    public IReadOnlyList<Tensor> Layers(Tensor images)
    {
        using var scope = NewDisposeScope();
        var features = new List<Tensor>(blocks.Count);
        var tokens = Embed(images);   // [N, 1 + L, D]
        foreach (var block in blocks)
        {
            tokens = block.call(tokens);
            features.Add(Pool(tokens).MoveToOuterDisposeScope());   // [N, D]
        }

        return features;
    }

    /// <summary>Tokens of images, before the first block: the class token, then the patches row by row, all with their positions.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>[N, 1 + L, D].</returns>
    public Tensor Embed(Tensor images)
    {
        using var scope = NewDisposeScope();
        var map = patch_embed.call(images);                                             // [N, D, h, w]
        var token = cls_token.expand(images.shape[0], 1, FeatureDim);                   // [N, 1, D]
        var positions = PositionTable.Resize(pos_embed, _gridSide, map.shape[2], map.shape[3]);   // [1, 1 + L, D]

        return (cat([token, PatchEmbedding.Tokens(map)], 1) + positions).MoveToOuterDisposeScope();   // [N, 1 + L, D]
    }

    /// <summary>All blocks, over any sequence of tokens: the class token first, patches complete or not.</summary>
    /// <param name="tokens">[N, 1 + L, D].</param>
    /// <returns>[N, 1 + L, D], before the final normalisation.</returns>
    public Tensor Encode(Tensor tokens) => blocks.Aggregate(tokens, (x, block) => block.call(x));

    /// <summary>Features of encoded tokens.</summary>
    /// <param name="tokens">[N, 1 + L, D].</param>
    /// <returns>[N, D].</returns>
    public Tensor Pool(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var pooled = norm is not null ? norm.call(tokens.select(1, 0)) : fc_norm!.call(tokens.narrow(1, 1, tokens.shape[1] - 1).mean([1]));

        return pooled.MoveToOuterDisposeScope();
    }

    private static Parameter Positions(TransformerShape shape, int side)
    {
        if (shape.Positions != ViTPositions.Learned)
        {
            var order = shape.Positions == ViTPositions.SinCos ? SineCosineOrder.ColumnFirst : SineCosineOrder.RowFirst;

            return new Parameter(PositionTable.SineCosine(shape.Width, side, side, order), requires_grad: false);
        }

        var table = new Parameter(empty([1, 1 + ((long)side * side), shape.Width]));
        TruncatedNormal.Fill(table, PositionStd);

        return table;
    }
}
