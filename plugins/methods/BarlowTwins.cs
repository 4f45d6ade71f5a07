using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of Barlow Twins, section <c>method</c> of a recipe.</summary>
public sealed record BarlowTwinsOptions
{
    /// <summary>Weight of the off-diagonal terms, lambda, not negative. Authors' code: 0.0051; paper, section 2.2: 0.005.</summary>
    [Range(0.0, 1000.0)]
    public double OffDiagonalWeight { get; init; } = 0.0051;

    /// <summary>Factor on the whole loss, positive. Paper: 1, with LARS, which does not feel it; the default is solo-learn's 0.025, which other optimizers can
    /// bear.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double LossScale { get; init; } = 0.025;

    /// <summary>Width D of the embeddings. Paper, section 2.2: 8192; the default is solo-learn's 2048, which also fits small machines.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 2048;

    /// <summary>Width of the two hidden layers. Paper, section 2.2: 8192; the default is solo-learn's 2048.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 2048;

    /// <summary>Learning rate of biases and normalisation as a factor on that of the weights. Authors' code: 0.0048 and 0.2, hence 0.024.</summary>
    [Range(0.0, 100.0)]
    public double BiasLearningRateScale { get; init; } = 0.0048 / 0.2;
}

/// <summary>Makes each feature agree with itself across two views and with no other feature; no negatives, no asymmetry.</summary>
/// <remarks>
/// Zbontar et al., "Barlow Twins: Self-Supervised Learning via Redundancy Reduction", ICML 2021, algorithm 1, https://arxiv.org/abs/2103.03230:
/// C = cross-correlation of the standardised embeddings over the batch of all processes; loss = sum_i (C_ii - 1)² + lambda sum_{i≠j} C_ij².
/// Differs from the authors' code: embeddings are gathered and standardised in the loss, which leaves no running statistics behind.
/// </remarks>
[Plugin("barlow-twins", Options = typeof(BarlowTwinsOptions), Summary = "Drives the cross-correlation of two views' features to the identity.",
    Family = "redundancy reduction", Paper = "Barlow Twins: Self-Supervised Learning via Redundancy Reduction", Authors = "Zbontar, Jing, Misra, LeCun, Deny",
    Venue = "ICML", Year = 2021, ArXiv = "2103.03230")]
public sealed class BarlowTwins : Module, IMethod, IParameterGroups, IBatchCoupled, IGathered
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly BarlowTwinsOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds the projector on a backbone.</summary>
    public BarlowTwins(IBackbone backbone, BarlowTwinsOptions options, RunInfo run)
        : base(nameof(BarlowTwins))
    {
        (this.backbone, _options, _view) = (backbone, options, new(run.ImageSize));
        var hidden = new HeadLayer(options.HiddenDim, Bias: false, HeadNorm.Batch, Relu: true);
        projector = ProjectionHead.Layers(backbone.FeatureDim, hidden, hidden, new(options.ProjectionDim, Bias: false));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new(
    [
        Distorted(_view.Crop(0.08, bicubic: true), _view.Blur(1)),
        Distorted(_view.Crop(0.08, bicubic: true), _view.Blur(0.1), solarize: 0.2),
    ]);

    /// <inheritdoc/>
    public IReadOnlyList<ParameterRule> ParameterRules => [new(parameter => parameter.IsNormOrBias, LearningRateScale: _options.BiasLearningRateScale)];

    /// <inheritdoc/>
    public string BatchCoupling => "Features are standardised and correlated over the whole batch.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var za = context.Processes.Gather(projector.call(backbone.call(batch.Views[0])));   // [N, D], N over all processes
        var zb = context.Processes.Gather(projector.call(backbone.call(batch.Views[1])));   // [N, D]

        return new(BarlowTwinsLoss.Compute(za, zb, _options.OffDiagonalWeight) * _options.LossScale) { Embedding = za, Positive = zb };
    }
}
