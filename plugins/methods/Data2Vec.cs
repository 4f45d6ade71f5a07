using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of data2vec, section <c>method</c> of a recipe.</summary>
public sealed record Data2VecOptions
{
    /// <summary>Share of the patches that is hidden, a fraction in (0, 1). Authors' code: 75 of 196 patches.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double MaskRatio { get; init; } = 0.3827;

    /// <summary>Smallest area of a hidden block, as a share of the patches, a fraction in [0, 1]. Authors' code: 16 of 196 patches.</summary>
    [Range(0.0, 1.0)]
    public double MinBlockRatio { get; init; } = 0.0816;

    /// <summary>How many of the last blocks of the momentum encoder are averaged; all, where there are fewer. Authors' code: 8.</summary>
    [Range(1, 1024)]
    public int TargetLayers { get; init; } = 8;

    /// <summary>Difference up to which the loss is quadratic, beyond which it grows evenly; 0 is quadratic everywhere. Authors' code: 0.</summary>
    [Range(0.0, 1000.0)]
    public double Beta { get; init; }

    /// <summary>Over what each block's tokens are normalised: token, or image. Paper, section 3.3: token for images, and for speech, where neighbours are
    /// alike, what corresponds to image.</summary>
    public TargetNorm TargetNorm { get; init; }

    /// <summary>Share of the momentum encoder kept at the first step, a fraction in [0, 1]. Authors' code: 0.999.</summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.999;

    /// <summary>Share of the momentum encoder kept in the end, to which the first rises along a line, a fraction in [0, 1]. Authors' code: 0.9999.</summary>
    [Range(0.0, 1.0)]
    public double MomentumEnd { get; init; } = 0.9999;

    /// <summary>Share of the run over which the momentum rises, to stay then, a fraction in (0, 1]. Authors' code: 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double MomentumRise { get; init; } = 1;
}

/// <summary>Predicts, for hidden patches, what the last blocks of the momentum encoder make of the whole image.</summary>
/// <remarks>
/// <para>Baevski et al., "data2vec: A General Framework for Self-supervised Learning in Speech, Vision and Language", ICML 2022, section 3,
/// https://arxiv.org/abs/2202.03555: blocks of patches are hidden as in BEiT, targets are <see cref="TokenTargets.MeanOfLast"/> of the whole image, and the
/// student's normalised tokens of the hidden patches are regressed on them.</para>
/// <para>As in the authors' code no further layer comes after the student's last normalisation, and the loss is the mean over all hidden patches of the
/// batch. Differs from it: targets are normalised as in the paper, section 3.3, where the code's configuration for images leaves all its normalisations of
/// targets off; the momentum encoder averages the embedding of patches and the positions too; the mask token begins with a deviation of 0.02, in the code
/// with 1.</para>
/// <para>On small images patches are alike, too: there <c>targetNorm: image</c> keeps what all patches of an image share out of the targets, whose share is
/// the report <c>target_variance_of_images</c> (docs/leaderboards.md has numbers).</para>
/// </remarks>
[Plugin("data2vec", Options = typeof(Data2VecOptions), Backbone = typeof(IPatchSequenceBackbone),
    Summary = "Predicts the momentum encoder's last blocks for hidden patches.", Family = "masked",
    Paper = "data2vec: A General Framework for Self-supervised Learning in Speech, Vision and Language",
    Authors = "Baevski, Hsu, Xu, Babu, Gu, Auli", Venue = "ICML", Year = 2022, ArXiv = "2202.03555")]
public sealed class Data2Vec : Module, IMethod, IMomentumPairs, IGathered, IBatchCoupled, IRunRequirements
{
    private const double MaskTokenStd = 0.02;
    private readonly IPatchSequenceBackbone backbone, target;
    private readonly Parameter mask_token;
    private readonly Data2VecOptions _options;
    private readonly SampleRandom _random;
    private readonly ViewBuilder _view;

    /// <summary>Builds both encoders.</summary>
    public Data2Vec(BackboneFactory backbones, Data2VecOptions options, RunInfo run)
        : base(nameof(Data2Vec))
    {
        (_options, _random, _view) = (options, new(run), new(run.ImageSize));
        (backbone, target) = (backbones.Sequences(), backbones.Sequences());
        mask_token = MaskToken.Create(backbone.PatchDim, MaskTokenStd, bound: MaskTokenStd);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new(
        [ViewBuilder.View(_view.Crop(0.08, bicubic: true), ViewBuilder.Flip(), ViewBuilder.Jitter(0.4, 0.4, 0.4, 0, probability: 1))]);   // as BEiT

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs =>
    [
        new((Module)backbone, (Module)target, MomentumSchedule.Linear(_options.Momentum, _options.MomentumEnd, _options.MomentumRise),
            MomentumUpdate.AfterOptimizerStep),
    ];

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.ReducedStatistics;

    /// <inheritdoc/>
    public string BatchCoupling => "The mean runs over the hidden patches of the batch, of which images may have different numbers.";

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var patches = backbone.EmbedPatches(batch.Views[0]);                                        // [N, h, w, D]
        var mask = Masks(batch, context, patches);                                                  // [N, h, w]
        var hidden = HiddenPatches.Of(mask, patches.device);                                        // M patches
        var encoded = backbone.Encode(MaskToken.Hide(patches, mask, mask_token));                   // [N, P + L, D]
        var tokens = backbone.Normalise(Patches(encoded));                                          // [N, L, D]
        var targets = Targets(batch.Views[0]);                                                      // [N, L, D], no gradient
        var losses = TokenRegressionLoss.OfTokens(hidden.Take(tokens), hidden.Take(targets), _options.Beta);   // [M]
        var count = context.Processes.Mean(tensor((float)losses.shape[0], device: losses.device));  // [], of a process

        var (ofPlaces, ofImages) = TokenVariance.Shares(targets);

        return new(losses.sum() / count.clamp_min(1))
        {
            Embedding = tokens.mean([1]), Positive = targets.mean([1]),
            Diagnostics = [new("target_variance_of_places", ofPlaces), new("target_variance_of_images", ofImages)],
        };
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run)
    {
        var side = PatchGrid.Side(backbone, run.ImageSize);

        return Blocks(side, side).Faults(HiddenCount(side, side), _options.MaskRatio, "method.minBlockRatio");
    }

    private Tensor Masks(Batch batch, StepContext context, Tensor patches)
    {
        var (height, width) = ((int)patches.shape[1], (int)patches.shape[2]);

        return Blocks(height, width).Draw(_random.Of(batch, context), HiddenCount(height, width));   // [N, h, w]
    }

    private BlockMasking Blocks(int height, int width) => new(height, width) { MinPatches = _options.MinBlockRatio * height * width };

    private int HiddenCount(int height, int width) => (int)(_options.MaskRatio * height * width);

    private Tensor Targets(Tensor images)
    {
        using var noGradients = no_grad();
        var layers = target.EncodeLayers(target.EmbedPatches(images), PatchSequence.Whole);

        return TokenTargets.MeanOfLast([.. layers.TakeLast(_options.TargetLayers).Select(Patches)], _options.TargetLayers, _options.TargetNorm);
    }

    private Tensor Patches(Tensor tokens) => PatchGrid.WithoutPrefix(backbone, tokens);   // [N, L, D]
}
