using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of iBOT, section <c>method</c> of a recipe.</summary>
public sealed record IBOTOptions : TeacherOptions
{
    /// <summary>Outputs K of the head, which views and patches share. Paper, section 4: 8192.</summary>
    [Range(2, 1 << 20)]
    public int Outputs { get; init; } = 8192;

    /// <summary>Divisor of the teacher's outputs for patches after the warm-up, positive. Authors' code: 0.07.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double PatchTeacherTemperature { get; init; } = 0.07;

    /// <summary>Weight of the loss of patches, beside 1 for that of views. Paper, section 3.2: 1.</summary>
    [Range(0.0, 1000.0)]
    public double PatchWeight { get; init; } = 1;

    /// <summary>Probability that a large crop is hidden in part, a fraction in [0, 1]. Authors' code: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double MaskProbability { get; init; } = 0.5;

    /// <summary>Smallest share of the patches that is hidden then, a fraction in [0, 1]. Authors' code: 0.1.</summary>
    [Range(0.0, 1.0)]
    public double MinMaskRatio { get; init; } = 0.1;

    /// <summary>Largest share of the patches that is hidden then, a fraction in [0, 1]. Authors' code: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double MaxMaskRatio { get; init; } = 0.5;

    /// <summary>First epoch in which patches are hidden, from 0. Authors' code: 0 for plain transformers, 50 for Swin.</summary>
    [Range(0, 100_000)]
    public int MaskStartEpoch { get; init; }

    /// <summary>
    /// Share of the momentum encoder kept at the first step, rising to 1 along half a cosine; a fraction in [0, 1]. Authors' code: 0.996.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.996;

    /// <inheritdoc/>
    public override IEnumerable<string> Faults(RunInfo run) => CropMasks.Faults(MinMaskRatio, MaxMaskRatio);

    /// <inheritdoc/>
    public override IEnumerable<string> Notes(RunInfo run) =>
        [.. base.Notes(run), .. LateStart.Note("method.maskStartEpoch", MaskStartEpoch, run, "no patch is ever hidden")];
}

/// <summary>DINO, in which the student also predicts what the teacher says of patches that are hidden from the student.</summary>
/// <remarks>
/// <para>Zhou et al., "iBOT: Image BERT Pre-Training with Online Tokenizer", ICLR 2022, algorithm 1, https://arxiv.org/abs/2111.07832. Views: DINO's loss
/// over pairs of different crops. Patches: <see cref="HiddenPredictionLoss"/> over the hidden patches of each large crop. Views and patches share a head, and
/// each has its own <see cref="Centre"/>.</para>
/// <para>As in the authors' code, small crops are never hidden in part. Differs from it: the student's head works on hidden patches only, since the loss looks
/// at no others. Views of at most 64 pixels are two.</para>
/// </remarks>
[Plugin("ibot", Options = typeof(IBOTOptions), Backbone = typeof(ITokenBackbone),
    Summary = "DINO that also predicts the teacher's outputs for hidden patches.", Family = "self-distillation",
    Paper = "iBOT: Image BERT Pre-Training with Online Tokenizer", Authors = "Zhou, Wei, Wang, Shen, Xie, Yuille, Kong", Venue = "ICLR", Year = 2022,
    ArXiv = "2111.07832")]
public sealed class IBOT : Module, IMethod, IMomentumPairs, IParameterGroups, IRunRequirements
{
    private const int TeacherViews = 2;
    private readonly ITokenBackbone backbone;
    private readonly DINOHead head;
    private readonly Parameter mask_token;
    private readonly TokenTeacher teacher;
    private readonly Centre centre, patchCentre;
    private readonly TokenNetworks _student;
    private readonly CropMasks _masks;
    private readonly IBOTOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds student, teacher and centres.</summary>
    public IBOT(BackboneFactory backbones, IBOTOptions options, RunInfo run)
        : base(nameof(IBOT))
    {
        (_options, _view) = (options, new(run.ImageSize));
        _masks = new(new(run), options.MaskProbability, options.MinMaskRatio, options.MaxMaskRatio);
        (backbone, var shape) = (backbones.Tokens(), options.HeadShape(options.Outputs));
        _student = TokenNetworks.Create(backbone, shape, patches: null);
        head = _student.Head;
        var target = TokenNetworks.Create(backbones.Tokens(), shape, patches: null);
        mask_token = MaskToken.Create(backbone.PatchDim, std: 0);
        teacher = new(_student, target, new(options.Momentum, 1));
        centre = new(options.Outputs, options.CentreMomentum);
        patchCentre = new(options.Outputs, options.CentreMomentum);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => _view.IsSmall ? new(_view.LargeCrops(0.25)) : _view.LargeAndSmallCrops(0.25, 10);   // authors' README

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => teacher.MomentumPairs;

    /// <inheritdoc/>
    public IReadOnlyList<ParameterRule> ParameterRules => [new(p => p.IsIn("head.last_layer"), FrozenEpochs: _options.FreezeLastLayerEpochs)];

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => _masks.Faults(run, backbone);

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, TeacherViews, "two large crops, then small ones");
        var large = cat([.. batch.Views.Take(TeacherViews)], 0);                                            // [2 N, C, H, W]
        var (seen, teacherViews) = teacher.Encode(large);                                                   // [2 N, L, D] and [2 N, K], no gradient
        var teacherPatches = teacher.OfPatches(seen.Patches).flatten(0, 1);                                 // [2 N L, K]
        var mask = _masks.Draw(batch, context, TeacherViews, backbone, large, from: _options.MaskStartEpoch);   // [2 N, h, w]
        var hidden = HiddenPatches.Of(mask, large.device);                                                  // M patches

        var student = ViewTokens.OfHidden(backbone, large, patches => MaskToken.Hide(patches, mask, mask_token));   // [2 N, F] and [2 N, L, D]
        var small = CropGroups.Encode([.. batch.Views.Skip(TeacherViews)], backbone.call);                  // V - 2 of [N, F]
        var embedding = head.Embed(cat([student.Views, .. small], 0));                                      // [V N, B]
        var z = embedding.chunk(batch.Views.Count, 0);                                                      // V of [N, B]
        var outputs = head.Outputs(embedding).chunk(batch.Views.Count, 0);                                  // V of [N, K]
        var targets = centre.Targets(teacherViews, _options.TeacherTemperatureAt(context.Epoch)).chunk(TeacherViews, 0);   // 2 of [N, K]
        var patchTargets = patchCentre.Targets(
            teacherPatches.index_select(0, hidden.Places), _options.TeacherTemperatureAt(context.Epoch, _options.PatchTeacherTemperature));   // [M, K]

        var ofViews = SwappedPredictionLoss.Compute(outputs, targets, _options.StudentTemperature);         // []
        var ofPatches = HiddenPredictionLoss.Compute(
            head.call(hidden.Take(student.Patches)), patchTargets, hidden, _options.StudentTemperature);    // []

        return new(ofViews + (_options.PatchWeight * ofPatches))
        {
            Embedding = z[0],
            Positive = z[1],
            Targets = targets[0],
            Diagnostics = [new("view_loss", ofViews), new("patch_loss", ofPatches)],
            Remember = [centre.Update(teacherViews), patchCentre.Update(teacherPatches)],
        };
    }
}
