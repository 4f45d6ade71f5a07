using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of VICReg, section <c>method</c> of a recipe.</summary>
public sealed record VICRegOptions
{
    /// <summary>Weight of the distance between views, lambda, not negative. Paper, section 4.2: 25.</summary>
    [Range(0.0, 1e6)]
    public double InvarianceWeight { get; init; } = 25;

    /// <summary>Weight of the variance term, mu, not negative. Paper, section 4.2: 25.</summary>
    [Range(0.0, 1e6)]
    public double VarianceWeight { get; init; } = 25;

    /// <summary>Weight of the covariance term, nu, not negative. Paper, section 4.2: 1.</summary>
    [Range(0.0, 1e6)]
    public double CovarianceWeight { get; init; } = 1;

    /// <summary>mean-of-views as in the authors' code, or sum-of-views (twice that) as in the paper's equation and solo-learn.</summary>
    public VarianceReduction VarianceReduction { get; init; } = VarianceReduction.MeanOfViews;

    /// <summary>Width D of the embeddings. Paper, section 4.2: 8192; the default is solo-learn's 2048, which also fits small machines.</summary>
    [Range(2, 65536)]
    public int ProjectionDim { get; init; } = 2048;

    /// <summary>Width of the expander's two hidden layers. Paper, section 4.2: 8192; the default is solo-learn's 2048.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 2048;
}

/// <summary>Pulls two views together while every feature keeps its variance and no two features covary; each view is regularised by itself.</summary>
/// <remarks>
/// Bardes et al., "VICReg: Variance-Invariance-Covariance Regularization for Self-Supervised Learning", ICLR 2022, algorithm 1,
/// https://arxiv.org/abs/2105.04906: loss = lambda s(za, zb) + mu (v(za) + v(zb)) + nu (c(za) + c(zb)), see <see cref="VICRegLoss"/> for where code and
/// equations disagree.
/// </remarks>
[Plugin("vicreg", Options = typeof(VICRegOptions), Summary = "Keeps views close, variances up and covariances down, by three explicit terms.",
    Family = "redundancy reduction", Paper = "VICReg: Variance-Invariance-Covariance Regularization for Self-Supervised Learning",
    Authors = "Bardes, Ponce, LeCun", Venue = "ICLR", Year = 2022, ArXiv = "2105.04906")]
public sealed class VICReg : Module, IMethod, IBatchCoupled, IGathered
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly VICRegOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds the expander on a backbone.</summary>
    public VICReg(IBackbone backbone, VICRegOptions options, RunInfo run)
        : base(nameof(VICReg))
    {
        (this.backbone, _options, _view) = (backbone, options, new(run.ImageSize));
        var hidden = new HeadLayer(options.HiddenDim, Bias: true, HeadNorm.Batch, Relu: true);
        projector = ProjectionHead.Layers(backbone.FeatureDim, hidden, hidden, new(options.ProjectionDim, Bias: false));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => _view.IsSmall
        ? ViewPlan.Same(2, Distorted(_view.Crop(0.2, bicubic: true), blur: null, solarize: 0.1))   // solo-learn's CIFAR recipe
        : new(
        [
            Distorted(_view.Crop(0.08, bicubic: true), _view.Blur(1)),
            Distorted(_view.Crop(0.08, bicubic: true), _view.Blur(0.1), solarize: 0.2),
        ]);

    /// <inheritdoc/>
    public string BatchCoupling => "Variances and covariances are taken over the whole batch.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var za = context.Processes.Gather(projector.call(backbone.call(batch.Views[0])));   // [N, D], N over all processes
        var zb = context.Processes.Gather(projector.call(backbone.call(batch.Views[1])));   // [N, D]
        var terms = VICRegLoss.Compute(za, zb, _options.VarianceReduction);

        return new(terms.Weighted(_options.InvarianceWeight, _options.VarianceWeight, _options.CovarianceWeight))
        {
            Embedding = za,
            Positive = zb,
            Diagnostics =
                [new("invariance", terms.Invariance.detach()), new("variance", terms.Variance.detach()), new("covariance", terms.Covariance.detach())],
        };
    }
}
