using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of MACRL, section <c>method</c> of a recipe. Its numbers could not be read: all defaults are ours.</summary>
public sealed record MACRLOptions : MaskedAutoencoderOptions, IRunRequirements
{
    /// <summary>Share of the strong view's patches that are hidden, a fraction in (0, 1). Ours: MAE's 0.75.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public override double MaskRatio { get; init; } = 0.75;

    /// <summary>Share of the weak view's patches that are hidden, a fraction in (0, 1); lower, as the paper. Ours: 0.5.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double WeakMaskRatio { get; init; } = 0.5;

    /// <summary>Divisor of the cosines, positive. Ours: MoCo's 0.07.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.07;

    /// <summary>Share of the momentum encoder kept at each step, a fraction in [0, 1). Ours: 0.99.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.99;

    /// <summary>Keys K in the queue, a multiple of the batch size. Ours: 4096.</summary>
    [Range(1, 1 << 24)]
    public int QueueSize { get; init; } = 4096;

    /// <summary>Weight of both reconstructions, 0 or more. Ours: 1.</summary>
    [Range(0.0, 1000.0)]
    public double ReconstructionWeight { get; init; } = 1;

    /// <summary>Whether the decoder also reconstructs the weak view, from the momentum encoder's tokens, which carry no gradient. Ours: yes.</summary>
    public bool ReconstructWeakView { get; init; } = true;

    /// <summary>Blocks of the decoder. Ours: MAE's 8.</summary>
    [Range(0, 1024)]
    public override int DecoderDepth { get; init; } = 8;

    /// <summary>Width of the head's hidden layer; 0 takes the width of the tokens. Ours: 0, as MoCo v2.</summary>
    [Range(0, 65536)]
    public int HiddenDim { get; init; }

    /// <summary>Width D of the projections. Ours: MoCo's 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => FeatureQueue.Faults(QueueSize, run.BatchSize);
}

/// <summary>Masked autoencoders of a strong and a weak view, whose encoded features are contrasted with each other and a queue of earlier images.</summary>
/// <remarks>
/// <para>Yao, Desai, Palaniswami, "Masked Contrastive Representation Learning for Self-supervised Visual Pre-training", 2022,
/// https://arxiv.org/abs/2211.06012. Only its abstract could be read and there is no code: what follows is our definition.</para>
/// <para>loss = contrast + weight · (reconstruction of the strong view + of the weak view). The contrast is <see cref="InfoNCELoss"/> between the projected
/// means of the visible patches' tokens, with a queue; the weak view is encoded by the momentum encoder. A reconstruction is the absolute error on hidden
/// patches. One decoder serves both views. Strong is BYOL's first view, weak is a crop and a flip.</para>
/// </remarks>
[Plugin("macrl", Options = typeof(MACRLOptions), Backbone = typeof(IPatchSequenceBackbone),
    Taxonomy = "generation-based: inpainting", PseudoLabel = "continuous map",
    Summary = "Masked autoencoders of a strong and a weak view, contrasted with each other (our definition).",
    Family = "masked", Paper = "Masked Contrastive Representation Learning for Self-supervised Visual Pre-training", Authors = "Yao, Desai, Palaniswami",
    Venue = "arXiv", Year = 2022, ArXiv = "2211.06012")]
public sealed class MACRL : Module, IMethod, IMomentumPairs, IPictures, IRunRequirements
{
    private readonly IPatchSequenceBackbone backbone, momentumBackbone;
    private readonly MaskedAutoencoderDecoder decoder;
    private readonly Module<Tensor, Tensor> projector, momentumProjector;
    private readonly FeatureQueue queue;
    private readonly MACRLOptions _options;
    private readonly MaskedAutoencoder _autoencoder, _momentumEncoder;
    private readonly SampleRandom _random;
    private readonly ViewBuilder _view;
    private readonly int _patches;

    /// <summary>Builds both encoders, the decoder and the queue.</summary>
    /// <exception cref="ConfigurationException">The queue is no multiple of the batch size.</exception>
    public MACRL(BackboneFactory backbones, MACRLOptions options, RunInfo run)
        : base(nameof(MACRL))
    {
        (_options, _random, _view) = (options, new(run), new(run.ImageSize));
        (backbone, momentumBackbone) = (backbones.Sequences(), backbones.Sequences());
        _patches = PatchGrid.Count(backbone, run.ImageSize);
        (_autoencoder, _momentumEncoder) = (new(backbone, options, run), new(momentumBackbone, options, run));
        decoder = _autoencoder.Decoder();
        (projector, momentumProjector) = (Projector(), Projector());
        queue = new FeatureQueue(options.QueueSize, options.ProjectionDim, run.BatchSize, run.Seed);
        RegisterComponents();

        Module<Tensor, Tensor> Projector() => ProjectionHead.Mlp(backbone.TokenDim, options.HiddenDim, options.ProjectionDim);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([Distorted(_view.Crop(0.08, bicubic: true), _view.BlurByTenth(1)), View(_view.Crop(0.2, bicubic: true), Flip())]);

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => [Pair((Module)backbone, (Module)momentumBackbone), Pair(projector, momentumProjector)];

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, 2, "the strong view, then the weak one");
        var (strong, weak) = (batch.Views[0], batch.Views[1]);
        var masks = (Strong: _autoencoder.Mask(batch, context), Weak: WeakMask(batch, context));
        var tokens = _autoencoder.Encode(strong, masks.Strong.Visible);                                 // [N, P + K, D]
        var q = projector.call(_autoencoder.Mean(tokens));                                              // [N, D]
        var (weakTokens, k) = Keys(weak, masks.Weak);                                                   // [N, P + K', D] and [N, D], no gradient
        var contrast = QueueContrast.Step(q, k, queue, _options.Temperature);
        var reconstruction = Reconstruction(strong, tokens, masks.Strong);                              // []
        if (_options.ReconstructWeakView)
        {
            reconstruction += Reconstruction(weak, weakTokens, masks.Weak);
        }

        return contrast with
        {
            Loss = contrast.Loss + (_options.ReconstructionWeight * reconstruction),
            Diagnostics = [.. contrast.Diagnostics, new("contrast_loss", contrast.Loss.detach()), new("reconstruction_loss", reconstruction.detach())],
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<PictureColumn> Pictures(Batch batch, StepContext context) => _autoencoder.Pictures(batch, context, decoder);

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) =>
        [.. _autoencoder.Faults(), .. PatchGrid.Faults(_patches, _options.WeakMaskRatio, "method.weakMaskRatio")];

    private PatchMask WeakMask(Batch batch, StepContext context) =>
        RandomMasking.Of(SampleNoise.Uniform(_random.Of(batch, context, part: 1), _patches), _options.WeakMaskRatio).To(batch.Views[1].device);

    private (Tensor Tokens, Tensor Keys) Keys(Tensor images, PatchMask mask)
    {
        using var noGradients = no_grad();
        var tokens = _momentumEncoder.Encode(images, mask.Visible);                           // [N, P + K, D]

        return (tokens, Rows.Unit(momentumProjector.call(_momentumEncoder.Mean(tokens))));    // [N, D]
    }

    private Tensor Reconstruction(Tensor images, Tensor tokens, PatchMask mask) =>
        HiddenPatchLoss.Absolute(decoder.call(tokens, mask.Restore), _autoencoder.Target(images), mask.Hidden);   // []

    private MomentumPair Pair(Module online, Module target) =>
        new(online, target, MomentumSchedule.Constant(_options.Momentum), MomentumUpdate.BeforeForward);
}
