using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>A backbone that sees each overlapping patch of an image by itself; the features of an image are the mean of its patches' codes.</summary>
/// <remarks>
/// Hénaff et al., "Data-Efficient Image Recognition with Contrastive Predictive Coding", ICML 2020, https://arxiv.org/abs/1905.09272: linear evaluation on the
/// mean of the codes, other networks on their grid, which is the only one of the <see cref="Stages"/>.
/// </remarks>
public sealed class PatchBackbone : Module<Tensor, Tensor>, IDerivedBackbone
{
    private readonly IBackbone backbone;
    private readonly int _channels, _imageSize, _side;
    private readonly double _patchShare;

    /// <summary>Builds the network that sees patches.</summary>
    /// <param name="backbones">Makes it.</param>
    /// <param name="run">Gives channels and size of the images.</param>
    /// <param name="side">Patches per side of an image R.</param>
    /// <param name="patchShare">Side of a patch as a share of the image's.</param>
    public PatchBackbone(ChannelBackboneFactory backbones, RunInfo run, int side, double patchShare)
        : this(backbones, run.Data.Channels, run.ImageSize, side, patchShare)
    {
    }

    private PatchBackbone(ChannelBackboneFactory backbones, int channels, int imageSize, int side, double patchShare)
        : base(nameof(PatchBackbone))
    {
        (_channels, _imageSize, _side, _patchShare) = (channels, imageSize, side, patchShare);
        backbone = backbones(channels);
        Stages = [new("codes", backbone.FeatureDim, Math.Max(1, OverlappingPatches.Of(imageSize, side, patchShare).Stride))];
        RegisterComponents();
    }

    /// <inheritdoc/>
    public int FeatureDim => backbone.FeatureDim;

    /// <summary>The grid of codes.</summary>
    public IReadOnlyList<FeatureStage> Stages { get; }

    /// <summary>Whether a layer normalises over the batch, so that patches are told of each other.</summary>
    public bool JoinsPatches => ((Module)backbone).modules().Any(module =>
        module is TorchSharp.Modules.BatchNorm1d or TorchSharp.Modules.BatchNorm2d or TorchSharp.Modules.BatchNorm3d or SplitBatchNorm2d);

    /// <inheritdoc cref="OverlappingPatches.Faults"/>
    public IEnumerable<string> Faults() => OverlappingPatches.Faults(backbone, _imageSize, _side, _patchShare);

    /// <inheritdoc/>
    public IBackbone Again(ChannelBackboneFactory backbones) => new PatchBackbone(backbones, _channels, _imageSize, _side, _patchShare);

    /// <summary>The patches of images.</summary>
    /// <param name="images">[N, C, S, S].</param>
    /// <returns>[N, R R, C, p, p], row by row.</returns>
    public Tensor Patches(Tensor images) => OverlappingPatches.Of(images.shape[3], _side, _patchShare).Cut(images);

    /// <summary>The codes of patches.</summary>
    /// <param name="patches">[N, R R, C, p, p].</param>
    /// <returns>[N, F, R, R].</returns>
    public Tensor Codes(Tensor patches)
    {
        using var scope = NewDisposeScope();
        var codes = backbone.call(patches.flatten(0, 1));   // [N R R, F]

        return codes.reshape(-1, _side, _side, FeatureDim).permute(0, 3, 1, 2).MoveToOuterDisposeScope();   // [N, F, R, R]
    }

    /// <summary>Features of images.</summary>
    /// <param name="input">[N, C, S, S].</param>
    /// <returns>[N, <see cref="FeatureDim"/>].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return Codes(Patches(input)).mean([2, 3]).MoveToOuterDisposeScope();   // [N, F]
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Maps(Tensor images)
    {
        using var scope = NewDisposeScope();

        return [Codes(Patches(images)).MoveToOuterDisposeScope()];   // [N, F, R, R]
    }

    /// <inheritdoc/>
    public BackboneOutputs Outputs(Tensor images)
    {
        using var scope = NewDisposeScope();
        var codes = Codes(Patches(images));   // [N, F, R, R]

        return new BackboneOutputs([], [codes], codes.mean([2, 3])).MoveToOuterDisposeScope();
    }
}
