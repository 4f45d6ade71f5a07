using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Backbones;

/// <summary>Networks for images that see the frames of a clip.</summary>
public enum FrameNetwork
{
    /// <summary>ResNet-18.</summary>
    Resnet18,

    /// <summary>ResNet-34.</summary>
    Resnet34,

    /// <summary>ResNet-50.</summary>
    Resnet50,
}

/// <summary>Settings of a ResNet over frames, section <c>backbone</c> of a recipe.</summary>
public sealed record TimeDistributedOptions
{
    /// <summary>resnet18 (512 features), resnet34 (512) or resnet50 (2048).</summary>
    public FrameNetwork Network { get; init; } = FrameNetwork.Resnet18;

    /// <inheritdoc cref="ResNetOptions.Stem"/>
    public Stem Stem { get; init; } = Stem.Imagenet;

    /// <inheritdoc cref="ResNetOptions.Width"/>
    [Range(0.0, 8.0, MinimumIsExclusive = true)]
    public double Width { get; init; } = 1;

    /// <inheritdoc cref="ResNetOptions.ZeroInitResidual"/>
    public bool ZeroInitResidual { get; init; }

    internal ResNetOptions Frames => new() { Stem = Stem, Width = Width, ZeroInitResidual = ZeroInitResidual };
}

/// <summary>A ResNet for images on every frame of a clip; features are the mean over time. Names in the state dictionary are the ResNet's behind
/// <c>frame.</c>; weights of the ResNet are read as they are.</summary>
/// <remarks>The form without any layer over time of Wang et al., "Temporal Segment Networks", ECCV 2016, section 3.1 (average consensus),
/// https://arxiv.org/abs/1608.00859.</remarks>
[Plugin("time-distributed", Options = typeof(TimeDistributedOptions), Summary = "A ResNet for images on every frame of a clip, averaged over time.",
    Family = "video", Paper = "Temporal Segment Networks: Towards Good Practices for Deep Action Recognition", Authors = "Wang et al.", Venue = "ECCV",
    Year = 2016, ArXiv = "1608.00859")]
public sealed class TimeDistributed : Module<Tensor, Tensor>, ILayeredBackbone, IForeignWeights, ILayerIds, IOnnxModule
{
    private const string Prefix = "frame.";

    private readonly ResNet frame;

    /// <summary>Builds the network.</summary>
    /// <param name="options">Which ResNet, and its settings.</param>
    /// <param name="run">Gives the channels of the clips.</param>
    public TimeDistributed(TimeDistributedOptions options, RunInfo run)
        : base(nameof(TimeDistributed))
    {
        frame = options.Network switch
        {
            FrameNetwork.Resnet18 => new ResNet18(options.Frames, run),
            FrameNetwork.Resnet34 => new ResNet34(options.Frames, run),
            _ => new ResNet50(options.Frames, run),
        };
        RegisterComponents();
    }

    /// <inheritdoc/>
    public bool TakesClips => true;

    /// <inheritdoc/>
    public int FeatureDim => frame.FeatureDim;

    /// <inheritdoc/>
    public IReadOnlyList<FeatureStage> Stages => [.. frame.Stages.Select(stage => stage with { Name = Prefix + stage.Name })];

    /// <inheritdoc/>
    public IReadOnlyList<FeatureStage> StemStages => [.. frame.StemStages.Select(stage => stage with { Name = Prefix + stage.Name })];

    /// <inheritdoc/>
    public IReadOnlyList<int> LayerDims => frame.LayerDims;

    /// <inheritdoc/>
    public LayerIds NumberLayers(LayerGrouping grouping)
    {
        var ids = frame.NumberLayers(grouping);

        return ids with { Of = name => ids.Of(name[Prefix.Length..]) };
    }

    /// <summary>Features of clips.</summary>
    /// <param name="input">[N, C, T, H, W].</param>
    /// <returns>[N, <see cref="FeatureDim"/>], averaged over all positions and frames; not negative.</returns>
    /// <exception cref="ConfigurationException">They are no clips.</exception>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return MeanOverTime(frame.call(Frames(input)), input).MoveToOuterDisposeScope();   // [N, F]
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var (channels, frames) = (input.Shape[1], input.Shape[2]);
        var images = graph.Reshape(graph.Transpose(input, 0, 2, 1, 3, 4), OnnxValue.Batch, channels, input.Shape[3], input.Shape[4]);   // [N T, C, H, W]

        return graph.Mean(graph.Reshape(graph.Write(frame, images), OnnxValue.Batch, frames, FeatureDim), [1]);                         // [N, F]
    }

    /// <summary>Averaged features after each stage.</summary>
    /// <param name="images">Clips [N, C, T, H, W].</param>
    /// <returns>One of [N, <see cref="LayerDims"/>[i]] for each stage, not negative.</returns>
    public IReadOnlyList<Tensor> Layers(Tensor images)
    {
        using var scope = NewDisposeScope();

        return [.. frame.Layers(Frames(images)).Select(layer => MeanOverTime(layer, images).MoveToOuterDisposeScope())];
    }

    /// <summary>The maps after each stage, frame by frame.</summary>
    /// <param name="images">Clips [N, C, T, H, W].</param>
    /// <returns>One of [N, channels, T, H', W'] for each stage.</returns>
    public IReadOnlyList<Tensor> Maps(Tensor images)
    {
        using var scope = NewDisposeScope();

        return [.. frame.Maps(Frames(images)).Select(map => Unfolded(map, images).transpose(1, 2).MoveToOuterDisposeScope())];
    }

    /// <inheritdoc cref="Maps"/>
    public IReadOnlyList<Tensor> StemMaps(Tensor images)
    {
        using var scope = NewDisposeScope();

        return [.. frame.StemMaps(Frames(images)).Select(map => Unfolded(map, images).transpose(1, 2).MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    public BackboneOutputs Outputs(Tensor images)
    {
        using var scope = NewDisposeScope();
        var (stem, maps, features) = frame.Outputs(Frames(images));

        return new BackboneOutputs([.. stem.Select(Clip)], [.. maps.Select(Clip)], MeanOverTime(features, images)).MoveToOuterDisposeScope();

        Tensor Clip(Tensor map) => Unfolded(map, images).transpose(1, 2);
    }

    /// <inheritdoc/>
    /// <remarks>The ResNet's names alone: <c>frame.</c> is what comes before them in files of this network.</remarks>
    public string? OwnName(string name) => frame.OwnName(name) is { } own ? Prefix + own : null;

    /// <inheritdoc/>
    /// <remarks>Those of the ResNet, which such a file holds.</remarks>
    public IReadOnlyList<WeightLayout> Layouts =>
        [.. frame.Layouts.Select(layout => layout with { NameOf = name => layout.NameOf(name[Prefix.Length..]) })];

    /// <inheritdoc/>
    public bool MayBeMissing(string name) => frame.MayBeMissing(name);

    private static Tensor Frames(Tensor clips)
    {
        Clips.Require(clips, nameof(TimeDistributed));

        return clips.transpose(1, 2).flatten(0, 1);   // [N T, C, H, W]
    }

    private static Tensor MeanOverTime(Tensor features, Tensor clips) => Unfolded(features, clips).mean([1]);   // [N, F]

    private static Tensor Unfolded(Tensor frames, Tensor clips) => frames.unflatten(0, clips.shape[0], clips.shape[2]);   // [N, T, ...]
}
