using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of DINO, section <c>method</c> of a recipe.</summary>
public sealed record DINOOptions : TeacherOptions
{
    /// <summary>Outputs K of both heads. da Costa et al., "solo-learn", CIFAR: 4096, which trains on a CPU; paper, appendix C, on ImageNet: 65536.</summary>
    [Range(2, 1 << 20)]
    public int Outputs { get; init; } = 4096;

    /// <summary>Whether the head is batch-normalised. Authors' code: no.</summary>
    public bool HeadBatchNorm { get; init; }

    /// <summary>
    /// Share of the momentum encoder kept at the first step, rising to 1 along half a cosine; a fraction in [0, 1]. Paper, section 3.1: 0.996.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.996;
}

/// <summary>A student predicts, from every crop, the centred and sharpened outputs of its own moving average for the two large crops.</summary>
/// <remarks>
/// <para>Caron et al., "Emerging Properties in Self-Supervised Vision Transformers", ICCV 2021, algorithm 1, https://arxiv.org/abs/2104.14294.
/// Targets are <see cref="Centre.Targets"/>, the loss is <see cref="SwappedPredictionLoss"/> over pairs of different crops.</para>
/// <para>The recipes for transformers bound each parameter's gradient (<c>trainer.clipGradNormPer: tensor</c>) and raise the weight decay
/// (<c>optimizer.weightDecayEnd</c>). Views of at most 64 pixels are two, with the settings of da Costa et al., "solo-learn", JMLR 2022; larger ones are
/// multi-crop.</para>
/// </remarks>
[Plugin("dino", Options = typeof(DINOOptions), Summary = "Self-distillation: small crops predict the centred, sharpened teacher.", Family = "self-distillation",
    Paper = "Emerging Properties in Self-Supervised Vision Transformers", Authors = "Caron, Touvron, Misra, Jégou, Mairal, Bojanowski, Joulin", Venue = "ICCV",
    Year = 2021, ArXiv = "2104.14294")]
public sealed class DINO : Module, IMethod, IMomentumPairs, IParameterGroups
{
    private const int TeacherViews = 2;
    private readonly IBackbone backbone;
    private readonly DINOHead head;
    private readonly MomentumEncoder momentumEncoder;
    private readonly Centre centre;
    private readonly DINOOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds student, teacher and centre.</summary>
    public DINO(BackboneFactory backbones, DINOOptions options, RunInfo run)
        : base(nameof(DINO))
    {
        (_options, _view) = (options, new(run.ImageSize));
        (backbone, var target) = (backbones(), backbones());
        var shape = options.HeadShape(options.Outputs, options.HeadBatchNorm);
        head = new(backbone.FeatureDim, shape);
        momentumEncoder = new(
            (backbone, head), (target, new DINOHead(backbone.FeatureDim, shape)), new(options.Momentum, 1), MomentumUpdate.AfterOptimizerStep);
        centre = new(options.Outputs, options.CentreMomentum);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => _view.IsSmall ? new(_view.LargeCrops(0.08)) : _view.LargeAndSmallCrops(0.4, 8);   // authors' code

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public IReadOnlyList<ParameterRule> ParameterRules => [new(p => p.IsIn("head.last_layer"), FrozenEpochs: _options.FreezeLastLayerEpochs)];

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var teacher = momentumEncoder.call(cat([.. batch.Views.Take(TeacherViews)], 0));     // [2 N, K], no gradient
        var h = cat([.. CropGroups.Encode(batch.Views, backbone.call)], 0);                  // [V N, F], view by view
        var embedding = head.Embed(h);                                                      // [V N, D]
        var student = head.Outputs(embedding).chunk(batch.Views.Count, 0);                  // V of [N, K]
        var targets = centre.Targets(teacher, _options.TeacherTemperatureAt(context.Epoch)).chunk(TeacherViews, 0);   // 2 of [N, K]
        var z = embedding.chunk(batch.Views.Count, 0);                                      // V of [N, D]

        return new(SwappedPredictionLoss.Compute(student, targets, _options.StudentTemperature))
        {
            Embedding = z[0],
            Positive = z[1],
            Targets = targets[0],
            Remember = [centre.Update(teacher)],
        };
    }
}
