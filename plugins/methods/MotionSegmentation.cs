using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of learning by watching objects move, section <c>method</c> of a recipe. Which frames make a clip says the section <c>clips</c>.</summary>
public sealed record MotionSegmentationOptions : IValidatableObject
{
    /// <summary>Side in cells of the mask that is predicted. Paper: 56.</summary>
    [Range(2, 256)]
    public int MaskSide { get; init; } = 56;

    /// <summary>Side in cells to which the last map of the backbone is averaged before the bottleneck. AlexNet, which the paper has: 6.</summary>
    [Range(1, 64)]
    public int PoolSide { get; init; } = 6;

    /// <summary>Width of the fully connected bottleneck. Ours: as AlexNet's layers.</summary>
    [Range(1, 65536)]
    public int BottleneckDim { get; init; } = 4096;

    /// <summary>Saliency below which a pixel is still, a fraction in [0, 1]. From memory of the paper: 0.4.</summary>
    [Range(0.0, 1.0)]
    public double Low { get; init; } = 0.4;

    /// <summary>Saliency above which a pixel moves, a fraction in [0, 1]; between both it is left out. From memory of the paper: 0.7.</summary>
    [Range(0.0, 1.0)]
    public double High { get; init; } = 0.7;

    /// <summary>Largest motion between two frames of a clip that is looked for, in half cells of the mask, or in pixels of a smaller view. Ours: 4.</summary>
    [Range(1, 32)]
    public int Radius { get; init; } = 4;

    /// <summary>Least share of moving cells; a frame with fewer is left out. Ours: 0.01.</summary>
    [Range(0.0, 1.0)]
    public double MinForeground { get; init; } = 0.01;

    /// <summary>Largest share of moving cells; a frame with more is left out. Ours: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double MaxForeground { get; init; } = 0.5;

    /// <summary>Largest share of moving cells among those at the border; a frame with more is left out. Ours: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double MaxBorder { get; init; } = 0.5;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Low > High)
        {
            yield return new($"method.low is {Low}, above method.high, {High}: a pixel would be still and moving. Lower it.", [nameof(Low)]);
        }

        if (MinForeground > MaxForeground)
        {
            yield return new($"method.minForeground is {MinForeground}, above method.maxForeground, {MaxForeground}: no frame would be left. Lower it.",
                [nameof(MinForeground)]);
        }
    }
}

/// <summary>Sees one frame of a video and predicts which of its pixels move.</summary>
/// <remarks>
/// <para>Pathak et al., "Learning Features by Watching Objects Move", CVPR 2017, https://arxiv.org/abs/1612.06370: masks come from the motion of a video,
/// without labels; the network sees a single frame, so that it must know what moves together. Fully connected layers behind the convolutions give a mask of
/// 56 x 56 logits, trained with the logistic loss of each pixel; uncertain pixels and implausible masks are left out (<see cref="MotionMask"/>).</para>
/// <para>Ours: masks are those of <see cref="MotionSaliency"/>, made in the step from neighbouring frames on twice the mask's side, where the paper runs uNLC
/// over whole videos beforehand; so crops are random, not around the object that was found. The last map of the backbone is averaged to a fixed grid, and the
/// bottleneck has batch normalisation. Clips are three frames, every second frame of the video, unless the recipe says otherwise. Overlap is measured with
/// the masks that are learned from; data that know the true ones do not hand them to a step, so that neither these masks nor predictions are compared with
/// them.</para>
/// </remarks>
[Plugin("motion-segmentation", Options = typeof(MotionSegmentationOptions), Summary = "Predicts from one frame of a video which pixels move.",
    Taxonomy = "free semantic label-based: moving objects", PseudoLabel = "continuous map",
    Family = "pretext", Paper = "Learning Features by Watching Objects Move", Authors = "Pathak, Girshick, Dollár, Darrell, Hariharan", Venue = "CVPR",
    Year = 2017, ArXiv = "1612.06370")]
public sealed class MotionSegmentation : Module, IMethod, IGathered, IBatchCoupled, IPictures, IRunRequirements
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> head;
    private readonly MotionSegmentationOptions _options;
    private readonly MotionSaliency _saliency;
    private readonly MotionMask _mask;
    private readonly RunInfo _run;
    private readonly ViewBuilder _view;

    /// <summary>Builds the head on the last map of a backbone for images.</summary>
    /// <exception cref="ConfigurationException">The backbone has no feature maps.</exception>
    public MotionSegmentation(IBackbone backbone, MotionSegmentationOptions options, RunInfo run)
        : base(nameof(MotionSegmentation))
    {
        (this.backbone, _options, _run, _view, _saliency) = (backbone, options, run, new(run.ImageSize), new(options.Radius));
        _mask = new(options.Low, options.High, options.MinForeground, options.MaxForeground, options.MaxBorder);
        head = ProjectionHead.Layers(
            backbone.LastMap().Channels * options.PoolSide * options.PoolSide,
            new HeadLayer(options.BottleneckDim, Bias: false, HeadNorm.Batch, Relu: true), new HeadLayer(options.MaskSide * options.MaskSide, Bias: true));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([View(_view.Crop(0.35), Flip())])   // ours; objects are not always in the middle
    {
        Clips = new([new(MotionSaliency.FewestFrames) { Stride = 2, Short = ShortVideo.RepeatLast }])   // ours; a jump back to the start would be motion
        {
            ForImages = true,
        },
    };

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.ReducedStatistics;

    /// <inheritdoc/>
    public string BatchCoupling => "The loss is one mean over the pixels of the whole batch that count, and their number differs from image to image.";

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var clips = batch.Views[0];                                                                 // [N, C, T, H, W]
        var target = _mask.Target(Saliency(clips));                                                 // [N, m, m]
        var map = backbone.Maps(MotionSaliency.Middle(clips))[^1];                                  // [N, F, h, w]
        var logits = Predict(map);                                                                  // [N, m, m]
        var counting = MotionMaskLoss.Counting(target);                                             // [N, m, m]
        var count = context.Processes.Mean(counting.sum()).clamp_min(1);                            // [], of a process

        return new(MotionMaskLoss.Compute(logits, target, count))
        {
            Embedding = map.mean([2, 3]),
            Diagnostics =
            [
                new("kept_share", counting.mean([1, 2]).gt(0).to(float32).mean()), new("moving_share", target.eq(1).to(float32).mean()),
                new("mask_overlap", MotionMaskLoss.Overlap(logits, target)),
            ],
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<PictureColumn> Pictures(Batch batch, StepContext context)
    {
        var clips = batch.Views[0];
        var frames = MotionSaliency.Middle(clips);                                                  // [N, C, H, W]
        var predicted = Predict(backbone.Maps(frames)[^1]).to(float32).sigmoid();                   // [N, m, m]

        return
        [
            new("original", frames),
            new("motion", Saliency(clips).unsqueeze(1)) { IsNormalised = false },
            new("predicted", predicted.unsqueeze(1)) { IsNormalised = false },
        ];
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => MotionSaliency.Faults(run);

    private Tensor Saliency(Tensor clips) => _saliency.OfClips(clips, _run.Data, _options.MaskSide);   // [N, m, m]

    private Tensor Predict(Tensor map)
    {
        using var scope = NewDisposeScope();
        var pooled = F.adaptive_avg_pool2d(map, [_options.PoolSide, _options.PoolSide]);            // [N, F, p, p]

        return head.call(pooled.flatten(1)).view(-1, _options.MaskSide, _options.MaskSide).MoveToOuterDisposeScope();         // [N, m, m]
    }
}
