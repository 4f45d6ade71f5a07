using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>A vision transformer: patches and a class token, positions, blocks, pooling. Names in the state dictionary are timm's, without
/// <c>head</c>.</summary>
/// <remarks>
/// <para>Dosovitskiy et al., "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale", ICLR 2021, https://arxiv.org/abs/2010.11929.</para>
/// <para>Images of another size than the run's get an interpolated position table, so that small crops and larger evaluations work.</para>
/// </remarks>
public abstract class VisionTransformer : Module<Tensor, Tensor>, ILayeredBackbone, IPatchSequenceBackbone
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
    public int PatchDim => FeatureDim;

    /// <inheritdoc/>
    public int TokenDim => FeatureDim;

    /// <inheritdoc/>
    public int TokenStride => PatchSize;

    /// <inheritdoc/>
    public int PrefixTokens => 1;

    /// <inheritdoc/>
    public bool HasClassToken => true;

    /// <summary>Features of images of any size.</summary>
    /// <param name="input">[N, C, H, W]; pixels beyond the last whole patch are not seen.</param>
    /// <returns>[N, <see cref="FeatureDim"/>].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return Pool(Encode(EmbedPatches(input))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>Every block's tokens go through the same final normalisation, as in SDSSL and DINO.</remarks>
    public IReadOnlyList<Tensor> Layers(Tensor images)
    {
        using var scope = NewDisposeScope();

        return [.. Encoded(EmbedPatches(images), PatchSequence.Whole).Select(tokens => Pool(tokens).MoveToOuterDisposeScope())];   // [N, D] each
    }

    /// <inheritdoc/>
    public Tensor EmbedPatches(Tensor images)
    {
        using var map = patch_embed.call(images);   // [N, D, h, w]

        return map.permute(0, 2, 3, 1);   // [N, h, w, D]
    }

    /// <inheritdoc/>
    public Tensor Encode(Tensor patches) => Encode(patches, PatchSequence.Whole);

    /// <inheritdoc/>
    public Tensor Encode(Tensor patches, PatchSequence sequence)
    {
        using var scope = NewDisposeScope();

        return Encoded(patches, sequence).Last().MoveToOuterDisposeScope();   // [N, 1 + K, D]
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> EncodeLayers(Tensor patches, PatchSequence sequence)
    {
        using var scope = NewDisposeScope();

        return [.. Encoded(patches, sequence).Select(tokens => tokens.MoveToOuterDisposeScope())];   // [N, 1 + K, D] each
    }

    /// <inheritdoc/>
    public Tensor Normalise(Tensor tokens) => (norm ?? fc_norm)!.call(tokens);

    /// <inheritdoc/>
    public Tensor Pool(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var pooled = norm is not null ? norm.call(tokens.select(1, 0)) : fc_norm!.call(tokens.narrow(1, 1, tokens.shape[1] - 1).mean([1]));

        return pooled.MoveToOuterDisposeScope();
    }

    private IEnumerable<Tensor> Encoded(Tensor patches, PatchSequence sequence)
    {
        var tokens = Sequence(patches, sequence);   // [N, 1 + K, D]
        var context = sequence.Context is { } places ? WithPrefix(places) : null;   // [N, 1 + M]
        foreach (var block in blocks)
        {
            tokens = context is null ? block.call(tokens) : block.Attend(tokens, context);
            yield return tokens;
        }
    }

    private Tensor Sequence(Tensor patches, PatchSequence sequence)
    {
        var positions = PositionTable.Resize(pos_embed, _gridSide, patches.shape[1], patches.shape[2]);   // [1, 1 + L, D]
        var all = patches.flatten(1, 2);   // [N, L, D]
        var placed = sequence.HasPositions ? all + positions.narrow(1, 1, all.shape[1]) : all;
        var visible = sequence.Visible is { } kept ? Tokens.Take(placed, kept) : placed;   // [N, K, D]
        var token = sequence.HasPositions ? cls_token + positions.narrow(1, 0, 1) : cls_token;   // [1, 1, D]

        return cat([token.expand(visible.shape[0], 1, FeatureDim), visible], 1);   // [N, 1 + K, D]
    }

    // Places count from the first patch; the class token is always attended to.
    private Tensor WithPrefix(Tensor places) => cat(
        [arange(PrefixTokens, dtype: int64, device: places.device).expand(places.shape[0], PrefixTokens), places + PrefixTokens], 1);   // [N, 1 + M]

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
