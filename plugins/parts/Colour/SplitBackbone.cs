using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Two backbones side by side that never see each other's channels; features and maps of both are joined.</summary>
/// <remarks>
/// Zhang et al., "Split-Brain Autoencoders: Unsupervised Learning by Cross-Channel Prediction", CVPR 2017, section 3, https://arxiv.org/abs/1611.09842.
/// Nothing is normalised across the halves.
/// </remarks>
public sealed class SplitBackbone : Module<Tensor, Tensor>, IDerivedBackbone, IPooledStages
{
    private readonly IBackbone lightness, colours;
    private readonly Func<ChannelBackboneFactory, IBackbone> _again;

    /// <summary>Joins two backbones.</summary>
    /// <param name="lightness">The half that sees lightness.</param>
    /// <param name="colours">The half that sees colours; of the same kind.</param>
    /// <param name="again">Makes another such backbone.</param>
    public SplitBackbone(IBackbone lightness, IBackbone colours, Func<ChannelBackboneFactory, IBackbone> again)
        : base(nameof(SplitBackbone))
    {
        (this.lightness, this.colours, _again) = (lightness, colours, again);
        FeatureDim = lightness.FeatureDim + colours.FeatureDim;
        (Stages, StemStages) = (Joined(lightness.Stages, colours.Stages), Joined(lightness.StemStages, colours.StemStages));
        PooledStages = lightness is IPooledStages first && colours is IPooledStages second
            ? [.. first.PooledStages.Zip(second.PooledStages, (a, b) => a with { Map = Joined([a.Map], [b.Map])[0] })] : [];
        RegisterComponents();
    }

    /// <summary>The half that sees lightness.</summary>
    public IBackbone Lightness => lightness;

    /// <summary>The half that sees colours.</summary>
    public IBackbone Colours => colours;

    /// <inheritdoc/>
    public int FeatureDim { get; }

    /// <inheritdoc/>
    public IReadOnlyList<FeatureStage> Stages { get; }

    /// <inheritdoc/>
    public IReadOnlyList<FeatureStage> StemStages { get; }

    /// <summary>Those of both halves, joined, if they name any.</summary>
    public IReadOnlyList<PooledStage> PooledStages { get; }

    /// <inheritdoc/>
    public IBackbone Again(ChannelBackboneFactory backbones) => _again(backbones);

    /// <summary>Features of both halves, those of lightness first.</summary>
    /// <param name="input">RGB, normalised as views are, [N, 3, H, W].</param>
    /// <returns>[N, <see cref="FeatureDim"/>].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return cat([lightness.call(input), colours.call(input)], 1).MoveToOuterDisposeScope();   // [N, F]
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Maps(Tensor images)
    {
        using var scope = NewDisposeScope();

        return [.. lightness.Maps(images).Zip(colours.Maps(images), (a, b) => cat([a, b], 1).MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> StemMaps(Tensor images)
    {
        using var scope = NewDisposeScope();

        return [.. lightness.StemMaps(images).Zip(colours.StemMaps(images), (a, b) => cat([a, b], 1).MoveToOuterDisposeScope())];
    }

    /// <summary>Pools the channels of both halves alike, which are of the same kind.</summary>
    /// <inheritdoc/>
    public Tensor Pool(PooledStage pooled, Tensor map) => ((IPooledStages)lightness).Pool(pooled, map);

    /// <inheritdoc/>
    public BackboneOutputs Outputs(Tensor images)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (lightness.Outputs(images), colours.Outputs(images));

        return new BackboneOutputs(Joined(a.StemMaps, b.StemMaps), Joined(a.Maps, b.Maps), cat([a.Features, b.Features], 1)).MoveToOuterDisposeScope();

        static Tensor[] Joined(IReadOnlyList<Tensor> first, IReadOnlyList<Tensor> second) => [.. first.Zip(second, (x, y) => cat([x, y], 1))];
    }

    private static FeatureStage[] Joined(IReadOnlyList<FeatureStage> lightness, IReadOnlyList<FeatureStage> colours) =>
        [.. lightness.Zip(colours, (a, b) => a with { Channels = a.Channels + b.Channels })];
}
