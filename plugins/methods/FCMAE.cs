using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of FCMAE, section <c>method</c> of a recipe.</summary>
public sealed record FCMAEOptions
{
    /// <summary>Share of the cells that are hidden, a fraction in (0, 1). Paper, section 3: 0.6.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double MaskRatio { get; init; } = 0.6;

    /// <summary>Channels of the decoder. Paper, section 3: 512.</summary>
    [Range(1, 65536)]
    public int DecoderDim { get; init; } = 512;

    /// <summary>Blocks of the decoder. Paper, section 3: 1.</summary>
    [Range(1, 100)]
    public int DecoderDepth { get; init; } = 1;
}

/// <summary>A masked autoencoder of convolutions: from the visible cells of an image it predicts the pixels of those that are hidden.</summary>
/// <remarks>
/// <para>Woo et al., "ConvNeXt V2: Co-designing and Scaling ConvNets with Masked Autoencoders", CVPR 2023, section 3, https://arxiv.org/abs/2301.00808. A cell
/// is what a position of the last map stands for: 32 x 32 pixels at 224. The encoder computes visible cells only, and responses are normalised over the visible
/// sites of each image, as in the authors' JAX code; their sparse PyTorch code does it over the whole batch. Targets are the pixels of a cell, normalised; the
/// loss is the mean squared error over hidden cells.</para>
/// <para>The final normalisation of the backbone, which the authors' encoder does not have, keeps its first weights.</para>
/// </remarks>
[Plugin("fcmae", Options = typeof(FCMAEOptions), Backbone = typeof(IMaskedMapBackbone), Family = "masked",
    Taxonomy = "generation-based: inpainting", PseudoLabel = "continuous map",
    Summary = "A fully convolutional masked autoencoder: predicts hidden pixels from the visible cells of a ConvNeXt V2.",
    Paper = "ConvNeXt V2: Co-designing and Scaling ConvNets with Masked Autoencoders", Authors = "Woo, Debnath, Hu, Chen, Liu, Kweon, Xie", Venue = "CVPR",
    Year = 2023, ArXiv = "2301.00808")]
public sealed class FCMAE : Module, IMethod, IPictures, IParameterGroups, IRunRequirements
{
    private readonly IMaskedMapBackbone backbone;
    private readonly MaskedMapDecoder decoder;
    private readonly FCMAEOptions _options;
    private readonly ViewBuilder _view;
    private readonly SampleRandom _random;
    private readonly int _cell;   // side in pixels

    /// <summary>Builds the decoder on a backbone.</summary>
    public FCMAE(BackboneFactory backbones, FCMAEOptions options, RunInfo run)
        : base(nameof(FCMAE))
    {
        (backbone, _options, _view, _random) = (backbones.MaskedMaps(), options, new(run.ImageSize), new(run));
        var map = backbone.Stages[^1];
        _cell = map.Stride;
        decoder = new(map.Channels, options.DecoderDim, options.DecoderDepth, _cell * _cell * run.Data.Channels);
        RegisterComponents();
        foreach (var parameter in backbone.PoolingParameters)
        {
            parameter.requires_grad = false;
        }
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([View(_view.Crop(0.2, bicubic: true), Flip())]);

    /// <inheritdoc/>
    /// <remarks>The scales and shifts of the response normalisation have four dimensions, but decay no more than others do.</remarks>
    public IReadOnlyList<ParameterRule> ParameterRules => [new(p => p.Name.EndsWith(".gamma", StringComparison.Ordinal)
        || p.Name.EndsWith(".beta", StringComparison.Ordinal), WeightDecayScale: 0)];

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) =>
        MaskGrid.Faults(run.ImageSize, _cell, "backbone.patchSize", _options.MaskRatio, RandomMasking.Visible);

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var images = batch.Views[0];                                                       // [N, C, H, W]
        var pixels = PatchPixels.NormaliseEach(PatchPixels.Split(images, _cell));          // [N, L, p p C]
        var mask = Mask(batch, context);

        return new(HiddenPatchLoss.Compute(Predict(images, mask), pixels, mask.Hidden));
    }

    /// <inheritdoc/>
    public IReadOnlyList<PictureColumn> Pictures(Batch batch, StepContext context)
    {
        var (images, mask) = (batch.Views[0], Mask(batch, context));
        var pixels = PatchPixels.Split(images, _cell);                                     // [N, L, p p C]
        var predicted = PatchPixels.Denormalise(Predict(images, mask), pixels);            // [N, L, p p C]

        return HiddenPictures.Of(images, predicted, mask.Hidden, _cell);
    }

    private PatchMask Mask(Batch batch, StepContext context)
    {
        var images = batch.Views[0];
        var cells = images.shape[2] / _cell * (images.shape[3] / _cell);

        return RandomMasking.Of(SampleNoise.Uniform(_random.Of(batch, context), cells), _options.MaskRatio).To(images.device);
    }

    private Tensor Predict(Tensor images, PatchMask mask) =>
        decoder.call(backbone.EncodeVisible(images, mask.Visible), mask.Hidden);           // [N, F, h, w] -> [N, L, p p C]
}
