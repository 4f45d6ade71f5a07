using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of SLIC, section <c>method</c> of a recipe.</summary>
public sealed record SLICOptions : IRunRequirements
{
    /// <summary>Share of the videos whose positive is another clip of their own, a fraction in [0, 1]; that of the others is a clip of another video of their
    /// cluster. Authors' code: 0.2 on UCF101; 0.5 on Kinetics-400.</summary>
    [Range(0.0, 1.0)]
    public double OwnVideoShare { get; init; } = 0.2;

    /// <summary>Epochs from one clustering to the next. Authors' code: 5.</summary>
    [Range(1, 100_000)]
    public int ClusterEveryEpochs { get; init; } = 5;

    /// <summary>First epochs without clusters: every positive is of its own video, negatives are all others. Authors' code: 0.</summary>
    [Range(0, 100_000)]
    public int WarmupEpochs { get; init; }

    /// <summary>Share of the second and third views that show the horizontal optical flow, a fraction in [0, 1]. Authors' code: 0.25.</summary>
    [Range(0.0, 1.0)]
    public double FlowShare { get; init; } = 0.25;

    /// <summary>How much nearer the positive shall be than the negative, in cosines, a number in [0, 2]. Authors' code: 0.2.</summary>
    [Range(0.0, 2.0)]
    public double TripletMargin { get; init; } = 0.2;

    /// <summary>How much nearer the same frames shall be than the positive, in cosines, a number in [0, 2]. Authors' code: 0.04.</summary>
    [Range(0.0, 2.0)]
    public double DiscriminationMargin { get; init; } = 0.04;

    /// <summary>Weight of the temporal discrimination, not negative. Authors' code: 1.</summary>
    [Range(0.0, 100.0)]
    public double DiscriminationWeight { get; init; } = 1;

    /// <summary>Width of the projector's hidden layer. Authors' code: 2048.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 2048;

    /// <summary>Width D of the projections. Authors' code: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) =>
    [
        .. ViewRoles.Faults(run, SLIC.ViewCount, SLIC.Roles), .. FlowShare > 0 ? RgbViews.Faults("slic", run) : [],
        .. run.Data.Count < 2 ? ["The data hold one training video, but method.name is slic, which clusters videos. Give it two or more."] : NoFault,
    ];

    private static string[] NoFault => [];

    /// <inheritdoc/>
    public IEnumerable<string> Notes(RunInfo run) => WarmupEpochs < run.Epochs ? [] :
        [$"method.warmupEpochs is {WarmupEpochs}, but the run has {run.Epochs} epochs: videos are never clustered."];
}

/// <summary>Clips of one cluster of videos attract, those of others are pushed away; clusters are found anew every few epochs, without a number of
/// them.</summary>
/// <remarks>
/// <para>Hosseini Khorasgani et al., "SLIC: Self-Supervised Learning with Iterative Clustering for Human Action Videos", CVPR 2022,
/// https://arxiv.org/abs/2206.12534, and the authors' code. The finest partition of <see cref="Finch"/>, of the projections of one clip from the middle of each
/// video, are the clusters. The anchor begins with its video (<see cref="AnchorAndLaterClips"/>); the positive is drawn by <see cref="ClusterPositives"/>; the
/// third view are the anchor's frames with another augmentation. A quarter of the second and third views show flow. The loss is that of triplets over all rows
/// of one cluster plus the temporal discrimination (<see cref="SLICLoss"/>).</para>
/// <para>Differs from the code: flow is Farnebäck's, between the frames of the finished view, there TV-L1's of the whole frames, with the same augmentations;
/// the first clustering follows the warm-up; nearest neighbours are exact however many videos there are, there approximate from 70,000 on; small frames are
/// not blurred.</para>
/// </remarks>
[Plugin("slic", Options = typeof(SLICOptions), Summary = "Triplets of clips whose positives are of the same cluster of videos, found anew every few epochs.",
    Family = "video", Paper = "SLIC: Self-Supervised Learning with Iterative Clustering for Human Action Videos",
    Authors = "Hosseini Khorasgani, Chen, Shkurti", Venue = "CVPR", Year = 2022, ArXiv = "2206.12534")]
public sealed class SLIC : Module, IMethod, IEpochPhase, IPositiveSampling, IGathered, IBatchCoupled, IRunRequirements
{
    internal const int ViewCount = 3;
    internal const string Roles = "the anchor, the positive, the anchor's frames again";
    private const int Positive = 1, Again = 2;   // views

    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly Tensor clusters;   // [count]
    private readonly SLICOptions _options;
    private readonly RunInfo _run;
    private readonly ViewBuilder _view;
    private readonly RandomMotion _flow;
    private readonly SampleRandom _random;

    /// <summary>Builds the projector on a backbone; every video is a cluster until the first clustering.</summary>
    public SLIC(IBackbone backbone, SLICOptions options, RunInfo run)
        : base(nameof(SLIC))
    {
        (this.backbone, _options, _run, _view) = (backbone, options, run, new(run.ImageSize));
        (_flow, _random) = (RandomMotion.HorizontalFlow(options.FlowShare, run), new(run));
        projector = ProjectionHead.Layers(
            backbone.FeatureDim, new(options.HiddenDim, Bias: true, HeadNorm.Batch, Relu: true), new(options.ProjectionDim, Bias: true));
        clusters = arange(run.Data.Count, dtype: int64);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ViewPlan.Same(
        ViewCount, View(_view.Crop(0.25), Flip(), Jitter(0.5, 0.5, 0.5, 0.5), Grayscale(), _view.SteadyBlur(0.2, sigma: 2, kernel: 15))) with
    {
        Clips = new([new(16) { Short = ShortVideo.RepeatClip }], new AnchorAndLaterClips(Positive)),
    };

    /// <inheritdoc/>
    public IReadOnlyList<int> PositiveViews => [Positive];

    /// <inheritdoc/>
    public string BatchCoupling => "Videos of one cluster in the batch are positives, those of others negatives.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public bool IsDue(int epoch) => epoch >= _options.WarmupEpochs && (epoch - _options.WarmupEpochs) % _options.ClusterEveryEpochs == 0;

    /// <inheritdoc/>
    public void BeforeEpoch(EpochContext context)
    {
        if (!IsDue(context.Epoch))
        {
            return;
        }

        using var scope = NewDisposeScope();
        var features = context.Features.Extract(clips => projector.call(backbone.call(clips)));                          // [count, D]
        var finest = Finch.Finest(FirstNeighbours.Of(features.to(clusters.device), RowDistance.Cosine, context.Stop));   // [count]
        clusters.copy_(finest);
        var sizes = ClusterSizes.Of(finest, finest.max().item<long>() + 1);
        context.Logger.LogInformation(
            "Epoch {Epoch}: {Clusters} clusters of {Videos} videos; the largest has {Largest}.", context.Epoch + 1, sizes.Length, _run.Data.Count, sizes.Max());
    }

    /// <inheritdoc/>
    public IReadOnlyList<long> Positives(int epoch) => ClusterPositives.Of(clusters, _options.OwnVideoShare, _run.Seed, epoch);

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, ViewCount, Roles);
        var za = Project(batch.Views[0]);                                                               // [N, D], N over all processes
        var zb = Project(_flow.Of(batch, context, Positive));                                           // [N, D]
        var zc = Project(_flow.Of(batch, context, Again));                                              // [N, D]
        var z = cat([za, zb], 0);                                                                       // [2 N, D]
        var own = context.Processes.Gather(clusters.index_select(0, batch.Indices)).repeat(2);          // [2 N], a positive has the cluster of its anchor
        var uniform = cat([Uniform(part: ViewCount), Uniform(part: ViewCount + 1)], 0);                 // [2 N], parts before are those of the flow
        var triplets = SLICLoss.Triplets(z, own, _options.TripletMargin, uniform);                      // [P, 3]
        var tripletLoss = SLICLoss.OfTriplets(z, triplets, _options.TripletMargin);                     // []
        var discrimination = SLICLoss.TemporalDiscrimination(za, zc, zb, _options.DiscriminationMargin);   // []

        return new(tripletLoss + (_options.DiscriminationWeight * discrimination))
        {
            Embedding = za,
            Positive = zb,
            Diagnostics =
            [
                new("triplet_loss", tripletLoss), new("discrimination_loss", discrimination), new("clusters", (clusters.max() + 1).to(float32)),
            ],
        };

        Tensor Project(Tensor clips) => context.Processes.Gather(projector.call(backbone.call(clips)));

        Tensor Uniform(int part) => context.Processes.Gather(tensor(
            _random.Of(batch, context, part).Select(random => (float)random.NextDouble()).ToArray(), device: batch.Indices.device));
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => _options.FlowShare > 0 && run.Clip is { Frames: < 2 }
        ? ["clips.frames is 1, but method.flowShare takes two frames at least. Raise the one, or set the other to 0."]
        : Array.Empty<string>();
}
