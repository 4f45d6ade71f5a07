using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of CMAE, section <c>method</c> of a recipe.</summary>
public sealed record CMAEOptions : MaskedAutoencoderOptions
{
    /// <summary>Share of the squares of 2 x 2 patches that are hidden, a fraction in (0, 1). Authors' code: 0.65; from memory of the paper: 0.75 of single
    /// patches.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public override double MaskRatio { get; init; } = 0.65;

    /// <summary>Divisor of the cosines, positive. Authors' code: 0.07.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.07;

    /// <summary>Share of the momentum encoder kept at each step, a fraction in [0, 1]. Authors' code: 0.996.</summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.996;

    /// <summary>Weight of the contrast, 0 or more. Authors' code: 1.</summary>
    [Range(0.0, 1000.0)]
    public double ContrastWeight { get; init; } = 1;

    /// <summary>Weight of the reconstruction, 0 or more. Authors' code: 1.</summary>
    [Range(0.0, 1000.0)]
    public double ReconstructionWeight { get; init; } = 1;

    /// <summary>Blocks of the pixel decoder. Authors' code: 8.</summary>
    [Range(0, 1024)]
    public override int DecoderDepth { get; init; } = 8;

    /// <summary>Blocks of the feature decoder, as wide as that of pixels. Authors' code: 2.</summary>
    [Range(0, 1024)]
    public int FeatureDecoderDepth { get; init; } = 2;

    /// <summary>Width of the hidden layer of projector and predictor. Authors' code: 1536.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 1536;

    /// <summary>Width D of projections and predictions. Authors' code: 256.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 256;
}

/// <summary>A masked autoencoder whose decoded features are also contrasted with those that a moving average of the encoder gives of whole
/// images.</summary>
/// <remarks>
/// <para>Huang et al., "Contrastive Masked Autoencoders are Stronger Vision Learners", TPAMI 2023, https://arxiv.org/abs/2207.13532:
/// loss = contrast + reconstruction, that of MAE on normalised pixels and <see cref="MoCoV3Loss"/> between the mean of the decoded features and the mean of the
/// target's patches. Masks (<see cref="CoarseMasking"/>), views and heads are those of the authors' code: both views are cut from one larger crop, the
/// online one at its corner and without colours, the target up to a patch or two away and with colours. The target's final normalisation is left out.</para>
/// <para>Differs from the authors' code: decoded features are as wide as the encoder's tokens, of whatever patch size (there, both are 768); the heads'
/// normalisation has PyTorch's epsilon.</para>
/// </remarks>
[Plugin("cmae", Options = typeof(CMAEOptions), Backbone = typeof(IPatchSequenceBackbone),
    Taxonomy = "generation-based: inpainting", PseudoLabel = "continuous map",
    Summary = "A masked autoencoder whose decoded features are also contrasted with those of whole images.",
    Family = "masked", Paper = "Contrastive Masked Autoencoders are Stronger Vision Learners",
    Authors = "Huang, Jin, Lu, Hou, Cheng, Fu, Shen, Feng", Venue = "TPAMI", Year = 2023, ArXiv = "2207.13532")]
public sealed class CMAE : Module, IMethod, IMomentumPairs, IBatchCoupled, IGathered, IPictures, IRunRequirements
{
    private readonly IPatchSequenceBackbone backbone, targetBackbone;
    private readonly MaskedAutoencoderDecoder pixelDecoder, featureDecoder;
    private readonly Module<Tensor, Tensor> projector, targetProjector, predictor;
    private readonly CMAEOptions _options;
    private readonly MaskedAutoencoder _autoencoder;
    private readonly SampleRandom _random;
    private readonly ViewBuilder _view;
    private readonly int _side;

    /// <summary>Builds the autoencoder, the feature decoder, the heads and the target.</summary>
    public CMAE(BackboneFactory backbones, CMAEOptions options, RunInfo run)
        : base(nameof(CMAE))
    {
        (_options, _random, _view) = (options, new(run), new(run.ImageSize));
        (backbone, targetBackbone) = (backbones.Sequences(), backbones.Sequences());
        _side = PatchGrid.Side(backbone, run.ImageSize);
        _autoencoder = new(backbone, options, run);
        pixelDecoder = _autoencoder.Decoder();
        featureDecoder = new(
            backbone.TokenDim, backbone.PrefixTokens, _side,
            new(options.DecoderWidth, options.FeatureDecoderDepth, options.DecoderHeads, Outputs: backbone.TokenDim));
        (projector, targetProjector, predictor) = (Head(backbone.TokenDim), Head(backbone.TokenDim), Head(options.ProjectionDim));
        RegisterComponents();

        Module<Tensor, Tensor> Head(int features) => SiameseHeads.BYOL(features, options.HiddenDim, options.ProjectionDim, HeadBias.First);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new(
    [
        View(LargerCrop, _view.ShiftedCrop(0)),
        View(LargerCrop, _view.ShiftedCrop(Margin - 1), Jitter(0.4, 0.4, 0.4, 0.1), Grayscale(), _view.Blur(0.5)),
    ]);

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => [Pair((Module)backbone, (Module)targetBackbone), Pair(projector, targetProjector)];

    /// <inheritdoc/>
    public string BatchCoupling => "The targets of all other images of the batch are negatives.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    // 256 for views of 224 pixels: the target moves by up to 31
    private int Margin => _view.ImageSize / 7;

    private AugmentationSpec LargerCrop => SharedCrop(_view.ImageSize + Margin, 0.2, bicubic: true);

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, 2, "the online view, then the target's");
        var images = batch.Views[0];
        var mask = Mask(batch, context);
        var tokens = _autoencoder.Encode(images, mask.Visible);                                                 // [N, P + K, D]
        var predicted = pixelDecoder.call(tokens, mask.Restore);                                                // [N, L, p p C]
        var reconstruction = HiddenPatchLoss.Compute(predicted, _autoencoder.Target(images), mask.Hidden);      // []
        var z = projector.call(featureDecoder.call(tokens, mask.Restore).mean([1]));                            // [N, D]
        var keys = context.Processes.Gather(Targets(batch.Views[1]));                                           // [M, D] of all processes
        var own = context.Processes.Own(arange(keys.shape[0], dtype: int64, device: keys.device));              // [N]
        var contrast = MoCoV3Loss.Compute(predictor.call(z), keys, own, _options.Temperature);                  // []

        return new((_options.ContrastWeight * contrast) + (_options.ReconstructionWeight * reconstruction))
        {
            Embedding = z,
            Positive = context.Processes.Own(keys),
            Diagnostics = [new("contrast_loss", contrast.detach()), new("reconstruction_loss", reconstruction.detach())],
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<PictureColumn> Pictures(Batch batch, StepContext context) =>
        _autoencoder.Pictures(batch.Views[0], Mask(batch, context), pixelDecoder);

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => _side % CoarseMasking.SquareSide == 0
        ? [.. PatchGrid.Faults(Squares, _options.MaskRatio, "method.maskRatio"), .. _autoencoder.TargetFaults()]
        : [$"An image has {_side} x {_side} patches, but squares of 2 x 2 are hidden together. Expected an even number per side; change backbone.patchSize or "
            + "data.imageSize."];

    private long Squares => (long)_side * _side / (CoarseMasking.SquareSide * CoarseMasking.SquareSide);

    private PatchMask Mask(Batch batch, StepContext context) =>
        CoarseMasking.Of(SampleNoise.Uniform(_random.Of(batch, context), Squares), _options.MaskRatio).To(batch.Views[0].device);

    private Tensor Targets(Tensor images)
    {
        using var noGradients = no_grad();
        var tokens = targetBackbone.Encode(targetBackbone.EmbedPatches(images));                        // [N, P + L, D]

        return targetProjector.call(PatchGrid.WithoutPrefix(targetBackbone, tokens).mean([1]));         // [N, D]
    }

    private MomentumPair Pair(Module online, Module target) =>
        new(online, target, MomentumSchedule.Constant(_options.Momentum), MomentumUpdate.AfterOptimizerStep);
}
