using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Which triplets of a batch count, and how.</summary>
public enum ExemplarTriplets
{
    /// <summary>For each view the furthest of its image and the nearest of others: S4L.</summary>
    BatchHard,

    /// <summary>All pairs of views of an image, each with the nearest other view beyond it: Kolesnikov et al.</summary>
    SemiHard,
}

/// <summary>Settings of the triplet form of exemplar learning, section <c>method</c> of a recipe.</summary>
public sealed record ExemplarTripletOptions : IRunRequirements
{
    /// <summary>Views of each image. Kolesnikov et al. and S4L, code: 8.</summary>
    [Range(2, 64)]
    public int ViewsPerImage { get; init; } = 8;

    /// <summary>Width D of the embeddings. Kolesnikov et al. and S4L, code: 1000.</summary>
    [Range(1, 65536)]
    public int EmbeddingDim { get; init; } = 1000;

    /// <summary>Triplets: batch-hard on distances, as S4L, or semi-hard on squared distances, as Kolesnikov et al.</summary>
    public ExemplarTriplets Triplets { get; init; } = ExemplarTriplets.BatchHard;

    /// <summary>How much nearer views of an image must be than others, not negative. S4L: 0, with a soft margin; Kolesnikov et al.: 0.5.</summary>
    [Range(0.0, 100.0)]
    public double Margin { get; init; }

    /// <summary>Whether batch-hard triplets that are solved still add a little, ln(1 + exp x) in place of max(0, x). S4L: true.</summary>
    public bool SoftMargin { get; init; } = true;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) =>
        [.. ViewRoles.Faults(run, 2, "those of an image, two for each triplet"), .. TripletBatch.Faults(run)];
}

/// <summary>Strongly changed views of an image shall be nearer to each other than to those of any other image.</summary>
/// <remarks>
/// <para>The exemplars of Dosovitskiy et al., "Discriminative Unsupervised Feature Learning with Exemplar Convolutional Neural Networks", 2014,
/// https://arxiv.org/abs/1406.6909, without a class for each: Doersch and Zisserman, ICCV 2017, then Kolesnikov et al., "Revisiting Self-Supervised Visual
/// Representation Learning", CVPR 2019, https://arxiv.org/abs/1901.09005, and Zhai et al., "S4L", ICCV 2019, https://arxiv.org/abs/1905.03670. See
/// <see cref="ExemplarTripletLoss"/>.</para>
/// <para>The default is S4L's: a linear embedding of length one, for every view the furthest of its image and the nearest of another over the whole batch,
/// soft margin. Kolesnikov et al. are <c>triplets: semi-hard</c> with <c>margin: 0.5</c>; their released code normalises columns over the batch where the
/// paper has rows. Here it is rows, as S4L repaired it. Views are S4L's; those of
/// Kolesnikov et al. stand in the recipe <c>imagenet</c>.</para>
/// <para>Under the small budget the default collapses within 100 steps: measured so, CIFAR-10 has 30.4 % by knn-lightly and 34.1 % by linear-sgd, less than
/// random weights. The recipe <c>small</c> therefore takes semi-hard triplets, and numbers that a leaderboard of it has are theirs.</para>
/// </remarks>
[Plugin("exemplar-triplet", Options = typeof(ExemplarTripletOptions), Family = "pretext",
    Summary = "Views of an image are nearer to each other than to those of other images, by triplets.",
    Paper = "Revisiting Self-Supervised Visual Representation Learning", Authors = "Kolesnikov, Zhai, Beyer", Venue = "CVPR", Year = 2019,
    ArXiv = "1901.09005")]
public sealed class ExemplarTriplet : Module, IMethod, IBatchCoupled, IGathered
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> embedding;
    private readonly ExemplarTripletOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds the embedding on a backbone.</summary>
    public ExemplarTriplet(IBackbone backbone, ExemplarTripletOptions options, RunInfo run)
        : base(nameof(ExemplarTriplet))
    {
        (this.backbone, _options, _view) = (backbone, options, new(run.ImageSize));
        embedding = ProjectionHead.LinearLayer(backbone.FeatureDim, options.EmbeddingDim);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ViewPlan.Same(_options.ViewsPerImage, View(_view.Crop(_view.IsSmall ? 0.2 : 0.05), HsvNoise(), Flip()));   // small: ours

    /// <inheritdoc/>
    public string BatchCoupling => "Every image of the batch is a negative of every other.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var h = cat([.. CropGroups.Encode(batch.Views, backbone.call)], 0);                            // [V N, F], view by view
        var own = Rows.Unit(embedding.call(h));                                                        // [V N, D]
        var z = context.Processes.Gather(own);                                                         // [M, D] of all processes
        var images = context.Processes.Gather(batch.Indices.repeat(batch.Views.Count));                // [M]
        var (loss, solved) = _options.Triplets == ExemplarTriplets.BatchHard
            ? BatchHard(ExemplarTripletLoss.Hardest(z, images))
            : ExemplarTripletLoss.SemiHard(z, images, _options.Margin);                                // [] each

        return new(loss)
        {
            Embedding = own.narrow(0, 0, batch.Size),
            Positive = own.narrow(0, batch.Size, batch.Size),
            Diagnostics = [new("solved_triplets", solved)],
        };

        (Tensor Loss, Tensor Solved) BatchHard(HardestTriplets hardest) => (
            ExemplarTripletLoss.BatchHard(hardest, _options.Margin, _options.SoftMargin), hardest.Solved(_options.Margin, _options.SoftMargin));
    }
}
