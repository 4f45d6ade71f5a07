using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Backbones;

/// <summary>Settings of S3D and S3D-G, section <c>backbone</c> of a recipe.</summary>
public sealed record S3DOptions
{
    /// <summary>Factor on the channels of every layer, in (0, 8]. 1 is the paper's network.</summary>
    [Range(0.0, 8.0, MinimumIsExclusive = true)]
    public double Width { get; init; } = 1;

    /// <summary>Added to variances by the normalisations. CoCLR: 0.00001, PyTorch's default; the authors and torchvision: 0.001.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double NormEpsilon { get; init; } = 1e-5;
}

/// <summary>S3D: Inception with convolutions split into space and time. Names in the state dictionary are torchvision's, without <c>classifier</c>.</summary>
/// <remarks>
/// Xie et al., "Rethinking Spatiotemporal Feature Learning: Speed-Accuracy Trade-offs in Video Classification", ECCV 2018, https://arxiv.org/abs/1712.04851, as
/// in CoCLR's code: convolutions start from N(0, 0.01²). The stem and two poolings halve the frames, these and two more the sides.
/// </remarks>
public abstract class S3DNetwork : ClipNetwork, IForeignWeights, ILayerIds
{
    private const double InitialStd = 0.01, TorchvisionEpsilon = 1e-3;
    private const int FewestFrames = 5, SmallestSide = 17;   // what leaves a position for the last pooling

    // Of blocks, in order; null is a pooling.
    private static readonly InceptionWidths?[] _blocks =
    [
        new(64, 96, 128, 16, 32, 32), new(128, 128, 192, 32, 96, 64), null,
        new(192, 96, 208, 16, 48, 64), new(160, 112, 224, 24, 64, 64), new(128, 128, 256, 24, 64, 64), new(112, 144, 288, 32, 64, 64),
        new(256, 160, 320, 32, 128, 128), null,
        new(256, 160, 320, 32, 128, 128), new(384, 192, 384, 48, 128, 128),
    ];

    // Numbers of the layers that end a stage, and of those that hold parameters.
    private static readonly int[] _stageEnds = [0, 3, 6, 12, 15], _layers = [0, 2, 3, 5, 6, 8, 9, 10, 11, 12, 14, 15];

    private readonly ModuleList<Module<Tensor, Tensor>> features;
    private readonly bool _isTorchvisions;

    /// <summary>Builds and initialises the network.</summary>
    /// <param name="name">Name of the module.</param>
    /// <param name="isGated">Whether branches end with gates.</param>
    /// <param name="options">Width, normalisation.</param>
    /// <param name="run">Gives the channels of the clips.</param>
    private protected S3DNetwork(string name, bool isGated, S3DOptions options, RunInfo run)
        : base(name)
    {
        _isTorchvisions = !isGated && options.NormEpsilon is TorchvisionEpsilon;
        var (first, second, epsilon) = (Scaled(64), Scaled(192), options.NormEpsilon);
        var widths = _blocks.Select(block => block?.Scaled(Scaled)).ToArray();
        List<Module<Tensor, Tensor>> layers =
        [
            SeparableInception.Separable(run.Data.Channels, first, 7, 2, epsilon), SidePooling(),
            ClipConvolution.Activated(ClipConvolution.Create(first, first, new(1, 1), new(1, 1)), first, epsilon),
            SeparableInception.Separable(first, second, 3, 1, epsilon), SidePooling(),
        ];
        var inputs = second;
        foreach (var block in widths)
        {
            layers.Add(block is not null ? new SeparableInception(inputs, block, isGated, epsilon)
                : layers.Count == _stageEnds[2] + 1 ? MaxPool3d(3, stride: 2, padding: 1) : MaxPool3d(2, stride: 2));
            inputs = block?.Sum ?? inputs;
        }

        features = [.. layers];
        long[] channels = [first, second, widths[1]!.Sum, widths[7]!.Sum, inputs];
        Stages = [.. _stageEnds.Select((layer, stage) => new FeatureStage($"features.{layer}", (int)channels[stage], 2 << stage))];
        RegisterComponents();
        foreach (var convolution in modules().OfType<Conv3d>())
        {
            init.normal_(convolution.weight, 0, InitialStd);
        }

        long Scaled(long width) => Math.Max(1, (long)Math.Round(width * options.Width));
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<FeatureStage> Stages { get; }

    /// <inheritdoc/>
    public LayerIds NumberLayers(LayerGrouping grouping) => LayerRules.Plain([.. _layers.Select(layer => new[] { $"features.{layer}" })]);

    /// <inheritdoc/>
    public string? OwnName(string name) => name.StartsWith("classifier.", StringComparison.Ordinal) ? null : name;

    /// <inheritdoc/>
    /// <remarks>torchvision has no gates, and adds 0.001 to variances.</remarks>
    public IReadOnlyList<WeightLayout> Layouts => _isTorchvisions ? [Libraries.Same(Libraries.Torchvision)] : [];

    private protected override OnnxValue LastMap(IOnnxGraph graph, OnnxValue clips) => features.Aggregate(clips, (map, layer) => graph.Write(layer, map));

    private protected override List<Tensor> ScopedMaps(Tensor clips)
    {
        Clips.Require(clips, GetName(), FewestFrames, SmallestSide);
        var (x, maps) = (clips, new List<Tensor>(_stageEnds.Length));
        foreach (var (layer, module) in features.Index())
        {
            x = module.call(x);   // [N, 64, T/2, H/2, W/2] to [N, 1024, T/8, H/32, W/32]
            if (_stageEnds.Contains(layer))
            {
                maps.Add(x);
            }
        }

        return maps;
    }

    private static Module<Tensor, Tensor> SidePooling() => MaxPool3d((1, 3, 3), stride: (1, 2, 2), padding: (0, 1, 1));
}
