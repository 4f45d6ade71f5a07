using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of S4L with exemplars, section <c>method</c> of a recipe.</summary>
public sealed record S4LExemplarOptions : SemiSupervisedOptions
{
    /// <summary>Views of each image. Authors' code: 8.</summary>
    [Range(2, 64)]
    public int ViewsPerImage { get; init; } = 8;

    /// <summary>Width D of the embeddings. Authors' code: 1000.</summary>
    [Range(1, 65536)]
    public int EmbeddingDim { get; init; } = 1000;

    /// <summary>Weight w of the triplets beside the classes, not negative. Paper, section 3: 1.</summary>
    [Range(0.0, 1000.0)]
    public double TripletWeight { get; init; } = 1;

    /// <inheritdoc/>
    public override IEnumerable<string> Faults(RunInfo run)
    {
        foreach (var fault in LabelledImages.Faults("s4l-exemplar", run))
        {
            yield return fault;
        }

        if (run.MicroBatchSize * run.WorldSize < 4)
        {
            yield return $"trainer.batchSize is {run.BatchSize} in {run.Accumulation} micro-batches: triplets need two labelled images and two others at a "
                + $"time. Raise it to at least {4 * run.Accumulation}.";
        }
    }
}

/// <summary>Learns the class of few labelled images, and brings the views of each image together, of labelled ones and of any.</summary>
/// <remarks>
/// <para>Zhai et al., "S4L: Self-Supervised Semi-Supervised Learning", ICCV 2019, https://arxiv.org/abs/1905.03670, as in the authors' code: half of a batch
/// are labelled images, half any images of the training set, each in eight views; loss = cross-entropy of the class over all views of the labelled half + w *
/// the mean of both halves' triplet losses (<see cref="ExemplarTripletLoss"/>, batch-hard, soft margin), which never mix.</para>
/// <para>Differs from the code: see <see cref="LabelledImages"/>. On small images the smallest crop is a fifth of the image.</para>
/// </remarks>
[Plugin("s4l-exemplar", Options = typeof(S4LExemplarOptions), Summary = "Classes of few labelled images and exemplars of all. Uses labels of a share.",
    Family = "semi-supervised", Paper = "S4L: Self-Supervised Semi-Supervised Learning", Authors = "Zhai, Oliver, Kolesnikov, Beyer", Venue = "ICCV",
    Year = 2019, ArXiv = "1905.03670")]
public sealed class S4LExemplar : Module, IClassifier, IEpochPhase, IEpochSampling, IBatchCoupled, IGathered
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> classifier, embedding;
    private readonly LabelledImages labelled;
    private readonly S4LExemplarOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds both heads on a backbone.</summary>
    /// <exception cref="ConfigurationException">The data set has no labels, or a micro-batch too few images, or an odd number.</exception>
    public S4LExemplar(IBackbone backbone, S4LExemplarOptions options, RunInfo run)
        : base(nameof(S4LExemplar))
    {
        options.Require(run);
        (this.backbone, _options, _view) = (backbone, options, new(run.ImageSize));
        classifier = ProjectionHead.LinearLayer(backbone.FeatureDim, run.Data.Classes.Count);
        embedding = ProjectionHead.LinearLayer(backbone.FeatureDim, options.EmbeddingDim);
        labelled = new(run);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ViewPlan.Same(_options.ViewsPerImage, View(_view.Crop(_view.IsSmall ? 0.2 : 0.05), HsvNoise(), Flip()));   // small: ours

    /// <inheritdoc/>
    public string BatchCoupling => "Every image of a half is a negative of every other of that half.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public bool IsDue(int epoch) => epoch == 0;

    /// <inheritdoc/>
    public void BeforeEpoch(EpochContext context) => labelled.BeforeEpoch(context, _options.LabelFraction);

    /// <inheritdoc/>
    public IReadOnlyList<long> Order(int epoch) => labelled.Order(epoch);

    /// <inheritdoc/>
    public Tensor Classify(Tensor images) => ClassScores.Of(backbone, classifier, images);   // [N, classes]

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var views = batch.Views.Count;
        var h = stack([.. CropGroups.Encode(batch.Views, backbone.call)], 1).flatten(0, 1);                     // [N V, F], image by image
        var (ofLabelled, _) = LabelledRows.Split(classifier.call(h), views);                                    // [N/2 V, classes]
        var classes = labelled.OfEven(batch.Indices);                                                           // [N/2]
        var classLoss = LabelledRows.ClassLoss(ofLabelled, classes);                                            // []
        var z = Rows.Unit(embedding.call(h));                                                                   // [N V, D]
        var (own, others) = LabelledRows.Split(z, views);                                                       // [N/2 V, D] each
        var (ownImages, otherImages) = LabelledRows.Split(batch.Indices.repeat_interleave(views), views);       // [N/2 V] each
        var tripletLoss = (TripletLoss(own, ownImages) + TripletLoss(others, otherImages)) / 2;                 // []
        var byView = z.view(batch.Size, views, -1);                                                             // [N, V, D]

        return new(classLoss + (_options.TripletWeight * tripletLoss))
        {
            Embedding = byView.select(1, 0),
            Positive = byView.select(1, 1),
            Diagnostics =
            [
                new("class_loss", classLoss.detach()), new("triplet_loss", tripletLoss.detach()),
                new("class_accuracy", LabelledRows.Accuracy(ofLabelled.detach(), classes)),
            ],
        };

        Tensor TripletLoss(Tensor rows, Tensor images) => ExemplarTripletLoss.BatchHard(
            ExemplarTripletLoss.Hardest(context.Processes.Gather(rows), context.Processes.Gather(images)), margin: 0, soft: true);
    }
}
