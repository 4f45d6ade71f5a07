using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of SimSiam, section <c>method</c> of a recipe.</summary>
public sealed record SimSiamOptions
{
    /// <summary>Width D of projections and predictions. Paper, section 3: 2048.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 2048;

    /// <summary>Width of the projector's hidden layers; 0 takes the backbone's feature width (2048 for ResNet-50), as the authors' code.</summary>
    [Range(0, 65536)]
    public int HiddenDim { get; init; }

    /// <summary>Linear layers of the projector. Paper, section 3: 3; appendix D (CIFAR-10): 2.</summary>
    [Range(1, 8)]
    public int ProjectorLayers { get; init; } = 3;

    /// <summary>Width of the predictor's bottleneck. Paper, section 3: 512.</summary>
    [Range(1, 65536)]
    public int PredictorHiddenDim { get; init; } = 512;

    /// <summary>Whether the predictor's learning rate stays at its peak while the others follow the schedule. Paper, table 1: yes (68.1 %, else 67.7
    /// %).</summary>
    public bool FixedPredictorLearningRate { get; init; } = true;

    /// <summary>Whether the target side is a constant for the gradient. Paper, section 4.1: yes; without it training collapses.</summary>
    public bool StopGradient { get; init; } = true;
}

/// <summary>Each view predicts the other through one network: no negatives, no momentum encoder, a gradient on one side only.</summary>
/// <remarks>
/// Chen and He, "Exploring Simple Siamese Representation Learning", CVPR 2021, algorithm 1, https://arxiv.org/abs/2011.10566: loss = (D(p1, sg(z2)) + D(p2,
/// sg(z1))) / 2.
/// </remarks>
[Plugin("simsiam", Options = typeof(SimSiamOptions), Summary = "Predicts one view from the other through one network, with a stop-gradient.",
    Family = "siamese", Paper = "Exploring Simple Siamese Representation Learning", Authors = "Chen, He", Venue = "CVPR", Year = 2021, ArXiv = "2011.10566")]
public sealed class SimSiam : Module, IMethod, IParameterGroups
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector, predictor;
    private readonly SimSiamOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds the heads on a backbone.</summary>
    public SimSiam(IBackbone backbone, SimSiamOptions options, RunInfo run)
        : base(nameof(SimSiam))
    {
        (this.backbone, _options, _view) = (backbone, options, new(run.ImageSize));
        var hidden = options.HiddenDim == 0 ? backbone.FeatureDim : options.HiddenDim;
        projector = SiameseHeads.SimSiamProjector(backbone.FeatureDim, hidden, options.ProjectionDim, options.ProjectorLayers);
        predictor = SiameseHeads.SimSiamPredictor(options.ProjectionDim, options.PredictorHiddenDim);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ViewPlan.Same(2, View(_view.Crop(0.2), Flip(), Jitter(0.4, 0.4, 0.4, 0.1), Grayscale(), _view.Blur(0.5)));   // MoCo v2's

    /// <inheritdoc/>
    public IReadOnlyList<ParameterRule> ParameterRules =>
        _options.FixedPredictorLearningRate ? [new(parameter => parameter.IsIn(nameof(predictor)), FollowsSchedule: false)] : [];

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var za = projector.call(backbone.call(batch.Views[0]));                                             // [N, D]
        var zb = projector.call(backbone.call(batch.Views[1]));                                             // [N, D]
        var (pa, pb) = (predictor.call(za), predictor.call(zb));                                            // [N, D] each
        var loss = (NegativeCosineLoss.Compute(pa, Target(zb)) + NegativeCosineLoss.Compute(pb, Target(za))) / 2;   // []

        return new(loss) { Embedding = za, Positive = zb };
    }

    private Tensor Target(Tensor z) => _options.StopGradient ? z.detach() : z;
}
