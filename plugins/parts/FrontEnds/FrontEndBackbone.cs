namespace Parallax.Plugins.Parts;

/// <summary>A backbone that sees images through a fixed front end: their lightness, their edges, their motion.</summary>
public sealed class FrontEndBackbone : Module<Tensor, Tensor>, IDerivedBackbone, IOnnxModule, IPooledStages
{
    private readonly Module<Tensor, Tensor> front;
    private readonly Module<Tensor, Tensor> backbone;
    private readonly IBackbone _backbone;
    private readonly Func<ChannelBackboneFactory, IBackbone> _again;

    /// <summary>Puts a front end before a backbone.</summary>
    /// <param name="front">From normalised images [N, C, H, W] to what the backbone sees; without anything to train. Registered here.</param>
    /// <param name="backbone">Registered here.</param>
    /// <param name="again">Builds another one of the same structure.</param>
    public FrontEndBackbone(Module<Tensor, Tensor> front, IBackbone backbone, Func<ChannelBackboneFactory, IBackbone> again)
        : base(nameof(FrontEndBackbone))
    {
        (this.front, this.backbone, _backbone, _again) = (front, (Module<Tensor, Tensor>)backbone, backbone, again);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public int FeatureDim => _backbone.FeatureDim;

    /// <inheritdoc/>
    public IReadOnlyList<FeatureStage> Stages => _backbone.Stages;

    /// <inheritdoc/>
    public IReadOnlyList<FeatureStage> StemStages => _backbone.StemStages;

    /// <summary>Those of the backbone, if it names any.</summary>
    public IReadOnlyList<PooledStage> PooledStages => (_backbone as IPooledStages)?.PooledStages ?? [];

    /// <inheritdoc/>
    public bool TakesClips => _backbone.TakesClips;

    /// <inheritdoc/>
    public IBackbone Again(ChannelBackboneFactory backbones) => _again(backbones);

    /// <summary>Features of images.</summary>
    /// <param name="input">[N, C, H, W], normalised.</param>
    /// <returns>[N, <see cref="FeatureDim"/>].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return backbone.call(front.call(input)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Maps(Tensor images)
    {
        using var scope = NewDisposeScope();

        return [.. _backbone.Maps(front.call(images)).Select(map => map.MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> StemMaps(Tensor images)
    {
        using var scope = NewDisposeScope();

        return [.. _backbone.StemMaps(front.call(images)).Select(map => map.MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    public Tensor Pool(PooledStage pooled, Tensor map) => ((IPooledStages)_backbone).Pool(pooled, map);

    /// <inheritdoc/>
    public BackboneOutputs Outputs(Tensor images)
    {
        using var scope = NewDisposeScope();

        return _backbone.Outputs(front.call(images)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input) => graph.Write(backbone, graph.Write(front, input));
}
