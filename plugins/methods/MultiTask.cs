using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of multi-task self-supervision, section <c>method</c> of a recipe.</summary>
public sealed record MultiTaskOptions : TileOptions, IRunRequirements
{
    private const int FewestCells = 2;   // a mask has a border of four sides

    /// <summary>Whether all tasks see lightness alone, so that the trunk has one kind of images, as have evaluations; else tiles keep one channel, colorization
    /// sees grey images and exemplars all colours. Paper, section 3: both, with little difference.</summary>
    public bool Harmonised { get; init; }

    /// <summary>Channels D of the units that tasks combine. Paper: 1024, those of the third stage of ResNet-101.</summary>
    [Range(1, 65536)]
    public int UnitDim { get; init; } = 1024;

    /// <summary>Strength lambda of the L1 penalty on the weights of units, not negative. Ours: 0.001; the paper's is not known.</summary>
    [Range(0.0, 1000.0)]
    public double Sparsity { get; init; } = 0.001;

    /// <summary>Width of the hidden layer on a pair of tiles. Ours: 1024; the paper has three residual layers.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 1024;

    /// <summary>Pixels per side of a cell whose colour is predicted, that of its first pixel, or whose motion is. Paper: 8.</summary>
    [Range(1, 1024)]
    public int TargetStride { get; init; } = 8;

    /// <summary>Channels of the hidden layer of each decoder, of colours and of motion. Ours: 256.</summary>
    [Range(1, 65536)]
    public int DecoderDim { get; init; } = 256;

    /// <summary>Width of the exemplars' embeddings. Kolesnikov et al. and S4L, code: 1000.</summary>
    [Range(1, 65536)]
    public int EmbeddingDim { get; init; } = 1000;

    /// <summary>How much nearer views of an image must be than others, in squared distances, not negative. Kolesnikov et al., code: 0.5.</summary>
    [Range(0.0, 100.0)]
    public double Margin { get; init; } = 0.5;

    /// <summary>Weight of the loss of relative position, above 0. Ours: 1.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double RelativePositionWeight { get; init; } = 1;

    /// <summary>Weight of the loss of colorization, above 0. Ours: 1.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double ColorizationWeight { get; init; } = 1;

    /// <summary>Weight of the loss of exemplars, above 0. Ours: 1.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double ExemplarWeight { get; init; } = 1;

    /// <summary>Weight of the loss of motion, where the data are videos, above 0. Ours: 1.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double MotionWeight { get; init; } = 1;

    /// <summary>Largest motion between two frames of a clip that is looked for, in half cells, or in pixels of a smaller view. Ours: 4.</summary>
    [Range(1, 32)]
    public int MotionRadius { get; init; } = 4;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) =>
    [
        .. RgbViews.Faults("multi-task", run), .. TripletBatch.Faults(run), .. ViewRoles.Faults(run, 3, "the image for tiles and colours, then two exemplars"),
        .. MotionFaults(run),
    ];

    private IEnumerable<string> MotionFaults(RunInfo run)
    {
        if (run.HasVideos && run.ImageSize / TargetStride < FewestCells)
        {
            yield return $"method.targetStride is {TargetStride}, but motion is predicted for {FewestCells} x {FewestCells} cells at least, and views have "
                + $"{run.ImageSize} pixels on each side. Lower it to {run.ImageSize / FewestCells} or less.";
        }
    }
}

/// <summary>One trunk learns several tasks at once: where a tile lies, what colours an image has, which views show the same image, and, on videos, which
/// pixels move.</summary>
/// <remarks>
/// <para>Doersch and Zisserman, "Multi-task Self-Supervised Visual Learning", ICCV 2017, https://arxiv.org/abs/1708.07860. Each task reads a sparse combination
/// of the trunk's units (<see cref="TaskLasso"/>); the loss is the sum of the tasks' losses and the penalty, in one optimizer step. Tasks pass through the
/// trunk one after the other, so that batch normalisation does not mix tiles with whole images; its running statistics are of all three.</para>
/// <para>Differs from the paper: its workers have one task each, here every image serves all. Pairs are those of <see cref="TilePairs"/>, colours those of
/// <see cref="ColourClasses"/> without weights, triplets semi-hard as in Kolesnikov et al. (<see cref="ExemplarTripletLoss"/>). Motion is learned where
/// the data are videos: the middle frame of a clip is the image of all tasks, and masks are those of <see cref="MotionSaliency"/>, as in
/// <c>motion-segmentation</c>. The paper evaluates with a row that is learned for the new task; here evaluations see the trunk, and the protocols
/// <c>linear-per-layer</c> each of its maps.</para>
/// </remarks>
[Plugin("multi-task", Options = typeof(MultiTaskOptions), Family = "pretext",
    Summary = "Relative position, colorization, exemplars and, on videos, motion over one trunk, each with a lasso of its units.",
    Paper = "Multi-task Self-Supervised Visual Learning", Authors = "Doersch, Zisserman", Venue = "ICCV", Year = 2017, ArXiv = "1708.07860")]
public sealed class MultiTask : Module, IMethod, IParameterGroups, IBatchCoupled, IGathered, IRunRequirements
{
    private const int RelativePosition = 0, Colorization = 1, Exemplar = 2, Motion = 3;   // rows of the lasso
    private const int Neighbours = 10;   // Zhang et al., code
    private const double Sigma = 5, GreyThreshold = 5;

    private readonly IBackbone backbone;
    private readonly TaskLasso lasso;
    private readonly Module<Tensor, Tensor> placeHead, embedding;
    private readonly MapDecoder colourHead;
    private readonly MapDecoder? motionHead;
    private readonly Tensor centres;   // [Q, 2]
    private readonly MultiTaskOptions _options;
    private readonly TileCutter _tiles;
    private readonly RgbViews _rgb;
    private readonly PixelScale _scale;
    private readonly ViewBuilder _view;
    private readonly MotionSaliency _saliency;
    private readonly RunInfo _run;

    /// <summary>Builds lasso and heads on a trunk.</summary>
    /// <exception cref="ConfigurationException">The backbone has no feature maps.</exception>
    public MultiTask(ChannelBackboneFactory backbones, MultiTaskOptions options, RunInfo run)
        : base(nameof(MultiTask))
    {
        var pixels = options.Harmonised ? TilePixels.Normalised : TilePixels.ChromaDropped;
        (_options, _run, _view, _saliency) = (options, run, new(run.ImageSize), new(options.MotionRadius));
        (_tiles, _rgb, _scale) = (new(options, pixels, TilePairs.Cells, run), new(run.Data), new(run.Data));
        backbone = options.Harmonised ? ColourTrunks.Lightness(backbones, run.Data) : backbones(run.Data.Channels);
        var last = backbone.LastMap() with { Channels = options.UnitDim };
        lasso = new(backbone.Stages, options.UnitDim, tasks: run.HasVideos ? Motion + 1 : Motion);
        placeHead = ProjectionHead.Layers(
            2 * options.UnitDim, new(options.HiddenDim, Bias: true, HeadNorm.Batch, Relu: true), new(RelativePlace.Count, Bias: true));
        colourHead = new(last, options.DecoderDim, ColourBins.Count, options.TargetStride);
        motionHead = run.HasVideos ? new(last, options.DecoderDim, 1, options.TargetStride) : null;
        embedding = ProjectionHead.LinearLayer(options.UnitDim, options.EmbeddingDim);
        centres = ColourBins.Centres();
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <summary>The image for tiles, colours and motion, then two strongly changed views of it, those of S4L.</summary>
    public ViewPlan Views
    {
        get
        {
            var exemplar = View(_view.Crop(_view.IsSmall ? 0.2 : 0.05), HsvNoise(), Flip());

            return new([_view.CutAndFlipped(8.0 / 7), exemplar, exemplar]) { Clips = _run.HasVideos ? Clips : null };
        }
    }

    private static Diagnostic[] Nothing => [];

    private static ClipPlan Clips { get; } =
        new([new(MotionSaliency.FewestFrames) { Stride = 2, Short = ShortVideo.RepeatLast }, new(1)], new CentredClips()) { ForImages = true };

    /// <inheritdoc/>
    public string BatchCoupling => "Every image of the batch is a negative of every other, for exemplars.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch | ProcessExchange.ReducedStatistics;

    /// <summary>Weight decay would add to the penalty of the lasso.</summary>
    public IReadOnlyList<ParameterRule> ParameterRules => [new(parameter => parameter.Name == $"{nameof(lasso)}.weights", WeightDecayScale: 0)];

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => [.. _tiles.Faults(backbone), .. MotionSaliency.Faults(run)];

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var images = batch with { Views = [.. batch.Views.Select(view => _run.HasVideos ? MotionSaliency.Middle(view) : view)] };
        var place = PlaceLoss(images, context);                                                               // [] each
        var colour = ColourLoss(images.Views[0]);
        var (exemplar, z) = ExemplarLoss(images, context);                                                    // [] and [2 N, E]
        var motion = MotionLoss(batch.Views[0], images.Views[0], context);                                    // [] each; null on images
        var penalty = lasso.Penalty(_options.Sparsity);
        var loss = (_options.RelativePositionWeight * place.Loss) + (_options.ColorizationWeight * colour) + (_options.ExemplarWeight * exemplar.Loss);

        return new(motion is { } moving ? loss + penalty + (_options.MotionWeight * moving.Loss) : loss + penalty)
        {
            Embedding = z.narrow(0, 0, batch.Size),
            Positive = z.narrow(0, batch.Size, batch.Size),
            Diagnostics =
            [
                new("relative_position_loss", place.Loss.detach()), new("relative_position_accuracy", place.Accuracy),
                new("colorization_loss", colour.detach()), new("exemplar_loss", exemplar.Loss.detach()), new("solved_triplets", exemplar.Solved),
                new("lasso_penalty", penalty.detach()), .. motion is { } m ? [new("motion_loss", m.Loss.detach()), new("motion_overlap", m.Overlap)] : Nothing,
            ],
        };
    }

    private (Tensor Loss, Tensor Accuracy) PlaceLoss(Batch batch, StepContext context)
    {
        var tiles = _tiles.Cut(batch, context);                                                               // [N, 9, C, t, t]
        var z = Read(tiles.flatten(0, 1), RelativePosition).mean([2, 3]).view(batch.Size, TilePairs.Tiles, -1);   // [N, 9, D]
        var logits = placeHead.call(TilePairs.Of(z));                                                         // [8 N, 8]
        var places = TilePairs.Places(batch.Size, logits.device);                                             // [8 N]

        return (ClassPrediction.Loss(logits, places), ClassPrediction.Accuracy(logits, places));
    }

    private Tensor ColourLoss(Tensor views)
    {
        var ab = ColourClasses.Every(Lab.FromRgb(_rgb.Of(views)).narrow(1, 1, 2), _options.TargetStride);     // [N, 2, h, w]
        var target = ColourClasses.Soft(ab, centres, Neighbours, Sigma);                                      // [N, Q, h, w]
        var logits = colourHead.Predict(Read(_options.Harmonised ? views : Grey(views), Colorization), ab);   // [N, Q, h, w]

        return ColorizationLoss.Compute(logits, target, ones_like(ab.select(1, 0)), ColourWeights.NonGrey(ab, GreyThreshold));
    }

    private ((Tensor Loss, Tensor Solved) Loss, Tensor Embeddings) ExemplarLoss(Batch batch, StepContext context)
    {
        var z = Rows.Unit(embedding.call(Read(cat([batch.Views[1], batch.Views[2]], 0), Exemplar).mean([2, 3])));   // [2 N, E]
        var (all, images) = (context.Processes.Gather(z), context.Processes.Gather(batch.Indices.repeat(2)));   // [M, E] and [M] of all processes

        return (ExemplarTripletLoss.SemiHard(all, images, _options.Margin), z);
    }

    private (Tensor Loss, Tensor Overlap)? MotionLoss(Tensor clips, Tensor frames, StepContext context)
    {
        if (motionHead is null)
        {
            return null;
        }

        var target = MotionMask.Usual.Target(_saliency.OfClips(clips, _run.Data, (int)frames.shape[2] / _options.TargetStride));   // [N, h, w]
        var logits = motionHead.Predict(Read(frames, Motion), target).squeeze(1);                               // [N, h, w]
        var count = context.Processes.Mean(MotionMaskLoss.Counting(target).sum()).clamp_min(1);               // [], of a process

        return (MotionMaskLoss.Compute(logits, target, count), MotionMaskLoss.Overlap(logits, target));
    }

    /// <summary>What a task sees of images. [N, D, h, w]</summary>
    private Tensor Read(Tensor images, int task) => lasso.Read(backbone.Maps(images), task);

    private Tensor Grey(Tensor views) => _scale.Normalise(_scale.ToPixels(views).mean([1], keepdim: true).expand_as(views));   // [N, 3, H, W]
}
