using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>A vision transformer: patches and a class token, positions, blocks, pooling. Names in the state dictionary are timm's, without
/// <c>head</c>, those of registers and gates DINOv2's, those of relative positions BEiT's.</summary>
/// <remarks>
/// <para>Dosovitskiy et al., "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale", ICLR 2021, https://arxiv.org/abs/2010.11929.</para>
/// <para>Images of another size than the run's get an interpolated position table, so that small crops and larger evaluations work. Tables of relative
/// positions serve images up to the run's size.</para>
/// </remarks>
public abstract class VisionTransformer
    : Module<Tensor, Tensor>, ILayeredBackbone, IPatchSequenceBackbone, IAttentionMaps, IForeignWeights, ILayerIds, IOnnxModule
{
    private const double TokenStd = 1e-6;

    private readonly Parameter? cls_token, register_tokens, pos_embed;
    private readonly Module<Tensor, Tensor> patch_embed;
    private readonly Module<Tensor, Tensor>? rel_pos_bias;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly Module<Tensor, Tensor>? norm, fc_norm;
    private readonly TransformerShape _shape;
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

        (FeatureDim, PatchSize, _gridSide, _shape) = (shape.Width, patchSize, gridSide, shape);
        LayerDims = [.. Enumerable.Repeat(shape.Width, shape.Depth)];
        patch_embed = new PatchEmbedding(projection);
        cls_token = shape.HasClassToken ? new Parameter(randn([1, 1, shape.Width]) * TokenStd) : null;
        register_tokens = shape.Registers > 0 ? new Parameter(randn([1, shape.Registers, shape.Width]) * TokenStd) : null;
        pos_embed = TransformerParts.Positions(shape, gridSide);
        rel_pos_bias = shape.RelativePositions == ViTRelativePositions.Shared ? new RelativePositionBias(gridSide, shape.Heads, shape.HasClassToken) : null;
        blocks = new([.. TransformerParts.Blocks(shape, gridSide)]);
        var last = LayerNorm(shape.Width, eps: TransformerBlock.NormEpsilon);
        (norm, fc_norm) = shape.Pooling == ViTPooling.Average ? ((Module<Tensor, Tensor>?)null, (Module<Tensor, Tensor>?)last) : (last, null);
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

    /// <inheritdoc/>
    public int PatchDim => FeatureDim;

    /// <inheritdoc/>
    public int TokenDim => FeatureDim;

    /// <inheritdoc/>
    public int TokenStride => PatchSize;

    /// <inheritdoc/>
    public int PrefixTokens => (HasClassToken ? 1 : 0) + _shape.Registers;

    /// <inheritdoc/>
    public bool HasClassToken => _shape.HasClassToken;

    /// <summary>Features of images of any size.</summary>
    /// <param name="input">[N, C, H, W]; pixels beyond the last whole patch are not seen.</param>
    /// <returns>[N, <see cref="FeatureDim"/>].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return Pool(Encode(EmbedPatches(input))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        using var scope = NewDisposeScope();
        var map = graph.Write(patch_embed, input);                                                                 // [N, D, h, w]
        var (height, columns) = (map.Shape[2], map.Shape[3]);
        var patches = graph.Transpose(graph.Reshape(map, OnnxValue.Batch, FeatureDim, height * columns), 0, 2, 1);   // [N, L, D]
        var index = RelativeIndex(empty([1, height, columns, 1]), PatchSequence.Whole);                            // [1, P + L, P + L]
        var shared = index is null ? null : rel_pos_bias?.call(index);                                             // [1, H, P + L, P + L]
        var tokens = Sequence(graph, patches, height, columns);                                                    // [N, P + L, D]
        foreach (var block in blocks)
        {
            var bias = shared ?? (index is null ? null : block.RelativeBias(index));
            tokens = bias is null ? graph.Write(block, tokens) : block.WriteOnnx(graph, tokens, bias);
        }

        return Pool(graph, tokens);
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

        return Encoded(patches, sequence).Last().MoveToOuterDisposeScope();   // [N, P + K, D]
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> EncodeLayers(Tensor patches, PatchSequence sequence)
    {
        using var scope = NewDisposeScope();

        return [.. Encoded(patches, sequence).Select(tokens => tokens.MoveToOuterDisposeScope())];   // [N, P + K, D] each
    }

    /// <inheritdoc/>
    public Tensor ClassAttention(Tensor images)
    {
        using var scope = NewDisposeScope();
        var patches = EmbedPatches(images);                                                                        // [N, h, w, D]
        var tokens = Encoded(patches, PatchSequence.Whole).Take(blocks.Count - 1).LastOrDefault() ?? Sequence(patches, PatchSequence.Whole);
        var (last, index) = (blocks[^1], RelativeIndex(patches, PatchSequence.Whole));
        var bias = index is null ? null : rel_pos_bias?.call(index) ?? last.RelativeBias(index);                   // [1, H, P + L, P + L]
        var weights = last.FirstTokenWeights(tokens, bias);                                                        // [N, H, P + L]
        var (n, h, w) = (patches.shape[0], patches.shape[1], patches.shape[2]);

        return weights.narrow(2, PrefixTokens, h * w).reshape(n, -1, h, w).MoveToOuterDisposeScope();              // [N, H, h, w]
    }

    /// <inheritdoc/>
    public Tensor Normalise(Tensor tokens) => (norm ?? fc_norm)!.call(tokens);

    /// <inheritdoc/>
    public Tensor Pool(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var patches = tokens.shape[1] - PrefixTokens;
        var pooled = _shape.Pooling switch
        {
            ViTPooling.Token => norm!.call(tokens.select(1, 0)),
            ViTPooling.Average => fc_norm!.call(tokens.narrow(1, PrefixTokens, patches).mean([1])),
            ViTPooling.PatchMean => norm!.call(tokens.narrow(1, PrefixTokens, patches)).mean([1]),
            _ => norm!.call(tokens).mean([1]),
        };

        return pooled.MoveToOuterDisposeScope();   // [N, D]
    }

    /// <inheritdoc/>
    public string? OwnName(string name) => TransformerNames.Own(name) is { } own
        && !(fc_norm is not null && own.StartsWith("norm.", StringComparison.Ordinal)) ? own : null;   // pretraining has a norm where fine-tuning has fc_norm

    /// <inheritdoc/>
    /// <remarks>Neither library has registers, gates or relative positions under these names, nor a stem of several convolutions; torchvision pools the class
    /// token.</remarks>
    public IReadOnlyList<WeightLayout> Layouts
    {
        get
        {
            var isTimms = patch_embed.children().Single() is Conv2d && _shape is
            {
                Registers: 0, RelativePositions: ViTRelativePositions.None, Mlp: not ViTMlp.Swiglu, QkvBias: QkvBias.All or QkvBias.None,
            };
            var isTorchvisions = isTimms && pos_embed is not null && _shape is
            {
                HasClassToken: true, Pooling: ViTPooling.Token, LayerScale: 0, Mlp: ViTMlp.Gelu, QkvBias: QkvBias.All,
            };

            return isTorchvisions ? [TransformerNames.Torchvision, Libraries.Same(Libraries.Timm)] : isTimms ? [Libraries.Same(Libraries.Timm)] : [];
        }
    }

    /// <inheritdoc/>
    public bool MayBeMissing(string name) => name.StartsWith("fc_norm.", StringComparison.Ordinal)
        || name.EndsWith("relative_position_index", StringComparison.Ordinal) || (name == "pos_embed" && !pos_embed!.requires_grad);

    /// <inheritdoc/>
    /// <remarks>Tables of positions and of relative positions for another grid.</remarks>
    public Tensor? Resized(string name, Tensor value)
    {
        if (name.EndsWith("relative_position_bias_table", StringComparison.Ordinal))
        {
            return value.dim() == 2 && value.shape[1] == _shape.Heads ? RelativePositions.Resize(value.to(float32), _gridSide, HasClassToken) : null;
        }

        var prefix = HasClassToken ? 1 : 0;
        var side = value.dim() == 3 ? (long)Math.Sqrt(value.shape[1] - prefix) : 0;

        return name == "pos_embed" && value.shape[^1] == FeatureDim && side > 0 && prefix + (side * side) == value.shape[1]
            ? PositionTable.Resize(value.to(float32), side, _gridSide, _gridSide) : null;
    }

    private IEnumerable<Tensor> Encoded(Tensor patches, PatchSequence sequence)
    {
        var tokens = Sequence(patches, sequence);   // [N, P + K, D]
        var context = sequence.Context is { } places ? WithPrefix(places) : null;   // [N, P + M]
        var index = RelativeIndex(patches, sequence);   // [1 or N, P + K, P + M]
        var shared = index is null ? null : rel_pos_bias?.call(index);   // [1 or N, H, P + K, P + M]
        foreach (var block in blocks)
        {
            tokens = context is null && _shape.RelativePositions == ViTRelativePositions.None ? block.call(tokens)
                : block.Attend(tokens, context, shared ?? (index is null ? null : block.RelativeBias(index)));
            yield return tokens;
        }
    }

    private Tensor Sequence(Tensor patches, PatchSequence sequence)
    {
        var prefix = HasClassToken ? 1 : 0;
        var positions = sequence.HasPositions && pos_embed is not null
            ? PositionTable.Resize(pos_embed, _gridSide, patches.shape[1], patches.shape[2]) : null;   // [1, 1 + L, D], or L rows
        var all = patches.flatten(1, 2);   // [N, L, D]
        var placed = positions is null ? all : all + positions.narrow(1, prefix, all.shape[1]);
        var visible = sequence.Visible is { } kept ? Tokens.Take(placed, kept) : placed;   // [N, K, D]
        var token = positions is null || cls_token is null ? cls_token : cls_token + positions.narrow(1, 0, 1);   // [1, 1, D]
        Tensor[] before = [.. new[] { token, register_tokens }.OfType<Tensor>().Select(tokens => tokens.expand(visible.shape[0], -1, -1))];

        return before.Length == 0 ? visible : cat([.. before, visible], 1);   // [N, P + K, D]
    }

    private OnnxValue Sequence(IOnnxGraph graph, OnnxValue patches, long height, long columns)
    {
        var prefix = HasClassToken ? 1 : 0;
        var positions = pos_embed is null ? null : PositionTable.Resize(pos_embed, _gridSide, height, columns);    // [1, 1 + L, D], or L rows
        var placed = positions is null ? patches : graph.Add(patches, graph.Constant(positions.narrow(1, prefix, height * columns)));
        var token = positions is null || cls_token is null ? cls_token : cls_token + positions.narrow(1, 0, 1);    // [1, 1, D]
        Tensor[] before = [.. new[] { token, register_tokens }.OfType<Tensor>()];

        return before.Length == 0 ? placed : graph.Concatenate(1, graph.Repeat(graph.Constant(cat(before, 1)), patches), placed);   // [N, P + L, D]
    }

    private OnnxValue Pool(IOnnxGraph graph, OnnxValue tokens)
    {
        var patches = graph.Slice(tokens, 1, PrefixTokens, tokens.Shape[1]);                                       // [N, L, D]

        return _shape.Pooling switch
        {
            ViTPooling.Token => graph.Write(norm!, graph.Reshape(graph.Slice(tokens, 1, 0, 1), OnnxValue.Batch, FeatureDim)),
            ViTPooling.Average => graph.Write(fc_norm!, graph.Mean(patches, [1])),
            ViTPooling.PatchMean => graph.Mean(graph.Write(norm!, patches), [1]),
            _ => graph.Mean(graph.Write(norm!, tokens), [1]),
        };   // [N, D]
    }

    private Tensor? RelativeIndex(Tensor patches, PatchSequence sequence)
    {
        if (_shape.RelativePositions == ViTRelativePositions.None || !sequence.HasPositions)
        {
            return null;
        }

        var (n, height, columns) = (patches.shape[0], patches.shape[1], patches.shape[2]);
        if (height > _gridSide || columns > _gridSide)
        {
            throw new ConfigurationException($"backbone.relativePositions has tables for {_gridSide} x {_gridSide} patches (data.imageSize), which do not "
                + $"cover images of {height} x {columns}. Take no images larger than data.imageSize, or set backbone.relativePositions to none.");
        }

        var whole = RelativePositions.Index(_gridSide, height, columns, HasClassToken).to(patches.device);   // [P + L, P + L]
        if (sequence.Visible is null && sequence.Context is null)
        {
            return whole.unsqueeze(0);
        }

        var from = sequence.Visible ?? arange(height * columns, dtype: int64, device: patches.device).expand(n, -1);   // [N, K]
        var to = sequence.Context is { } places ? from.gather(1, places) : from;   // [N, M]

        return RelativePositions.Among(whole, WithPrefix(from), WithPrefix(to));
    }

    // Places count from the first patch; prefix tokens are always attended to.
    private Tensor WithPrefix(Tensor places) => cat(
        [arange(PrefixTokens, dtype: int64, device: places.device).expand(places.shape[0], PrefixTokens), places + PrefixTokens], 1);   // [N, P + M]
}
