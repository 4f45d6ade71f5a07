namespace Parallax.Contracts;

/// <summary>
/// A backbone plugin: a sealed <c>torch.nn.Module&lt;Tensor, Tensor&gt;</c> from images [N, C, H, W] to features [N, <see cref="FeatureDim"/>].
/// Its state-dictionary names are torchvision's or timm's, so weights travel.
/// </summary>
/// <remarks>The constructor takes its options record and <see cref="RunInfo"/> (image size, channels).</remarks>
public interface IBackbone : IModule<Tensor, Tensor>
{
    /// <summary>Width F of the features.</summary>
    int FeatureDim { get; }

    /// <summary>Feature maps [N, channels, H', W'] it can give, coarsest last; empty when it has none.</summary>
    IReadOnlyList<FeatureStage> Stages => [];

    /// <summary>The feature maps of all <see cref="Stages"/>, in one pass.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>One [N, <see cref="FeatureStage.Channels"/>, H', W'] for each stage, of clips [N, channels, T', H', W'], after its last activation; empty
    /// without stages.</returns>
    IReadOnlyList<Tensor> Maps(Tensor images) => [];

    /// <summary>Maps of a residual network's stem, which come before those of <see cref="Stages"/>: behind its first convolution and activation, and behind the
    /// pooling that follows, where it has one; empty for a backbone whose first layers are stages, or that gives none.</summary>
    IReadOnlyList<FeatureStage> StemStages => [];

    /// <summary>The feature maps of all <see cref="StemStages"/>.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>One for each, as <see cref="Maps"/> gives them.</returns>
    IReadOnlyList<Tensor> StemMaps(Tensor images) => [];

    /// <summary>Maps and features together, for whoever looks at all of them. A backbone that has any map computes them in one pass; by default each kind takes
    /// a pass of its own.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>The same bits as <see cref="StemMaps"/>, <see cref="Maps"/> and the backbone itself give.</returns>
    BackboneOutputs Outputs(Tensor images) => new(StemMaps(images), Maps(images), call(images));

    /// <summary>Whether its images are clips [N, C, T, H, W] instead of images [N, C, H, W].</summary>
    bool TakesClips => false;

    /// <summary>Side of a patch in pixels for token backbones, else 0.</summary>
    int PatchSize => 0;
}

/// <summary>Declares that a backbone also gives features from the middle of its depth: after each block of a transformer, after each stage of a residual
/// network.</summary>
public interface ILayeredBackbone : IBackbone
{
    /// <summary>Width of the features after each layer, first to last; the last equals <see cref="IBackbone.FeatureDim"/>.</summary>
    IReadOnlyList<int> LayerDims { get; }

    /// <summary>Pooled features after each layer, in one pass.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>One [N, <see cref="LayerDims"/>[i]] per layer; the last is what the backbone itself returns.</returns>
    IReadOnlyList<Tensor> Layers(Tensor images);
}

/// <summary>One resolution of a convolutional backbone.</summary>
/// <param name="Name">Module name, for example <c>layer4</c>.</param>
/// <param name="Channels">Channels of the map.</param>
/// <param name="Stride">Input pixels per map pixel.</param>
public sealed record FeatureStage(string Name, int Channels, int Stride);

/// <summary>What one pass of a backbone gives.</summary>
/// <param name="StemMaps">One for each of <see cref="IBackbone.StemStages"/>.</param>
/// <param name="Maps">One for each of <see cref="IBackbone.Stages"/>.</param>
/// <param name="Features">[N, <see cref="IBackbone.FeatureDim"/>].</param>
public sealed record BackboneOutputs(IReadOnlyList<Tensor> StemMaps, IReadOnlyList<Tensor> Maps, Tensor Features)
{
    /// <summary>Hands all tensors to the dispose scope around the innermost one.</summary>
    public BackboneOutputs MoveToOuterDisposeScope() => new(
        [.. StemMaps.Select(map => map.MoveToOuterDisposeScope())], [.. Maps.Select(map => map.MoveToOuterDisposeScope())],
        Features.MoveToOuterDisposeScope());
}

/// <summary>Makes another backbone with the settings of the run, freshly initialised: a momentum encoder needs a second one.</summary>
public delegate IBackbone BackboneFactory();

/// <summary>Makes the network for images that a method for clips learns from: a backbone with the settings and weights of the recipe's section
/// <c>imageModel</c>. Asking for it is what allows the section.</summary>
/// <exception cref="ConfigurationException">The recipe has no such section, or names a network for clips.</exception>
public delegate IBackbone ImageModelFactory();

/// <summary>As <see cref="BackboneFactory"/>, for images of another number of channels: where a front end before the backbone changes them.</summary>
/// <param name="channels">Channels of the backbone's images.</param>
public delegate IBackbone ChannelBackboneFactory(int channels);
