using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of CVRL, section <c>method</c> of a recipe.</summary>
public sealed record CVRLOptions
{
    /// <summary>Divisor of the cosines, positive. Paper, section 3.1: 0.1.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Exponent of the density of intervals between the clips, positive: 1 decreases along a line; the larger, the more uniform. Authors' code:
    /// 1.</summary>
    [Range(0.01, 100.0)]
    public double IntervalPower { get; init; } = 1;

    /// <summary>Hidden layers of the projector. Authors' code: 3.</summary>
    [Range(1, 8)]
    public int HiddenLayers { get; init; } = 3;

    /// <summary>Width of the projector's hidden layers. Paper, section 3.1: 2048.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 2048;

    /// <summary>Width D of the projections. Paper, section 3.1: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;
}

/// <summary>Two clips of a video attract each other, all other videos of the batch are pushed away; clips that begin near each other are drawn more
/// often.</summary>
/// <remarks>
/// <para>Qian et al., "Spatiotemporal Contrastive Video Representation Learning", CVPR 2021, section 3, https://arxiv.org/abs/2008.03800, and the authors'
/// code:
/// SimCLR's loss, the means of both views added; clips of 16 frames, every second frame; <see cref="NearbyClips"/>; augmentations drawn once for a clip.</para>
/// <para>Differs from the code: contrast is changed around the mean of each frame, there around that of the whole clip; views are normalised at the end; the
/// projector's normalisations average their statistics with PyTorch's momentum (0.1), there 0.003; small frames are not blurred.</para>
/// </remarks>
[Plugin("cvrl", Options = typeof(CVRLOptions), Summary = "Contrasts two clips of each video with all other videos of the batch.", Family = "video",
    Paper = "Spatiotemporal Contrastive Video Representation Learning", Authors = "Qian, Meng, Gong, Yang, Wang, Belongie, Cui", Venue = "CVPR", Year = 2021,
    ArXiv = "2008.03800")]
public sealed class CVRL : Module, IMethod, IGathered, IBatchCoupled
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly CVRLOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds the projector on a backbone.</summary>
    public CVRL(IBackbone backbone, CVRLOptions options, RunInfo run)
        : base(nameof(CVRL))
    {
        (this.backbone, _options, _view) = (backbone, options, new(run.ImageSize));
        projector = ProjectionHead.Layers(
            backbone.FeatureDim,
            [
                .. Enumerable.Repeat(new HeadLayer(options.HiddenDim, Bias: true, HeadNorm.Batch, Relu: true), options.HiddenLayers),
                new(options.ProjectionDim, Bias: true),
            ]);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([Distorted(_view.BlurByTenth(1)), Distorted(_view.BlurByTenth(0.1), solarize: 0.2)])
    {
        Clips = new([new(16) { Stride = 2, Short = ShortVideo.Loop }], new NearbyClips(_options.IntervalPower)),
    };

    /// <inheritdoc/>
    public string BatchCoupling => "Every video of the batch is a negative of every other.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, 2, "two clips of a video");
        var za = context.Processes.Gather(projector.call(backbone.call(batch.Views[0])));   // [N, D], N over all processes
        var zb = context.Processes.Gather(projector.call(backbone.call(batch.Views[1])));   // [N, D]

        return new(NTXentLoss.Compute(za, zb, _options.Temperature, NTXentReduction.SumOfViewMeans)) { Embedding = za, Positive = zb };
    }

    private ViewSpec Distorted(AugmentationSpec? blur, double solarize = 0) => View(
        _view.Crop(0.3, elongation: 2), Flip(), Jitter(0.8, 0.8, 0.8, 0.2), Grayscale(), blur, Solarize(solarize));
}
