namespace Parallax.Plugins.Parts;

/// <summary>Heads for every layer of a backbone, those of MoCo v3.</summary>
/// <remarks>Jang et al., "Self-Distilled Self-Supervised Representation Learning", WACV 2023, section 3, https://arxiv.org/abs/2111.12958, and the authors'
/// code.</remarks>
public static class LayerHeads
{
    /// <summary>The backbone as one that shows its layers.</summary>
    /// <exception cref="ConfigurationException">It shows none.</exception>
    public static ILayeredBackbone Layered(IBackbone backbone) => backbone as ILayeredBackbone ?? throw new ConfigurationException(
        "The method learns from intermediate layers, but backbone.name is one that shows none. "
        + "Take a backbone that implements ILayeredBackbone, such as vit or resnet18.");

    /// <summary>A projector for every layer; those of intermediate layers are half as wide as the last.</summary>
    public static ModuleList<Module<Tensor, Tensor>> Projectors(ILayeredBackbone backbone, SelfDistillationOptions options, bool lastNorm) => new(
    [
        .. backbone.LayerDims.SkipLast(1).Select(width => MoCoV3Head.Create(width, options.HiddenDim / 2, options.ProjectionDim, layers: 3, lastNorm)),
        LastProjector(backbone, options, lastNorm),
    ]);

    /// <summary>The projector of the last layer, also a teacher's.</summary>
    public static Module<Tensor, Tensor> LastProjector(IBackbone backbone, SelfDistillationOptions options, bool lastNorm) =>
        MoCoV3Head.Create(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim, layers: 3, lastNorm);

    /// <summary>A predictor for every layer.</summary>
    public static ModuleList<Module<Tensor, Tensor>> Predictors(ILayeredBackbone backbone, SelfDistillationOptions options, bool lastNorm) =>
        new([.. backbone.LayerDims.Select(_ => MoCoV3Head.Create(options.ProjectionDim, options.HiddenDim, options.ProjectionDim, layers: 2, lastNorm))]);

    /// <summary>Passes each layer's rows through its head.</summary>
    /// <param name="heads">L heads.</param>
    /// <param name="layers">L of [N, F], each with its own width.</param>
    /// <returns>L of [N, D].</returns>
    public static IReadOnlyList<Tensor> Apply(ModuleList<Module<Tensor, Tensor>> heads, IEnumerable<Tensor> layers) =>
        [.. layers.Zip(heads, (rows, head) => head.call(rows))];
}
