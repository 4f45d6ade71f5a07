using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of EsViT, section <c>method</c> of a recipe.</summary>
public sealed record EsViTOptions : TeacherOptions
{
    /// <summary>Outputs K of each head. Ours: 4096, which trains on a CPU; authors' code, on ImageNet: 65536.</summary>
    [Range(2, 1 << 20)]
    public int Outputs { get; init; } = 4096;

    /// <summary>
    /// Share of the momentum encoder kept at the first step, rising to 1 along half a cosine; a fraction in [0, 1]. Authors' code: 0.996.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.996;
}

/// <summary>DINO, in which every region of a crop also predicts the teacher's output for the region most like it in another crop.</summary>
/// <remarks>
/// <para>Li et al., "Efficient Self-supervised Vision Transformers for Representation Learning", ICLR 2022, section 3.2, https://arxiv.org/abs/2106.09785.
/// Views: DINO's loss over pairs of different crops. Regions: <see cref="RegionMatchingLoss"/> over the same pairs. Each has a head and a
/// <see cref="Centre"/>.</para>
/// <para>As in the authors' code each loss counts a half (the paper writes their sum). Regions are the encoded tokens of patches: the last stage of Swin,
/// which the paper is about, or the patches of a plain transformer; or the places of a residual network's last map, the paper's comparison. Views of at most 64
/// pixels are two.</para>
/// <para>Differs from the authors' code: Swin's blocks do not shift along a side that one window covers, as in torchvision; the code shifts there too, and
/// masks attention between the parts of the window (crops of 96 pixels in the third stage).</para>
/// </remarks>
[Plugin("esvit", Options = typeof(EsViTOptions), Backbone = typeof(IRegionBackbone),
    Summary = "DINO for views, and for each region with the one most like it in another view.", Family = "self-distillation",
    Paper = "Efficient Self-supervised Vision Transformers for Representation Learning", Authors = "Li, Yang, Zhang, Gao, Xiao, Dai, Yuan, Gao",
    Venue = "ICLR", Year = 2022, ArXiv = "2106.09785")]
public sealed class EsViT : Module, IMethod, IMomentumPairs, IParameterGroups
{
    private const int TeacherViews = 2;
    private readonly IRegionBackbone backbone;
    private readonly DINOHead head;
    private readonly DINOHead? patch_head;
    private readonly TokenTeacher teacher;
    private readonly Centre centre, regionCentre;
    private readonly TokenNetworks _student;
    private readonly EsViTOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds student, teacher and centres.</summary>
    public EsViT(BackboneFactory backbones, EsViTOptions options, RunInfo run)
        : base(nameof(EsViT))
    {
        (_options, _view) = (options, new(run.ImageSize));
        (_student, var target) = (Networks(), Networks());
        (backbone, head, patch_head) = (_student.Backbone, _student.Head, _student.PatchHead);
        teacher = new(_student, target, new(options.Momentum, 1));
        centre = new(options.Outputs, options.CentreMomentum);
        regionCentre = new(options.Outputs, options.CentreMomentum);
        RegisterComponents();

        TokenNetworks Networks() => TokenNetworks.Create(backbones.Regions(), options.HeadShape(options.Outputs), options.HeadShape(options.Outputs));
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => _view.IsSmall ? new(_view.LargeCrops(0.4)) : _view.LargeAndSmallCrops(0.4, 8);   // authors' code: DINO's

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => teacher.MomentumPairs;

    /// <inheritdoc/>
    public IReadOnlyList<ParameterRule> ParameterRules =>
        [new(p => p.IsIn("head.last_layer") || p.IsIn("patch_head.last_layer"), FrozenEpochs: _options.FreezeLastLayerEpochs)];

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var (seen, teacherViews) = teacher.Encode(cat([.. batch.Views.Take(TeacherViews)], 0));             // [2 N, L, D] and [2 N, K], no gradient
        var teacherRegions = teacher.OfPatches(seen.Patches).flatten(0, 1);                                 // [2 N L, K]
        ViewTokens[] student = [.. CropGroups.EncodeEach(batch.Views, Encode).Select(view => new ViewTokens(view[0], view[1]))];   // [N, F] and [N, L, D]
        var embedding = head.Embed(cat([.. student.Select(view => view.Views)], 0));                        // [V N, B]
        var z = embedding.chunk(student.Length, 0);                                                         // V of [N, B]
        var outputs = head.Outputs(embedding).chunk(student.Length, 0);                                     // V of [N, K]
        Regions[] regions = [.. student.Select(view => new Regions(view.Patches, _student.OfPatches(view.Patches)))];   // V of [N, L, D] and [N, L, K]

        var temperature = _options.TeacherTemperatureAt(context.Epoch);
        var targets = centre.Targets(teacherViews, temperature).chunk(TeacherViews, 0);                     // 2 of [N, K]
        var regionTargets = regionCentre.Targets(teacherRegions, temperature).reshape(seen.Patches.shape[0], seen.Patches.shape[1], -1);   // [2 N, L, K]
        Regions[] matched = [.. seen.Patches.chunk(TeacherViews, 0).Zip(regionTargets.chunk(TeacherViews, 0), (h, t) => new Regions(h, t))];

        var ofViews = SwappedPredictionLoss.Compute(outputs, targets, _options.StudentTemperature);         // []
        var ofRegions = RegionMatchingLoss.Compute(regions, matched, _options.StudentTemperature);          // []

        return new((ofViews + ofRegions) / 2)
        {
            Embedding = z[0],
            Positive = z[1],
            Targets = targets[0],
            Diagnostics = [new("view_loss", ofViews), new("region_loss", ofRegions)],
            Remember = [centre.Update(teacherViews), regionCentre.Update(teacherRegions)],
        };
    }

    private Tensor[] Encode(Tensor crops)
    {
        var (views, regions) = backbone.Regions(crops);

        return [views, regions];
    }
}
