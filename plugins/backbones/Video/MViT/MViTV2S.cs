using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>MViTv2-S: a transformer over clips in four stages of falling resolution, with pooling attention. Names in the state dictionary are torchvision's,
/// without <c>head</c>.</summary>
/// <remarks>
/// Li et al., "MViTv2: Improved Multiscale Vision Transformers for Classification and Detection", CVPR 2022, https://arxiv.org/abs/2112.01526; the widening of
/// MaskFeat's networks (Wei et al., CVPR 2022, https://arxiv.org/abs/2112.09133) is an option. Linear layers, tables and the class token start from a normal
/// distribution of deviation 0.02, cut off at 2, biases from 0. Clips of other sizes need no other weights: tables are interpolated. Tokens are the class token
/// and the positions of the last map, frame by frame and row by row.
/// </remarks>
[Plugin("mvit-v2-s", Options = typeof(MViTOptions), Summary = "Multiscale vision transformer for clips, 768 features.", Family = "video",
    Paper = "MViTv2: Improved Multiscale Vision Transformers for Classification and Detection", Authors = "Li et al.", Venue = "CVPR", Year = 2022,
    ArXiv = "2112.01526")]
public sealed class MViTV2S : Module<Tensor, Tensor>, ILayeredBackbone, IClipTokenBackbone, IForeignWeights, ILayerIds, IOnnxModule
{
    private const double InitialStd = 0.02;
    private const int GridDimensions = 5;

    private readonly Module<Tensor, Tensor> conv_proj, norm;
    private readonly ClassTokenHolder pos_encoding;
    private readonly ModuleList<MViTBlock> blocks;
    private readonly MViTPooling _pooling;
    private readonly bool _isTorchvisions;
    private readonly int[] _stageEnds;   // the last block of each stage

    /// <summary>Builds and initialises the network.</summary>
    /// <param name="options">Form, width, depth, pooling.</param>
    /// <param name="run">Gives the channels and the side of the clips.</param>
    public MViTV2S(MViTOptions options, RunInfo run)
        : base(nameof(MViTV2S))
    {
        var shapes = MViTShape.Blocks(options, run.ImageSize).ToList();
        var rates = StochasticDepth.Rates(options.DropPath, shapes.Count);
        (_pooling, _isTorchvisions) = (options.Pooling, options is { Form: MViTForm.Supervised, PoolsLast: true, Pooling: MViTPooling.Token });
        conv_proj = Conv3d(run.Data.Channels, options.Width, (3, 7, 7), stride: MViTShape.Patch.Triple, padding: (1, 3, 3));
        pos_encoding = new ClassTokenHolder(options.Width, InitialStd);
        blocks = [.. shapes.Zip(rates, (shape, rate) => new MViTBlock(shape, rate))];
        norm = LayerNorm(shapes[^1].Outputs, eps: TransformerBlock.NormEpsilon);
        RegisterComponents();
        foreach (var linear in modules().OfType<Linear>())
        {
            TruncatedNormal.Fill(linear.weight!, InitialStd);
            init.zeros_(linear.bias!);
        }

        _stageEnds = [.. MViTShape.Depths(options).Aggregate(new List<int>(), (ends, depth) => [.. ends, ends.LastOrDefault(-1) + depth])];
        Stages = [.. _stageEnds.Select(end => new FeatureStage($"blocks.{end}", (int)shapes[end].Outputs,
            (int)(shapes.Take(end + 1).Aggregate(MViTShape.Patch.Side, (stride, block) => stride * block.QueryStride))))];
    }

    /// <inheritdoc/>
    public bool TakesClips => true;

    /// <inheritdoc/>
    public int FeatureDim => Stages[^1].Channels;

    /// <inheritdoc/>
    public IReadOnlyList<FeatureStage> Stages { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> LayerDims => [.. Stages.Select(stage => stage.Channels)];

    /// <inheritdoc/>
    public int PatchSize => (int)MViTShape.Patch.Side;

    /// <inheritdoc/>
    public int PatchDim => (int)pos_encoding.Token.shape[0];

    /// <inheritdoc/>
    public int TokenDim => FeatureDim;

    /// <inheritdoc/>
    public int TokenStride => Stages[^1].Stride;

    /// <inheritdoc/>
    public int TokenFrames => (int)MViTShape.Patch.Time;

    /// <inheritdoc/>
    public int PrefixTokens => 1;

    /// <inheritdoc/>
    public bool HasClassToken => true;

    /// <inheritdoc/>
    public LayerIds NumberLayers(LayerGrouping grouping) => LayerRules.Transformer(blocks.Count);

    /// <summary>Features of clips.</summary>
    /// <param name="input">[N, C, T, H, W].</param>
    /// <returns>[N, <see cref="FeatureDim"/>].</returns>
    /// <exception cref="ConfigurationException">They are no clips.</exception>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return Pool(Encode(EmbedPatches(input))).MoveToOuterDisposeScope();   // [N, F]
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        using var scope = NewDisposeScope();
        var map = graph.Write(conv_proj, input);                                                                  // [N, D, t, h, w]
        var grid = new ClipGrid(map.Shape[2], map.Shape[3], map.Shape[4]);
        var patches = graph.Transpose(graph.Reshape(map, OnnxValue.Batch, map.Shape[1], grid.Count), 0, 2, 1);    // [N, L, D]
        var tokens = graph.Concatenate(1, graph.Repeat(graph.Constant(pos_encoding.Token.view(1, 1, -1)), patches), patches);
        foreach (var block in blocks)
        {
            (tokens, grid) = block.Change(graph, tokens, grid);                                                   // [N, 1 + L, D]
        }

        var pooled = _pooling == MViTPooling.Token ? graph.Reshape(graph.Slice(tokens, 1, 0, 1), OnnxValue.Batch, FeatureDim)
            : graph.Mean(graph.Slice(tokens, 1, 1, tokens.Shape[1]), [1]);

        return graph.Write(norm, pooled);                                                                         // [N, F]
    }

    /// <summary>Embeds overlapping cubes of 3 frames and 7x7 pixels, every second frame and every fourth pixel.</summary>
    /// <param name="images">Clips [N, C, T, H, W].</param>
    /// <returns>[N, t, h, w, <see cref="PatchDim"/>].</returns>
    public Tensor EmbedPatches(Tensor images)
    {
        Clips.Require(images, GetName());
        using var map = conv_proj.call(images);   // [N, D, t, h, w]

        return map.permute(0, 2, 3, 4, 1);        // [N, t, h, w, D]
    }

    /// <summary>Adds the class token, and runs all blocks.</summary>
    /// <param name="patches">[N, t, h, w, <see cref="PatchDim"/>].</param>
    /// <returns>[N, 1 + L, <see cref="TokenDim"/>], before the final normalisation; positions frame by frame and row by row.</returns>
    public Tensor Encode(Tensor patches)
    {
        using var scope = NewDisposeScope();

        return Encoded(patches).Last().Tokens.MoveToOuterDisposeScope();   // [N, 1 + L, F]
    }

    /// <inheritdoc/>
    public Tensor Normalise(Tensor tokens) => norm.call(tokens);

    /// <inheritdoc/>
    public Tensor Pool(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var pooled = _pooling == MViTPooling.Token ? tokens.select(1, 0) : tokens.narrow(1, 1, tokens.shape[1] - 1).mean([1]);

        return norm.call(pooled).MoveToOuterDisposeScope();   // [N, F]
    }

    /// <summary>Mean features after each stage, without the class token; the last are the features of the network.</summary>
    /// <param name="images">Clips [N, C, T, H, W].</param>
    /// <returns>One of [N, <see cref="LayerDims"/>[i]] for each stage.</returns>
    public IReadOnlyList<Tensor> Layers(Tensor images)
    {
        using var scope = NewDisposeScope();
        var stages = StageEnds(images);

        return
        [
            .. stages.SkipLast(1).Select(stage => stage.Tokens.narrow(1, 1, stage.Grid.Count).mean([1]).MoveToOuterDisposeScope()),
            Pool(stages[^1].Tokens).MoveToOuterDisposeScope(),
        ];
    }

    /// <summary>The maps after each stage, without the class token; only the last is normalised.</summary>
    /// <param name="images">Clips [N, C, T, H, W].</param>
    /// <returns>One of [N, channels, t, h, w] for each stage.</returns>
    public IReadOnlyList<Tensor> Maps(Tensor images)
    {
        using var scope = NewDisposeScope();

        return ScopedMaps(StageEnds(images)).ConvertAll(map => map.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public BackboneOutputs Outputs(Tensor images)
    {
        using var scope = NewDisposeScope();
        var stages = StageEnds(images);

        return new BackboneOutputs([], ScopedMaps(stages), Pool(stages[^1].Tokens)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string? OwnName(string name) => MViTNames.Own(name);

    /// <inheritdoc/>
    /// <remarks>torchvision has the supervised form, which pools in every stage and gives the class token.</remarks>
    public IReadOnlyList<WeightLayout> Layouts => _isTorchvisions ? [Libraries.Same(Libraries.Torchvision)] : [];

    /// <inheritdoc/>
    public Tensor? Resized(string name, Tensor value) => name.Contains(".rel_pos_", StringComparison.Ordinal) && get_parameter(name) is { } table
        && value.shape[^1] == table.shape[1] ? RelativeClipPositions.Resize(value.to(float32), table.shape[0]) : null;

    private List<Tensor> ScopedMaps(List<Stage> stages) =>
    [
        .. stages.SkipLast(1).Append(stages[^1] with { Tokens = norm.call(stages[^1].Tokens) }).Select(stage => stage.Tokens
            .narrow(1, 1, stage.Grid.Count).transpose(1, 2).unflatten(2, stage.Grid.Frames, stage.Grid.Height, stage.Grid.Width)),   // [N, C, t, h, w]
    ];

    private List<Stage> StageEnds(Tensor clips) => [.. Encoded(EmbedPatches(clips)).Where((_, block) => _stageEnds.Contains(block))];

    private IEnumerable<Stage> Encoded(Tensor patches)
    {
        var shape = patches.shape;
        if (shape.Length != GridDimensions)
        {
            throw new ArgumentException($"Patches of clips are [N, t, h, w, D], but [{string.Join(", ", shape)}] came.", nameof(patches));
        }

        var (tokens, grid) = (cat([pos_encoding.Token.expand(shape[0], 1, -1), patches.flatten(1, 3)], 1), new ClipGrid(shape[1], shape[2], shape[3]));
        foreach (var block in blocks)
        {
            (tokens, grid) = block.Change(tokens, grid);   // [N, 1 + L, D]
            yield return new(tokens, grid);
        }
    }

    private sealed record Stage(Tensor Tokens, ClipGrid Grid);
}
