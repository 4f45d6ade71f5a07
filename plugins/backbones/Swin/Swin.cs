using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>Published sizes of the Swin transformer.</summary>
public enum SwinSize
{
    /// <summary>2, 2, 6, 2 blocks from 96 channels on.</summary>
    Tiny,

    /// <summary>2, 2, 18, 2 blocks from 96 channels on.</summary>
    Small,

    /// <summary>2, 2, 18, 2 blocks from 128 channels on.</summary>
    Base,
}

/// <summary>Settings of the Swin transformer, section <c>backbone</c> of a recipe.</summary>
public sealed record SwinOptions : IRunRequirements, IValidatableObject
{
    private const int HeadWidth = 32;   // paper, section 3.3: of every size

    /// <summary>tiny (768 features), small (768) or base (1024).</summary>
    public SwinSize Size { get; init; } = SwinSize.Tiny;

    /// <summary>Channels of the first stage, a multiple of 32: the width of a head; features are 8 times as wide. 0 takes the size's own (96, 96, 128). Ours,
    /// for networks smaller than the published ones.</summary>
    [Range(0, 4096)]
    public int Width { get; init; }

    /// <summary>Side of a patch in pixels. Paper: 4, for images of 224 pixels; 1 or 2 suits images of 32 pixels.</summary>
    [Range(1, 16)]
    public int PatchSize { get; init; } = 4;

    /// <summary>Side of a window in positions. Paper: 7; EsViT also 14; 4 suits images of 32 pixels. A stage whose map is smaller takes the map's
    /// side.</summary>
    [Range(1, 64)]
    public int Window { get; init; } = 7;

    /// <summary>Probability that an image skips a branch of the last block in training, a fraction in [0, 1); it rises evenly from 0 in the first. EsViT:
    /// 0.1.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double DropPath { get; init; }

    internal SwinShape Shape
    {
        get
        {
            var (published, depths) = Size switch
            {
                SwinSize.Tiny => (96, (int[])[2, 2, 6, 2]),
                SwinSize.Small => (96, [2, 2, 18, 2]),
                _ => (128, [2, 2, 18, 2]),
            };
            var width = Width == 0 ? published : Width;

            return new(width, depths, [.. depths.Select((_, stage) => (width / HeadWidth) << stage)]);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Width % HeadWidth != 0)
        {
            yield return new($"backbone.width is {Width}. Expected a multiple of {HeadWidth}, the width of an attention head, or 0 for the size's own.",
                [nameof(Width)]);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run)
    {
        if (run.ImageSize < PatchSize)
        {
            yield return $"backbone.patchSize is {PatchSize}, but images have {run.ImageSize} pixels (data.imageSize). Expected at most that.";
        }
    }
}

/// <summary>Swin transformer: attention within windows, in four stages of falling resolution. Names in the state dictionary are torchvision's, without
/// <c>head</c>.</summary>
/// <remarks>
/// Liu et al., "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows", ICCV 2021, https://arxiv.org/abs/2103.14030.
/// Linear layers start from a normal distribution of deviation 0.02, cut off at 2, their biases from 0. Other image sizes need no other weights. Tokens are the
/// positions of the last stage's map, row by row; there is no class token.
/// </remarks>
[Plugin("swin", Options = typeof(SwinOptions), Summary = "Swin transformer: tiny, small or base, with 768 or 1024 features.", Family = "transformer",
    Paper = "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows", Authors = "Liu et al.", Venue = "ICCV", Year = 2021,
    ArXiv = "2103.14030")]
public sealed class Swin : Module<Tensor, Tensor>, ILayeredBackbone, IForeignWeights, ITokenBackbone, ILayerIds, IOnnxModule
{
    private const double InitialStd = 0.02;
    private const string BiasTable = "relative_position_bias_table";

    private readonly ModuleList<Module<Tensor, Tensor>> features;   // patches, then by turns the blocks of a stage and the merging before the next
    private readonly Module<Tensor, Tensor> norm;
    private readonly int[] _widths;   // of the stages, whose maps are [N, H, W, C]
    private readonly int[] _depths;

    /// <summary>Builds and initialises the network.</summary>
    /// <param name="options">Size, patches, windows.</param>
    /// <param name="run">Gives the channels and the side of the images.</param>
    public Swin(SwinOptions options, RunInfo run)
        : base(nameof(Swin))
    {
        var shape = options.Shape;
        (PatchSize, _depths) = (options.PatchSize, shape.Depths);
        _widths = [.. shape.Depths.Select((_, stage) => shape.Width << stage)];
        var rates = new Queue<double>(StochasticDepth.Rates(options.DropPath, shape.Depths.Sum()));
        var layers = new List<Module<Tensor, Tensor>>();
        for (var stage = 0; stage < shape.Depths.Length; stage++)
        {
            var (width, heads) = (_widths[stage], shape.Heads[stage]);
            var window = Math.Min(options.Window, Side(run.ImageSize, stage));
            layers.Add(stage == 0 ? Patches(run.Data.Channels, width) : new PatchMerging(width / 2));
            layers.Add(Sequential(Enumerable.Range(0, shape.Depths[stage]).Select(block =>
                new SwinBlock(width, heads, window, isShifted: block % 2 == 1, rates.Dequeue()))));
        }

        features = [.. layers];
        norm = LayerNorm(FeatureDim);
        RegisterComponents();
        foreach (var linear in modules().OfType<Linear>())
        {
            TruncatedNormal.Fill(linear.weight!, InitialStd);
            if (linear.bias is { } bias)
            {
                init.zeros_(bias);
            }
        }
    }

    /// <inheritdoc/>
    public int FeatureDim => _widths[^1];

    /// <inheritdoc/>
    public int PatchSize { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> LayerDims => _widths;

    /// <inheritdoc/>
    public IReadOnlyList<FeatureStage> Stages =>
        [.. _widths.Select((width, stage) => new FeatureStage($"features.{(2 * stage) + 1}", width, PatchSize << stage))];

    /// <inheritdoc/>
    public int PatchDim => _widths[0];

    /// <inheritdoc/>
    public int TokenDim => FeatureDim;

    /// <inheritdoc/>
    public int TokenStride => PatchSize << (_widths.Length - 1);

    /// <inheritdoc/>
    public int PrefixTokens => 0;

    /// <inheritdoc/>
    public bool HasClassToken => false;

    /// <inheritdoc/>
    public LayerIds NumberLayers(LayerGrouping grouping) => LayerRules.Swin(_depths);

    /// <inheritdoc/>
    public bool IsDecayed(ParameterInfo parameter) =>
        !parameter.IsNormOrBias && !parameter.Name.EndsWith(BiasTable, StringComparison.Ordinal);

    /// <summary>Features of images.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, <see cref="FeatureDim"/>]: the mean over all positions, each normalised.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return Pool(Encode(EmbedPatches(input))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var map = features.Aggregate(input, (x, layer) => graph.Write(layer, x));   // [N, H', W', F]

        return graph.Mean(graph.Write(norm, map), [1, 2]);                          // [N, F]
    }

    /// <inheritdoc/>
    /// <remarks>Normalised, as the paper's patch embedding is.</remarks>
    public Tensor EmbedPatches(Tensor images)
    {
        using var scope = NewDisposeScope();

        return features[0].call(images).MoveToOuterDisposeScope();   // [N, h, w, C]
    }

    /// <inheritdoc/>
    public Tensor Encode(Tensor patches)
    {
        using var scope = NewDisposeScope();

        return Attend(patches)[^1].flatten(1, 2).MoveToOuterDisposeScope();   // [N, L', F]
    }

    /// <inheritdoc/>
    public Tensor Normalise(Tensor tokens) => norm.call(tokens);

    /// <inheritdoc/>
    public Tensor Pool(Tensor tokens)
    {
        using var scope = NewDisposeScope();

        return norm.call(tokens).mean([1]).MoveToOuterDisposeScope();   // [N, F]
    }

    /// <summary>Mean features after each stage; only those of the last stage are normalised.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>One of [N, <see cref="LayerDims"/>[i]] for each stage.</returns>
    public IReadOnlyList<Tensor> Layers(Tensor images)
    {
        using var scope = NewDisposeScope();
        var maps = Attend(EmbedPatches(images));
        maps[^1] = norm.call(maps[^1]);

        return maps.ConvertAll(map => map.mean([1, 2]).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    /// <remarks>Only the last map is normalised.</remarks>
    public IReadOnlyList<Tensor> Maps(Tensor images)
    {
        using var scope = NewDisposeScope();
        var maps = Attend(EmbedPatches(images));   // [N, H', W', C]
        maps[^1] = norm.call(maps[^1]);

        return maps.ConvertAll(map => map.permute(0, 3, 1, 2).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public BackboneOutputs Outputs(Tensor images)
    {
        using var scope = NewDisposeScope();
        var maps = Attend(EmbedPatches(images));   // [N, H', W', C]
        maps[^1] = norm.call(maps[^1]);
        var pooled = maps[^1].flatten(1, 2).mean([1]);   // [N, F]

        return new BackboneOutputs([], maps.ConvertAll(map => map.permute(0, 3, 1, 2)), pooled).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string? OwnName(string name) => SwinNames.Own(name);

    /// <inheritdoc/>
    public IReadOnlyList<WeightLayout> Layouts => [Libraries.Same(Libraries.Torchvision)];

    /// <inheritdoc/>
    public bool MayBeMissing(string name) => name.EndsWith("relative_position_index", StringComparison.Ordinal);   // follows from the window

    /// <inheritdoc/>
    /// <remarks>Tables of relative positions for another window.</remarks>
    public Tensor? Resized(string name, Tensor value) =>
        name.EndsWith(BiasTable, StringComparison.Ordinal) && get_parameter(name) is { } own && value.dim() == 2 && value.shape[1] == own.shape[1]
            ? RelativePositions.Resize(value.to(float32), ((long)Math.Sqrt(own.shape[0]) + 1) / 2, hasClassToken: false) : null;

    private Module<Tensor, Tensor> Patches(int channels, int width) =>
        Sequential(("0", Conv2d(channels, width, PatchSize, stride: PatchSize)), ("1", new ChannelsLast()), ("2", LayerNorm(width)));

    /// <summary>Positions along a side of a stage's map.</summary>
    private int Side(int pixels, int stage)
    {
        var side = pixels / PatchSize;
        for (; stage > 0; stage--)
        {
            side = (side + 1) / 2;
        }

        return side;
    }

    private List<Tensor> Attend(Tensor patches)
    {
        List<Tensor> maps = [features[1].call(patches)];   // [N, h, w, C] of the first stage
        for (var i = 2; i < features.Count; i += 2)
        {
            maps.Add(features[i + 1].call(features[i].call(maps[^1])));   // [N, h / 2, w / 2, 2 C] of the next
        }

        return maps;
    }

    private sealed class ChannelsLast() : Module<Tensor, Tensor>(nameof(ChannelsLast)), IOnnxModule
    {
        public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input) => graph.Transpose(input, 0, 2, 3, 1);

        public override Tensor forward(Tensor input) => input.permute(0, 2, 3, 1);
    }
}

/// <summary>Stages of a Swin transformer.</summary>
/// <param name="Width">Channels of the first stage; each further stage has twice as many.</param>
/// <param name="Depths">Blocks of each stage.</param>
/// <param name="Heads">Heads of each stage.</param>
internal sealed record SwinShape(int Width, int[] Depths, int[] Heads);
