using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Whose features evaluations and files of ExtreMA take.</summary>
public enum ExtreMAFeatures
{
    /// <summary>The backbone's own: the mean of the patches with <c>pooling: average</c>, as the paper fine-tunes it.</summary>
    Student,

    /// <summary>The class token of the class-attention blocks behind the moving average of the backbone, as the paper's linear evaluation.</summary>
    Teacher,
}

/// <summary>Settings of ExtreMA, section <c>method</c> of a recipe.</summary>
public sealed record ExtreMAOptions
{
    /// <summary>Share of the patches that each mask hides, a fraction in [0, 1). Authors' code: 0.8; 0.9 with eight masks.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double MaskRatio { get; init; } = 0.8;

    /// <summary>Masks per image. Authors' code: 5.</summary>
    [Range(1, 256)]
    public int Masks { get; init; } = 5;

    /// <summary>Whether no patch is visible in two masks; else each mask is drawn by itself. Authors' code: true.</summary>
    public bool DisjointMasks { get; init; } = true;

    /// <summary>Class-attention blocks behind the backbone. Authors' code: 2.</summary>
    [Range(1, 64)]
    public int ClassAttentionBlocks { get; init; } = 2;

    /// <summary>First value of the factors on the branches of these blocks, a fraction in [0, 1]; 0 leaves them out. Authors' code: 0.1 with ViT-B, 0.00001
    /// with ViT-L, in the backbone too (<c>backbone.layerScale</c>).</summary>
    [Range(0.0, 1.0)]
    public double LayerScale { get; init; } = 0.1;

    /// <summary>Share of the momentum encoder kept at the first step, a fraction in [0, 1]; it rises to 1 along half a cosine. Authors' code: 0.996.</summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.996;

    /// <summary>Whose features are evaluated, exported and kept in the run's file of the backbone: student (the backbone's own; the paper's fine-tuning) or
    /// teacher (its class token, the paper's linear evaluation). It changes no weight: <c>evaluate</c> and <c>export</c> may be given another than the
    /// run's.</summary>
    public ExtreMAFeatures Evaluated { get; init; } = ExtreMAFeatures.Student;

    /// <summary>Width D of projections and predictions. Authors' code: 256.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 256;

    /// <summary>Width of the hidden layers of projector and predictor. Authors' code: 4096.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 4096;
}

/// <summary>From a fifth of the patches a student predicts the projection of the whole image by its moving average, for several such fifths at once.</summary>
/// <remarks>
/// <para>Wu, Lai, Sun, Lin, "Extreme Masking for Learning Instance and Distributed Visual Representations", TMLR 2023, https://arxiv.org/abs/2206.04667:
/// BYOL's loss in one direction, mean over masks and images. An image is represented by a class token that attends to its encoded patches in blocks of its own
/// (<see cref="ClassAttentionPooling"/>), behind the backbone's final normalisation. Both views are one crop with colours of their own. The teacher is
/// updated before the forward pass.</para>
/// <para>Differs from the authors' code: a class token of the backbone, where it has one, takes part in its self-attention, but the class-attention blocks do
/// not attend to it. The paper evaluates the teacher's class token linearly (<c>evaluated: teacher</c>), and fine-tunes the student with the mean of the
/// patches (<c>evaluated: student</c>, <c>pooling: average</c>).</para>
/// </remarks>
[Plugin("extrema", Options = typeof(ExtreMAOptions), Backbone = typeof(IPatchSequenceBackbone),
    Summary = "Predicts a teacher's projection of the whole image from several small parts of its patches.",
    Family = "self-distillation", Paper = "Extreme Masking for Learning Instance and Distributed Visual Representations", Authors = "Wu, Lai, Sun, Lin",
    Venue = "TMLR", Year = 2023, ArXiv = "2206.04667")]
public sealed class ExtreMA : Module, IMethod, IMomentumPairs, IRunRequirements
{
    private const int ProjectorLayers = 3, PredictorLayers = 2;

    private readonly IPatchSequenceBackbone backbone;
    private readonly ClassAttentionPooling pooling;
    private readonly ClassAttentionBackbone teacher;
    private readonly Module<Tensor, Tensor> projector, targetProjector, predictor;
    private readonly ExtreMAOptions _options;
    private readonly SampleRandom _random;
    private readonly ViewBuilder _view;
    private readonly int _patches;

    /// <summary>Builds student and teacher.</summary>
    public ExtreMA(BackboneFactory backbones, ExtreMAOptions options, RunInfo run)
        : base(nameof(ExtreMA))
    {
        (_options, _random, _view) = (options, new(run), new(run.ImageSize));
        (backbone, var target) = (backbones.Sequences(), backbones.Sequences());
        _patches = PatchGrid.Count(backbone, run.ImageSize);
        var width = backbone.TokenDim;
        pooling = Pooling();
        teacher = new(target, Pooling(), run.Data.Channels, Pooling);
        (projector, targetProjector) = (Projector(), Projector());
        predictor = LayerNormHead.Create(options.ProjectionDim, options.HiddenDim, options.ProjectionDim, PredictorLayers);
        RegisterComponents();

        ClassAttentionPooling Pooling() => new(width, options.ClassAttentionBlocks, options.LayerScale);
        Module<Tensor, Tensor> Projector() => LayerNormHead.Create(width, options.HiddenDim, options.ProjectionDim, ProjectorLayers);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => _options.Evaluated == ExtreMAFeatures.Teacher ? teacher : backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ViewPlan.Same(2, View(SharedCrop(_view.ImageSize, 0.2), Jitter(0.4, 0.4, 0.2, 0.1), Grayscale()));   // "spatially consistent"

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs =>
        [Pair((Module)backbone, teacher.Backbone), Pair(pooling, teacher.Pooling), Pair(projector, targetProjector)];

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, 2, "the student's, then the teacher's");
        var patches = backbone.EmbedPatches(batch.Views[0]);                                                         // [N, h, w, D]
        var repeated = patches.repeat(_options.Masks, 1, 1, 1);                                                      // [M N, h, w, D], mask by mask
        var tokens = backbone.Encode(repeated, new() { Visible = Visible(batch, context).to(patches.device) });      // [M N, P + K, D]
        var z = projector.call(ClassAttentionBackbone.Instance(backbone, pooling, tokens));                          // [M N, D]
        var k = Targets(batch.Views[1]);                                                                             // [N, D], no gradient

        return new(BYOLLoss.Compute(predictor.call(z), k.repeat(_options.Masks, 1))) { Embedding = z.narrow(0, 0, batch.Size), Positive = k };
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run)
    {
        var seen = _options.Masks * RandomMasking.Visible(_patches, _options.MaskRatio);
        var faults = PatchGrid.Faults(_patches, _options.MaskRatio, "method.maskRatio");

        return seen <= _patches || !_options.DisjointMasks ? faults :
        [
            .. faults,
            $"method.masks is {_options.Masks} and method.maskRatio {_options.MaskRatio}: the masks keep {seen} of {_patches} patches, and no patch twice. "
                + "Lower method.masks, raise method.maskRatio, or set method.disjointMasks to false.",
        ];
    }

    private Tensor Targets(Tensor images)
    {
        using var noGradients = no_grad();

        return targetProjector.call(teacher.call(images));                                  // [N, D], of all patches
    }

    private Tensor Visible(Batch batch, StepContext context)
    {
        var masks = _options.DisjointMasks
            ? DisjointMasking.Of(Noise(part: 0), _options.MaskRatio, _options.Masks).transpose(0, 1)                                        // [M, N, K]
            : stack([.. Enumerable.Range(0, _options.Masks).Select(mask => RandomMasking.Of(Noise(mask), _options.MaskRatio).Visible)]);    // [M, N, K]

        return masks.flatten(0, 1);                                                         // [M N, K]

        Tensor Noise(int part) => SampleNoise.Uniform(_random.Of(batch, context, part), _patches);   // [N, L]
    }

    private MomentumPair Pair(Module online, Module target) => new(online, target, new(_options.Momentum, 1), MomentumUpdate.BeforeForward);
}
