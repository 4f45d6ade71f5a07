using System.ComponentModel.DataAnnotations;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Parts;

/// <summary>What SDSSL takes with a teacher.</summary>
public abstract record TaughtLayersOptions : SelfDistillationOptions
{
    /// <summary>Share of the teacher kept at the first step, a fraction in [0, 1]; it rises to 1 along half a cosine. Authors' code: 0.996.</summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.996;
}

/// <summary>
/// SDSSL with a teacher: every layer of the student, not only the last, learns from what the last layer of the teacher makes of the other view.
/// </summary>
/// <remarks>
/// Jang et al., "Self-Distilled Self-Supervised Representation Learning", WACV 2023, https://arxiv.org/abs/2111.12958: loss = last + weight(t) · intermediate
/// + L · detached. The detached term, weighted with the number of layers (12 in the authors' code, for their 12 blocks), trains the predictors on all layers
/// without touching what they predict from. The teacher has the last layer's projector only.
/// </remarks>
/// <typeparam name="TOptions">The method's options.</typeparam>
public abstract class SelfDistillation<TOptions> : Module, IMomentumPairs
    where TOptions : TaughtLayersOptions
{
    private readonly ILayeredBackbone backbone;
    private readonly ModuleList<Module<Tensor, Tensor>> projectors, predictors;
    private readonly MomentumEncoder momentumEncoder;
    private readonly ViewBuilder _view;

    /// <summary>Builds student, heads for every layer, and the teacher.</summary>
    /// <param name="name">Name of the method's class.</param>
    /// <param name="backbones">Makes the student's backbone and the teacher's.</param>
    /// <param name="options">Heads and schedules.</param>
    /// <param name="run">Size of the images.</param>
    /// <param name="lastNorm">Whether heads end in a normalisation.</param>
    /// <exception cref="ConfigurationException">The backbone shows no layers.</exception>
    protected SelfDistillation(string name, BackboneFactory backbones, TOptions options, RunInfo run, bool lastNorm)
        : base(name)
    {
        (Options, _view) = (options, new(run.ImageSize));
        backbone = LayerHeads.Layered(backbones());
        projectors = LayerHeads.Projectors(backbone, options, lastNorm);
        predictors = LayerHeads.Predictors(backbone, options, lastNorm);
        momentumEncoder = new(
            (backbone, projectors[^1]), (backbones(), LayerHeads.LastProjector(backbone, options, lastNorm)), new(options.Momentum, 1),
            MomentumUpdate.AfterOptimizerStep);
        register_module(nameof(backbone), (Module)backbone);   // RegisterComponents would not see private fields of a base class
        register_module(nameof(projectors), projectors);
        register_module(nameof(predictors), predictors);
        register_module(nameof(momentumEncoder), momentumEncoder);
    }

    /// <inheritdoc cref="IMethod.Backbone"/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc cref="IMethod.Views"/>
    public ViewPlan Views => new([Distorted(Crop, _view.Blur(1)), Distorted(Crop, _view.Blur(0.1), solarize: 0.2)]);

    // of MoCo v3 for transformers; small images as solo-learn's CIFAR recipe (da Costa et al., JMLR 2022)
    private AugmentationSpec Crop => _view.Crop(0.08, bicubic: _view.IsSmall);

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <summary>The method's options.</summary>
    protected TOptions Options { get; }

    /// <inheritdoc cref="IMethod.Step"/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var (xa, xb) = (batch.Views[0], batch.Views[1]);
        var (za, zb) = (LayerHeads.Apply(projectors, backbone.Layers(xa)), LayerHeads.Apply(projectors, backbone.Layers(xb)));   // L of [N, D] each
        var weight = SelfDistillationLoss.Weight(Options.IntermediateWeight, context);

        return new(Direction(za, xb) + Direction(zb, xa)) { Embedding = za[^1], Positive = zb[^1] };

        Tensor Direction(IReadOnlyList<Tensor> z, Tensor otherView)
        {
            var loss = Against(momentumEncoder.call(otherView), context.Processes);
            var p = LayerHeads.Apply(predictors, z);                                          // L of [N, D]
            var detached = LayerHeads.Apply(predictors, z.Select(rows => rows.detach()));     // L of [N, D]

            return loss(p[^1]) + (weight * loss(SelfDistillationLoss.Intermediate(p))) + (p.Count * loss(cat([.. detached], 0)));   // []
        }
    }

    /// <summary>The loss of predictions against the teacher.</summary>
    /// <param name="targets">The teacher's projections of the other view, [N, D], without gradient.</param>
    /// <param name="processes">The processes that share the batch.</param>
    /// <returns>From predictions of one or several layers, layer after layer, [R, D] with R a multiple of N, to a scalar, mean over the rows.</returns>
    protected abstract Func<Tensor, Tensor> Against(Tensor targets, IProcesses processes);
}
