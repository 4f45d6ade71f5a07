using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>How DINOv2 keeps its teacher from saying the same of everything.</summary>
public enum DINOv2Centring
{
    /// <summary>Outputs are balanced over the batch by the algorithm of Sinkhorn and Knopp.</summary>
    Sinkhorn,

    /// <summary>A running centre is taken from the outputs, as DINO and iBOT do.</summary>
    Softmax,
}

/// <summary>Settings of DINOv2, section <c>method</c> of a recipe.</summary>
public sealed record DINOv2Options : TeacherOptions
{
    /// <summary>Outputs K of each head. Ours: 4096, which trains on a CPU; authors' code: 65536 on ImageNet-1k, 131072 on more images.</summary>
    [Range(2, 1 << 20)]
    public int Outputs { get; init; } = 4096;

    /// <summary>sinkhorn (paper, section 4) or softmax (authors' code on ImageNet-1k).</summary>
    public DINOv2Centring Centring { get; init; } = DINOv2Centring.Sinkhorn;

    /// <summary>Rounds of the balance; only for sinkhorn. Paper, section 4: 3.</summary>
    [Range(1, 100)]
    public int SinkhornIterations { get; init; } = 3;

    /// <summary>Whether patches have a head of their own. Paper, section 4: yes; authors' code on ImageNet-1k: no.</summary>
    public bool SeparateHeads { get; init; } = true;

    /// <summary>Outputs of the head of patches, where it has its own; 0: as many as that of views. Authors' code: 65536 on ImageNet-1k, 131072 on more
    /// images.</summary>
    [Range(0, 1 << 20)]
    public int PatchOutputs { get; init; }

    /// <summary>Width of the hidden layers of the head of patches, where it has its own; 0: as that of views. Authors' code: 2048.</summary>
    [Range(0, 65536)]
    public int PatchHiddenDim { get; init; }

    /// <summary>Width of the embedding before the last layer of the head of patches, where it has its own; 0: as that of views. Authors' code: 256, where
    /// that of views has 384 on more images than ImageNet-1k.</summary>
    [Range(0, 65536)]
    public int PatchBottleneckDim { get; init; }

    /// <summary>Weight of the loss of patches, beside 1 for that of views. Authors' code: 1.</summary>
    [Range(0.0, 1000.0)]
    public double PatchWeight { get; init; } = 1;

    /// <summary>Weight of the loss that spreads features; it counts once for each large crop. Authors' code: 0.1.</summary>
    [Range(0.0, 1000.0)]
    public double KoLeoWeight { get; init; } = 0.1;

    /// <summary>Probability that a large crop is hidden in part, a fraction in [0, 1]. Authors' code: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double MaskProbability { get; init; } = 0.5;

    /// <summary>Smallest share of the patches that is hidden then, a fraction in [0, 1]. Authors' code: 0.1.</summary>
    [Range(0.0, 1.0)]
    public double MinMaskRatio { get; init; } = 0.1;

    /// <summary>Largest share of the patches that is hidden then, a fraction in [0, 1]. Authors' code: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double MaxMaskRatio { get; init; } = 0.5;

    /// <summary>
    /// Share of the momentum encoder kept at the first step, rising to 1 along half a cosine; a fraction in [0, 1]. Authors' code: 0.992 on ImageNet-1k,
    /// 0.994 on more images.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.992;

    internal DINOHeadShape? PatchHeadShape => !SeparateHeads ? null : HeadShape(Outputs) with
    {
        Outputs = PatchOutputs == 0 ? Outputs : PatchOutputs,
        Hidden = PatchHiddenDim == 0 ? HiddenDim : PatchHiddenDim,
        Bottleneck = PatchBottleneckDim == 0 ? BottleneckDim : PatchBottleneckDim,
    };

    /// <inheritdoc/>
    public override IEnumerable<string> Faults(RunInfo run) =>
    [
        .. CropMasks.Faults(MinMaskRatio, MaxMaskRatio),
        .. SeparateHeads ? Array.Empty<string>() :
        [
            .. from size in new[]
               {
                   (Key: "patchOutputs", Value: PatchOutputs), (Key: "patchHiddenDim", Value: PatchHiddenDim),
                   (Key: "patchBottleneckDim", Value: PatchBottleneckDim),
               }
               where size.Value != 0
               select $"method.{size.Key} is {size.Value}, but method.separateHeads is false: patches share the head of views. Set it to 0, or "
                   + "method.separateHeads to true.",
        ],
        .. run.BatchSize / run.Accumulation >= 2 || KoLeoWeight == 0 ? Array.Empty<string>() :
        [
            $"method.koLeoWeight is {KoLeoWeight}, but one image is seen at a time (trainer.batchSize {run.BatchSize}, trainer.accumulation "
                + $"{run.Accumulation}), whose nearest other there is none. Raise the batch, lower the accumulation, or set method.koLeoWeight to 0.",
        ],
    ];
}

/// <summary>iBOT with balanced targets, a head of its own for patches, and features that are spread over the sphere.</summary>
/// <remarks>
/// <para>Oquab et al., "DINOv2: Learning Robust Visual Features without Supervision", TMLR 2024, section 4, https://arxiv.org/abs/2304.07193: DINO's loss of
/// views, iBOT's of hidden patches (<see cref="HiddenPredictionLoss"/>), and <see cref="KoLeoLoss"/> on the student's features of each large crop. Targets
/// are balanced by <see cref="SinkhornAssignment"/> over views and hidden patches apart, or centred.</para>
/// <para>Differs from the authors' code: each crop draws whether and how much of it is hidden, where the code divides a batch evenly; neighbours are searched
/// in the batch of all processes, not in each; the centre of patches is that of all patches, as in iBOT, not of hidden ones. Layer scale, register tokens and
/// drop path are options of the backbone. Views of at most 64 pixels are two.</para>
/// </remarks>
[Plugin("dinov2", Options = typeof(DINOv2Options), Backbone = typeof(ITokenBackbone),
    Summary = "DINO and iBOT with balanced targets and features spread over the sphere.", Family = "self-distillation",
    Paper = "DINOv2: Learning Robust Visual Features without Supervision", Authors = "Oquab, Darcet, Moutakanni et al.", Venue = "TMLR", Year = 2024,
    ArXiv = "2304.07193")]
public sealed class DINOv2 : Module, IMethod, IMomentumPairs, IParameterGroups, IGathered, IBatchCoupled, IRunRequirements
{
    private const int TeacherViews = 2;
    private readonly ITokenBackbone backbone;
    private readonly DINOHead head;
    private readonly DINOHead? patch_head;
    private readonly Parameter mask_token;
    private readonly TokenTeacher teacher;
    private readonly Centre? centre, patchCentre;
    private readonly TokenNetworks _student;
    private readonly CropMasks _masks;
    private readonly DINOv2Options _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds student and teacher.</summary>
    public DINOv2(BackboneFactory backbones, DINOv2Options options, RunInfo run)
        : base(nameof(DINOv2))
    {
        (_options, _view) = (options, new(run.ImageSize));
        _masks = new(new(run), options.MaskProbability, options.MinMaskRatio, options.MaxMaskRatio);
        (backbone, var shape, var patchShape) = (backbones.Tokens(), options.HeadShape(options.Outputs), options.PatchHeadShape);
        _student = TokenNetworks.Create(backbone, shape, patchShape);
        (head, patch_head) = (_student.Head, _student.PatchHead);
        var target = TokenNetworks.Create(backbones.Tokens(), shape, patchShape);
        mask_token = MaskToken.Create(backbone.PatchDim, std: 0);
        teacher = new(_student, target, new(options.Momentum, 1));
        (centre, patchCentre) = options.Centring == DINOv2Centring.Softmax ? (Centre(shape), Centre(patchShape ?? shape)) : (null, null);
        RegisterComponents();

        Centre Centre(DINOHeadShape head) => new((int)head.Outputs, options.CentreMomentum);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => _view.IsSmall ? new(_view.LargeCrops(0.32)) : _view.LargeAndSmallCrops(0.32, 8);   // authors' code

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => teacher.MomentumPairs;

    /// <inheritdoc/>
    public IReadOnlyList<ParameterRule> ParameterRules =>
        [new(p => p.IsIn("head.last_layer") || p.IsIn("patch_head.last_layer"), FrozenEpochs: _options.FreezeLastLayerEpochs)];

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch | ProcessExchange.ReducedStatistics;

    /// <inheritdoc/>
    public string BatchCoupling => "Features are pushed away from the nearest one of the batch, over which targets are balanced too.";

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => _masks.Faults(run, backbone);

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, TeacherViews, "two large crops, then small ones");
        var large = cat([.. batch.Views.Take(TeacherViews)], 0);                                            // [2 N, C, H, W]
        var (seen, teacherViews) = teacher.Encode(large);                                                   // [2 N, L, D] and [2 N, K], no gradient
        var mask = _masks.Draw(batch, context, TeacherViews, backbone, large);                              // [2 N, h, w]
        var hidden = HiddenPatches.Of(mask, large.device);                                                  // M patches
        var teacherPatches = teacher.OfPatches(patchCentre is null ? hidden.Take(seen.Patches) : seen.Patches.flatten(0, 1));   // [M, K] or [2 N L, K]

        var student = ViewTokens.OfHidden(backbone, large, patches => MaskToken.Hide(patches, mask, mask_token));   // [2 N, F] and [2 N, L, D]
        var small = CropGroups.Encode([.. batch.Views.Skip(TeacherViews)], backbone.call);                  // V - 2 of [N, F]
        var embedding = head.Embed(cat([student.Views, .. small], 0));                                      // [V N, B]
        var z = embedding.chunk(batch.Views.Count, 0);                                                      // V of [N, B]
        var outputs = head.Outputs(embedding).chunk(batch.Views.Count, 0);                                  // V of [N, K]
        var temperature = _options.TeacherTemperatureAt(context.Epoch);
        var targets = (centre?.Targets(teacherViews, temperature) ?? Balanced(teacherViews, temperature, context)).chunk(TeacherViews, 0);   // 2 of [N, K]
        var patchTargets = patchCentre?.Targets(teacherPatches.index_select(0, hidden.Places), temperature)
            ?? Balanced(teacherPatches, temperature, context);                                              // [M, K]

        var ofViews = SwappedPredictionLoss.Compute(outputs, targets, _options.StudentTemperature);         // []
        var ofPatches = HiddenPredictionLoss.Compute(
            _student.OfPatches(hidden.Take(student.Patches)), patchTargets, hidden, _options.StudentTemperature);   // []
        var spread = Spread(student.Views, context);                                                        // []

        return new(ofViews + (_options.PatchWeight * ofPatches) + (_options.KoLeoWeight * spread))
        {
            Embedding = z[0],
            Positive = z[1],
            Targets = targets[0],
            Diagnostics = [new("view_loss", ofViews), new("patch_loss", ofPatches), new("koleo_loss", spread)],
            Remember = centre is null ? [] : [centre.Update(teacherViews), patchCentre!.Update(teacherPatches)],
        };
    }

    private Tensor Balanced(Tensor teacher, double temperature, StepContext context) =>
        SinkhornAssignment.Compute(teacher, temperature, _options.SinkhornIterations, others: context.Processes);   // over all processes

    // Of both large crops; neighbours are of the same crop.
    private Tensor Spread(Tensor features, StepContext context) => _options.KoLeoWeight == 0
        ? zeros([], device: features.device)
        : features.chunk(TeacherViews, 0).Select(crop => KoLeoLoss.Compute(context.Processes.Gather(crop))).Aggregate((a, b) => a + b);
}
