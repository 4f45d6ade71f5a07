using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of I-JEPA, section <c>method</c> of a recipe.</summary>
public sealed record IJEPAOptions : IValidatableObject
{
    /// <summary>Blocks to predict per image. Paper, section 3: 4.</summary>
    [Range(1, 64)]
    public int TargetBlocks { get; init; } = 4;

    /// <summary>Smallest share of the patches in a block to predict, a fraction in (0, 1]. Paper, appendix A: 0.15.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double MinTargetScale { get; init; } = 0.15;

    /// <summary>Largest share of the patches in a block to predict, a fraction in (0, 1]. Paper, appendix A: 0.2.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double MaxTargetScale { get; init; } = 0.2;

    /// <summary>Smallest share of the patches in the block to predict from, a fraction in (0, 1]; the largest is 1. Paper, appendix A: 0.85.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double MinContextScale { get; init; } = 0.85;

    /// <summary>What is predicted from has more patches than this, where 20 draws give that. Authors' code: 10, of 256 patches.</summary>
    [Range(0, 4096)]
    public int MinContextPatches { get; init; } = 10;

    /// <summary>Width of the predictor's tokens, a multiple of 4 and of its heads. Paper, appendix A: 384.</summary>
    [Range(4, 65536)]
    public int PredictorDim { get; init; } = 384;

    /// <summary>Blocks of the predictor. Authors' code: 6; 12 in the paper's recipes.</summary>
    [Range(1, 1024)]
    public int PredictorDepth { get; init; } = 6;

    /// <summary>Heads of each attention of the predictor. Authors' code: those of the backbone, 12 of ViT-B.</summary>
    [Range(1, 256)]
    public int PredictorHeads { get; init; } = 12;

    /// <summary>Over what targets are normalised: token, or image before, as data2vec does for speech. Paper: token.</summary>
    public TargetNorm TargetNorm { get; init; }

    /// <summary>Share of the momentum encoder kept at the first step, a fraction in [0, 1]; it rises to 1 along a line. Paper, appendix A: 0.996.</summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.996;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PredictorDim % 4 != 0 || PredictorDim % PredictorHeads != 0)
        {
            yield return new($"method.predictorDim is {PredictorDim}, and method.predictorHeads {PredictorHeads}. Expected a multiple of 4 and of the heads.",
                [nameof(PredictorDim)]);
        }

        if (MinTargetScale > MaxTargetScale)
        {
            yield return new($"method.minTargetScale is {MinTargetScale}, and method.maxTargetScale {MaxTargetScale}. Expected at most that.",
                [nameof(MinTargetScale)]);
        }
    }
}

/// <summary>Predicts what the momentum encoder makes of some blocks of patches from the rest of the image, of one view without any colour change.</summary>
/// <remarks>
/// <para>Assran et al., "Self-Supervised Learning from Images with a Joint-Embedding Predictive Architecture", CVPR 2023, section 3,
/// https://arxiv.org/abs/2301.08243: blocks by <see cref="MultiBlockMasking"/>; the encoder sees the context's patches only, <see cref="MaskedPredictor"/>
/// predicts the tokens of each target, which come from the whole image and are normalised over their features.</para>
/// <para>Ours: <c>targetNorm: image</c>. On small images patches are alike, and a token says mostly what all patches of its image share (the report
/// <c>target_variance_of_images</c>), which any visible patch tells: the student then learns little else (docs/leaderboards.md has numbers). The reports are
/// of the batch of one process.</para>
/// <para>A backbone with a class token works too; that token is encoded with the context and predicts nothing.</para>
/// </remarks>
[Plugin("i-jepa", Options = typeof(IJEPAOptions), Backbone = typeof(IPatchSequenceBackbone),
    Summary = "Predicts tokens of blocks of patches from the rest of the image.", Family = "masked",
    Paper = "Self-Supervised Learning from Images with a Joint-Embedding Predictive Architecture",
    Authors = "Assran, Duval, Misra, Bojanowski, Vincent, Rabbat, LeCun, Ballas", Venue = "CVPR", Year = 2023, ArXiv = "2301.08243")]
public sealed class IJEPA : Module, IMethod, IMomentumPairs, IGathered, IBatchCoupled, IRunRequirements
{
    private readonly IPatchSequenceBackbone backbone, target;
    private readonly MaskedPredictor predictor;
    private readonly IJEPAOptions _options;
    private readonly RunInfo _run;
    private readonly SampleRandom _random;

    /// <summary>Builds both encoders and the predictor.</summary>
    public IJEPA(BackboneFactory backbones, IJEPAOptions options, RunInfo run)
        : base(nameof(IJEPA))
    {
        (_options, _run, _random) = (options, run, new(run));
        (backbone, target) = (backbones.Sequences(), backbones.Sequences());
        predictor = new(backbone.TokenDim, PatchGrid.Side(backbone, run.ImageSize), new(options.PredictorDim, options.PredictorDepth, options.PredictorHeads));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([ViewBuilder.View(new ViewBuilder(_run.ImageSize).Crop(0.3))]);

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs =>
        [new((Module)backbone, (Module)target, MomentumSchedule.Linear(_options.Momentum, 1), MomentumUpdate.AfterOptimizerStep)];

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public string BatchCoupling => "Contexts are cut to the shortest of the batch.";

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run)
    {
        var side = PatchGrid.Side(backbone, run.ImageSize);
        if (side < 2)
        {
            yield return $"backbone.patchSize is {backbone.PatchSize}, so that images of {run.ImageSize} pixels (data.imageSize) have {side * side} patches; "
                + "expected 2 x 2 at least, of which some are predicted from the others. Lower it.";
        }
        else if (Masking(side).LargestContext is var most && most <= _options.MinContextPatches)
        {
            yield return $"method.minContextPatches is {_options.MinContextPatches}, but a context has at most {most} of {side} x {side} patches "
                + "(data.imageSize, backbone.patchSize): targets would never be taken out of it. Lower it.";
        }
    }

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var patches = backbone.EmbedPatches(batch.Views[0]);                                             // [N, h, w, D]
        var blocks = Blocks(batch, context, patches);                                                    // [N, K] and [N, T, M]
        var tokens = Patches(backbone, backbone.Encode(patches, new() { Visible = blocks.Context }));    // [N, K, D]
        var predictions = predictor.Predict(tokens, blocks.Context, blocks.Targets);                     // [N, T, M, D]
        var whole = Whole(batch.Views[0]);                                                               // [N, L, D], no gradient
        var targets = Tokens.Take(whole, blocks.Targets.flatten(1)).reshape(predictions.shape);          // [N, T, M, D]

        var (ofPlaces, ofImages) = TokenVariance.Shares(whole);

        return new(TokenRegressionLoss.Mean(predictions, targets))
        {
            Embedding = tokens.mean([1]), Positive = whole.mean([1]),
            Diagnostics = [new("target_variance_of_places", ofPlaces), new("target_variance_of_images", ofImages)],
        };
    }

    // Sizes are those of the step, places those of each image; contexts are cut to the shortest of all processes.
    private ContextAndTargets Blocks(Batch batch, StepContext context, Tensor patches)
    {
        var side = PatchGrid.Side(backbone, _run.ImageSize);
        if (patches.shape[1] != side || patches.shape[2] != side)
        {
            throw new ConfigurationException($"The section views gives a view of {patches.shape[1]} x {patches.shape[2]} patches; the predictor knows the "
                + $"places of {side} x {side}. Let the view have data.imageSize pixels ({_run.ImageSize}), or change that.");
        }

        var all = batch with { Indices = context.Processes.Gather(batch.Indices) };
        var ofStep = new CounterRandom(_run.Seed, context.Epoch, context.Step, RandomPurpose.Masking, part: 1);
        var blocks = Masking(side).Draw(ofStep, _random.Of(all, context));

        return blocks.Own(context.Processes.Own, patches.device);
    }

    private MultiBlockMasking Masking(int side) => new(side, side)
    {
        Targets = _options.TargetBlocks, TargetScale = (_options.MinTargetScale, _options.MaxTargetScale), ContextScale = (_options.MinContextScale, 1),
        MinContext = _options.MinContextPatches,
    };

    private Tensor Whole(Tensor images)
    {
        using var noGradients = no_grad();

        return TokenTargets.Normalised(Patches(target, target.Encode(target.EmbedPatches(images))), _options.TargetNorm);   // [N, L, D]
    }

    // [N, L, D]
    private static Tensor Patches(IPatchSequenceBackbone encoder, Tensor tokens) => encoder.Normalise(PatchGrid.WithoutPrefix(encoder, tokens));
}
