using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of projector-only momentum, section <c>method</c> of a recipe.</summary>
public sealed record ProjectorMomentumOptions : MomentumScopeOptions;

/// <summary>BYOL whose momentum branch averages the projector only and shares the online backbone, which saves its second pass.</summary>
/// <remarks>
/// Pham et al., "On the Pros and Cons of Momentum Encoder in Self-Supervised Visual Representation Learning", 2022, https://arxiv.org/abs/2208.05744:
/// predictions of the online branch meet projections of the momentum branch, see <see cref="ScopedMomentumEncoder"/>. No code was published; the placement of
/// the stop-gradient and the momentum are our reading.
/// </remarks>
[Plugin("projector-momentum", Options = typeof(ProjectorMomentumOptions),
    Summary = "BYOL with a moving average of the projector instead of the whole encoder.", Family = "siamese",
    Paper = "On the Pros and Cons of Momentum Encoder in Self-Supervised Visual Representation Learning", Authors = "Pham, Zhang, Niu, Zhang, Yoo",
    Venue = "arXiv", Year = 2022, ArXiv = "2208.05744")]
[Moved("base", "byol", "projector-momentum"), Moved("base", "simclr", "projector-momentum-simclr")]
public sealed class ProjectorMomentum : Module, IMethod, IMomentumPairs
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector, predictor;
    private readonly ScopedMomentumEncoder momentumEncoder;
    private readonly ViewBuilder _view;

    /// <summary>Builds the online network and what is averaged.</summary>
    /// <exception cref="ConfigurationException">The last stage shall be averaged, but the backbone has no stages.</exception>
    public ProjectorMomentum(BackboneFactory backbones, ProjectorMomentumOptions options, RunInfo run)
        : base(nameof(ProjectorMomentum))
    {
        _view = new(run.ImageSize);
        backbone = backbones();
        projector = Head(backbone.FeatureDim);
        momentumEncoder = new(
            options.EmaScope, (backbone, projector), backbones, () => Head(backbone.FeatureDim), new(options.Momentum, options.FinalMomentum));
        predictor = Head(options.ProjectionDim);
        RegisterComponents();

        Module<Tensor, Tensor> Head(long features) => SiameseHeads.BYOL(features, options.HiddenDim, options.ProjectionDim, HeadBias.First);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new(
    [
        Distorted(_view.Crop(0.08, bicubic: true), _view.BlurByTenth(1)),
        Distorted(_view.Crop(0.08, bicubic: true), _view.BlurByTenth(0.1), solarize: 0.2),
    ]);

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var (ha, hb) = (backbone.call(batch.Views[0]), backbone.call(batch.Views[1]));                  // [N, F] each
        var (za, zb) = (projector.call(ha), projector.call(hb));                                        // [N, D] each
        var ta = momentumEncoder.Targets(batch.Views[0], ha, za);                                       // [N, D], no gradient
        var tb = momentumEncoder.Targets(batch.Views[1], hb, zb);                                       // [N, D], no gradient
        var loss = BYOLLoss.Compute(predictor.call(za), tb) + BYOLLoss.Compute(predictor.call(zb), ta);   // []

        return new(loss) { Embedding = za, Positive = tb };
    }
}
