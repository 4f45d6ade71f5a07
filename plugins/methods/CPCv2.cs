using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of CPC v2, section <c>method</c> of a recipe.</summary>
public sealed record CPCv2Options : IRunRequirements
{
    /// <summary>Patches per side of an image, R. Paper: 6; van den Oord et al.: 7.</summary>
    [Range(2, 64)]
    public int PatchesPerSide { get; init; } = 6;

    /// <summary>Side of a patch as a share of the image's, a fraction in (0, 1]. Paper: 80 of 260 pixels; van den Oord et al.: 64 of 256.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double PatchShare { get; init; } = 80.0 / 260;

    /// <summary>Whether every patch is changed by itself. Paper: true.</summary>
    public bool AugmentsPatches { get; init; } = true;

    /// <summary>Width inside of the context networks. Paper, appendix: 256.</summary>
    [Range(1, 65536)]
    public int ContextDim { get; init; } = 256;

    /// <summary>Residual blocks of the context networks. Paper, appendix: 5.</summary>
    [Range(1, 64)]
    public int ContextBlocks { get; init; } = 5;

    /// <summary>Width D of targets and predictions. Paper, appendix: 64.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 64;

    /// <summary>Rows from a patch to the nearest that it predicts: the first that shares no pixels with it. Paper, appendix: 3.</summary>
    [Range(1, 63)]
    public int FirstOffset { get; init; } = 3;

    /// <summary>How many rows each patch predicts, from the nearest on. Ours: 3, as many as the paper's grid has.</summary>
    [Range(1, 63)]
    public int Offsets { get; init; } = 3;

    /// <summary>Factor on predictions, in place of a temperature. Paper, appendix: 0.1.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double PredictionScale { get; init; } = 0.1;

    /// <summary>Negatives drawn for each prediction; 0 takes all patches of the batch, and then adds the offsets up instead of averaging them. Paper: 0;
    /// rschwarz15's code: 16.</summary>
    [Range(0, 65536)]
    public int Negatives { get; init; }

    /// <summary>Directions of prediction: 1 down, 2 up too, 3 and to the right, 4 all. Paper: 4; van den Oord et al.: 1; the paper's ablation adds up, then
    /// both horizontal ones.</summary>
    [Range(1, 4)]
    public int Directions { get; init; } = 4;

    /// <summary>Share of an average of the encoder's weights that is kept at each step, a fraction in [0, 1); the average is what evaluations see and what is
    /// exported. 0 has none: evaluations see the trained weights. Paper: 0.9999, from memory.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double AverageMomentum { get; init; }

    /// <summary>Quarter turns of the grid for each direction, in order.</summary>
    internal IReadOnlyList<int> Turns => Directions == 2 ? [0, 2] : [.. Enumerable.Range(0, Directions)];

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run)
    {
        if (FirstOffset + Offsets > PatchesPerSide)
        {
            yield return $"method.firstOffset is {FirstOffset} and method.offsets {Offsets}: the furthest row would be {FirstOffset + Offsets - 1} rows away, "
                + $"but images have method.patchesPerSide {PatchesPerSide} rows. Expected {PatchesPerSide - 1} at most; lower one of the two.";
        }
    }
}

/// <summary>Codes of overlapping patches; what lies above a patch predicts the codes of the patches below it, among all patches of the batch.</summary>
/// <remarks>
/// <para>Hénaff et al., "Data-Efficient Image Recognition with Contrastive Predictive Coding", ICML 2020, https://arxiv.org/abs/1905.09272. Every patch passes
/// through the encoder by itself (<see cref="PatchBackbone"/>); in each of four directions a masked network (<see cref="MaskedContext"/>) summarises the
/// rows so far, and linear maps of it predict those that follow (<see cref="CPCLoss"/>): the sum over offsets, the mean over directions.</para>
/// <para>The encoder must not normalise over the batch, which would tell patches of each other: set <c>backbone.norm: layer</c>. Evaluations see the mean of an
/// image's codes.</para>
/// <para>Differs from the paper: the encoder is any backbone, whole, where the paper ends its ResNet-161 after the third stage; of the
/// changes of patches (<see cref="PatchAugmentation"/>) equalize, autocontrast, posterize, sharpness, cutout, pairs of images, elastic deformation and changes
/// of the histogram are left out, and each of the others comes by itself, not two of them together.</para>
/// <para>It needs many steps. After 1,560 steps of 128 CIFAR-10 images nearest neighbours have 40.4 % and a linear classifier 47.2 %, on random weights 35.0 %
/// and 39.3 % (docs/leaderboards/cifar10-small.md). After 120 steps of 64 images (1,500 test images, so that numbers are known to about 1.2 points) they have
/// 29.1 % and 34.9 %, on random weights 29.4 % and 34.2 %; a quarter of the learning rate, a stem without pooling, the paper's scale of predictions, or a
/// quarter of the images in four times as many steps show no gain there either. Without changes of patches the loss falls three times as far and neighbours
/// have 25.5 %: colours alone tell the patches of an image from others.</para>
/// </remarks>
[Plugin("cpc-v2", Options = typeof(CPCv2Options), Summary = "Predicts the codes of an image's patches from those above, beside or below.", Family = "pretext",
    Paper = "Data-Efficient Image Recognition with Contrastive Predictive Coding",
    Authors = "Hénaff, Srinivas, De Fauw, Razavi, Doersch, Eslami, van den Oord", Venue = "ICML", Year = 2020, ArXiv = "1905.09272")]
public sealed class CPCv2 : Module, IMethod, IBatchCoupled, IGathered, IMomentumPairs, IRunRequirements
{
    private const int OfPatches = 0, OfNegatives = 1;   // what is drawn for an image
    private static readonly string[] _names = ["down", "right", "up", "left"];

    private readonly PatchBackbone backbone;
    private readonly PatchBackbone? average;
    private readonly ModuleList<GridPredictor> directions;
    private readonly CPCv2Options _options;
    private readonly PatchAugmentation _augmentation;
    private readonly SampleRandom _random;
    private readonly ViewBuilder _view;

    /// <summary>Builds the predictors on a backbone that sees patches.</summary>
    public CPCv2(ChannelBackboneFactory backbones, CPCv2Options options, RunInfo run, ILogger logger)
        : base(nameof(CPCv2))
    {
        (_options, _augmentation, _random, _view) = (options, new(run), new(run), new(run.ImageSize));
        backbone = new(backbones, run, options.PatchesPerSide, options.PatchShare);
        directions = ModuleList<GridPredictor>([.. Enumerable.Range(0, options.Directions).Select(_ => new GridPredictor(
            backbone.FeatureDim, options.ProjectionDim, options.ContextDim, options.ContextBlocks, options.Offsets))]);
        average = options.AverageMomentum == 0 ? null : new(backbones, run, options.PatchesPerSide, options.PatchShare);
        RegisterComponents();
        if (backbone.JoinsPatches && average is not null)
        {
            throw new ConfigurationException("method.averageMomentum needs a backbone without batch normalisation, whose running statistics an average of "
                + "weights has none of. Set backbone.norm to layer where the backbone has it (ResNets), or method.averageMomentum to 0.");
        }

        if (backbone.JoinsPatches)
        {
            logger.LogWarning("The backbone normalises over the batch, which tells patches of each other: features get worse. "
                + "Set backbone.norm to layer where the backbone has it (ResNets), or take one without batch normalisation.");
        }
    }

    /// <inheritdoc/>
    public IBackbone Backbone => average ?? backbone;

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => average is null ? []
        : [new(backbone, average, MomentumSchedule.Average(_options.AverageMomentum), MomentumUpdate.AfterOptimizerStep)];

    /// <inheritdoc/>
    public ViewPlan Views => new([_view.CutAndFlipped(300.0 / 260)]);

    /// <inheritdoc/>
    public string BatchCoupling => "Every patch of the batch is a negative of every other.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => backbone.Faults();

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var patches = backbone.Patches(batch.Views[0]);                                                       // [N, R R, C, p, p]
        patches = _options.AugmentsPatches ? _augmentation.Of(patches, _random.Of(batch, context, OfPatches)) : patches;
        var codes = backbone.Codes(patches);                                                                  // [N, F, R, R]
        var negatives = new Queue<Tensor>(DrawNegatives(batch, context));                                     // [N, cells K] for each direction and offset
        var losses = directions.Zip(_options.Turns, (direction, turns) => Loss(direction, GridPredictor.Turned(codes, turns), negatives, context))
            .ToList();                                                                                        // [] each

        return new(stack([.. losses]).mean())
        {
            Embedding = codes.mean([2, 3]),                                                                   // [N, F]
            Diagnostics = [.. losses.Zip(_options.Turns, (loss, turns) => new Diagnostic("loss_" + _names[turns], loss.detach()))],
        };
    }

    /// <summary>The loss of one direction: the sum over all offsets, or with drawn negatives the mean.</summary>
    private Tensor Loss(GridPredictor direction, Tensor codes, Queue<Tensor> negatives, StepContext context)
    {
        var targets = direction.Targets(codes);                                                               // [N, D, R, R]
        var candidates = context.Processes.Gather(targets);                                                   // [M, D, R, R] of all processes
        var perOffset = direction.Predictions(codes).Select((prediction, i) => _options.Negatives == 0
            ? CPCLoss.AmongAll(Scaled(prediction), targets, candidates, _options.FirstOffset + i)
            : CPCLoss.AmongSampled(Scaled(prediction), targets, candidates, _options.FirstOffset + i, negatives.Dequeue()));   // [] each
        var losses = stack([.. perOffset]);                                                                   // [offsets]

        return _options.Negatives == 0 ? losses.sum() : losses.mean();

        Tensor Scaled(Tensor prediction) => _options.PredictionScale * prediction.to(float32);
    }

    /// <summary>Cells of the whole batch for every prediction of each direction and offset, the same whichever process has the image.</summary>
    private IEnumerable<Tensor> DrawNegatives(Batch batch, StepContext context)
    {
        if (_options.Negatives == 0)
        {
            return [];
        }

        var images = batch.Size * context.Processes.Count;
        int[] cells = [.. from _ in _options.Turns
                          from offset in Enumerable.Range(_options.FirstOffset, _options.Offsets)
                          select (_options.PatchesPerSide - offset) * _options.PatchesPerSide];
        var draws = SampleNoise.Uniform(_random.Of(batch, context, OfNegatives), cells.Sum(count => (long)count) * _options.Negatives)
            .to(batch.Views[0].device);                                                                       // [N, all cells K]

        return draws.split([.. cells.Select(count => (long)count * _options.Negatives)], 1)
            .Zip(cells, (own, count) => (own * (count * images)).to(int64).clamp_max((count * images) - 1));   // [N, cells K] each
    }
}
