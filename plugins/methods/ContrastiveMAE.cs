using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of C-MAE, section <c>method</c> of a recipe. Its numbers could not be read: all defaults are ours.</summary>
public sealed record ContrastiveMAEOptions
{
    /// <summary>Share of the patches that the first occlusion hides, a fraction in (0, 1); the second hides the others. Ours: MAE's 0.75.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double MaskRatio { get; init; } = 0.75;

    /// <summary>Divisor of the cosines, positive. Ours: MoCo v3's 0.2.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>Share of the momentum encoder kept at each step, a fraction in [0, 1]. Ours: 0.996.</summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.996;

    /// <summary>Width of the projector's two hidden layers. Ours: MoCo v3's 4096.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 4096;

    /// <summary>Width D of the projections. Ours: MoCo v3's 256.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 256;
}

/// <summary>RelaxMIM with a contrast in the place of the decoder: features of two complementary occlusions of an image against those of others.</summary>
/// <remarks>
/// <para>Kong and Zhang, "Understanding Masked Image Modeling via Learning Occlusion Invariant Feature", CVPR 2023, https://arxiv.org/abs/2208.04164: masked
/// autoencoding is, up to its decoder, a distance between features of the visible and of the hidden part of an image; C-MAE measures it by InfoNCE, with a
/// learned token in the place of hidden patches. No code is public: what follows is our definition.</para>
/// <para>loss = <see cref="MoCoV3Loss"/> of each occlusion's projection against the momentum encoder's of the other, the keys of the whole batch as negatives,
/// without a predictor; both encoders share the learned token. Features are the mean of all encoded patches behind the final normalisation. Both occlusions
/// are of the first view; where a recipe gives several, the second is of the last.</para>
/// </remarks>
[Plugin("c-mae", Options = typeof(ContrastiveMAEOptions), Backbone = typeof(IPatchSequenceBackbone),
    Summary = "RelaxMIM's contrast between two complementary occlusions of an image (our definition).",
    Family = "masked", Paper = "Understanding Masked Image Modeling via Learning Occlusion Invariant Feature", Authors = "Kong, Zhang", Venue = "CVPR",
    Year = 2023, ArXiv = "2208.04164")]
public sealed class ContrastiveMAE : Module, IMethod, IMomentumPairs, IBatchCoupled, IGathered, IRunRequirements
{
    private const int ProjectorLayers = 3;
    private const double MaskTokenStd = 0.02;

    private readonly IPatchSequenceBackbone backbone, momentumBackbone;
    private readonly Parameter mask_token;
    private readonly Module<Tensor, Tensor> projector, momentumProjector;
    private readonly ContrastiveMAEOptions _options;
    private readonly SampleRandom _random;
    private readonly ViewBuilder _view;
    private readonly int _patches;

    /// <summary>Builds both encoders.</summary>
    public ContrastiveMAE(BackboneFactory backbones, ContrastiveMAEOptions options, RunInfo run)
        : base(nameof(ContrastiveMAE))
    {
        (_options, _random, _view) = (options, new(run), new(run.ImageSize));
        (backbone, momentumBackbone) = (backbones.Sequences(), backbones.Sequences());
        _patches = PatchGrid.Count(backbone, run.ImageSize);
        mask_token = MaskToken.Create(backbone.PatchDim, MaskTokenStd);
        (projector, momentumProjector) = (Projector(), Projector());
        RegisterComponents();

        Module<Tensor, Tensor> Projector() =>
            MoCoV3Head.Create(backbone.TokenDim, options.HiddenDim, options.ProjectionDim, ProjectorLayers, lastNorm: true);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([View(_view.Crop(0.2, bicubic: true), Flip())]);   // MAE's for ImageNet; on small images too, where MAE takes 8 %

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => [Pair((Module)backbone, (Module)momentumBackbone), Pair(projector, momentumProjector)];

    /// <inheritdoc/>
    public string BatchCoupling => "The keys of all other images of the batch are negatives.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var (xa, xb) = (batch.Views[0], batch.Views[^1]);
        var noise = SampleNoise.Uniform(_random.Of(batch, context), _patches);                                               // [N, L]
        var hidden = RandomMasking.Of(noise, _options.MaskRatio).Hidden.to(xa.device);                                       // [N, L]
        var (za, zb) = (Project(xa, hidden), Project(xb, 1 - hidden));                                                       // [N, D]
        var (ka, kb) = (Keys(xa, hidden, context.Processes), Keys(xb, 1 - hidden, context.Processes));                       // [M, D] of all processes
        var own = context.Processes.Own(arange(ka.shape[0], dtype: int64, device: ka.device));                               // [N]
        var loss = MoCoV3Loss.Compute(za, kb, own, _options.Temperature) + MoCoV3Loss.Compute(zb, ka, own, _options.Temperature);   // []

        return new(loss) { Embedding = za, Positive = zb };
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => PatchGrid.Faults(_patches, _options.MaskRatio, "method.maskRatio");

    private Tensor Project(Tensor images, Tensor hidden) => projector.call(Features(backbone, images, hidden));   // [N, D]

    private Tensor Keys(Tensor images, Tensor hidden, IProcesses processes)
    {
        using var noGradients = no_grad();

        return processes.Gather(momentumProjector.call(Features(momentumBackbone, images, hidden)));      // [M, D]
    }

    private Tensor Features(IPatchSequenceBackbone encoder, Tensor images, Tensor hidden)
    {
        var patches = encoder.EmbedPatches(images);                                                                          // [N, h, w, D]
        var occluded = MaskToken.Hide(patches, hidden.view(patches.shape[..3]), mask_token);                                  // [N, h, w, D]
        var tokens = encoder.Encode(occluded);                                                                               // [N, P + L, D]

        return encoder.Normalise(PatchGrid.WithoutPrefix(encoder, tokens)).mean([1]);                                        // [N, D]
    }

    private MomentumPair Pair(Module online, Module target) =>
        new(online, target, MomentumSchedule.Constant(_options.Momentum), MomentumUpdate.BeforeForward);
}
