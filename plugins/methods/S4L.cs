using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of S4L with rotations, section <c>method</c> of a recipe.</summary>
public sealed record S4LOptions : SemiSupervisedOptions
{
    /// <summary>Weight w of the rotations beside the classes, not negative. Paper, section 3: 1.</summary>
    [Range(0.0, 1000.0)]
    public double RotationWeight { get; init; } = 1;

    /// <inheritdoc/>
    public override IEnumerable<string> Faults(RunInfo run) => LabelledImages.Faults("s4l", run);
}

/// <summary>Learns the class of few labelled images and the rotation of all, from four turns of each. Uses labels of a share of the images.</summary>
/// <remarks>
/// <para>Zhai et al., "S4L: Self-Supervised Semi-Supervised Learning", ICCV 2019, equations (1) and (2), https://arxiv.org/abs/1905.03670, as in the authors'
/// code: half of a batch are labelled images, half any images of the training set, all in four turns; loss = cross-entropy of the class over all turns of the
/// labelled half + w * the mean of both halves' cross-entropies of the turn.</para>
/// <para>Differs from the code: labelled and other images take turns in one batch, an epoch shows half of all images beside labelled ones
/// (<see cref="LabelledImages"/>). On small images the crop is that of supervised training.</para>
/// <para>Of the paper's baselines, labels alone are <c>supervised/imagenet-10percent</c> and <c>-1percent</c>. Virtual adversarial training with and without
/// entropy minimisation, and pseudo-labels, are not there as methods of their own, only as parts of <c>moam</c>.</para>
/// </remarks>
[Plugin("s4l", Options = typeof(S4LOptions), Summary = "Classes of few labelled images and rotations of all. Uses labels of a share of the images.",
    Family = "semi-supervised", Paper = "S4L: Self-Supervised Semi-Supervised Learning", Authors = "Zhai, Oliver, Kolesnikov, Beyer", Venue = "ICCV",
    Year = 2019, ArXiv = "1905.03670")]
public sealed class S4L : Module, IClassifier, IEpochPhase, IEpochSampling
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> classifier, rotationHead;
    private readonly LabelledImages labelled;
    private readonly S4LOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds both heads on a backbone.</summary>
    /// <exception cref="ConfigurationException">The data set has no labels, or a micro-batch an odd number of images.</exception>
    public S4L(IBackbone backbone, S4LOptions options, RunInfo run)
        : base(nameof(S4L))
    {
        options.Require(run);
        (this.backbone, _options, _view) = (backbone, options, new(run.ImageSize));
        classifier = ProjectionHead.LinearLayer(backbone.FeatureDim, run.Data.Classes.Count);
        rotationHead = ProjectionHead.LinearLayer(backbone.FeatureDim, QuarterTurns.Count);
        labelled = new(run);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => SemiSupervisedViews.Of(_view);

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
        var h = backbone.call(QuarterTurns.All(batch.Views[0]));                                                // [4 N, F]
        var (ofLabelled, _) = LabelledRows.Split(classifier.call(h), QuarterTurns.Count);                       // [2 N, classes]
        var classes = labelled.OfEven(batch.Indices);                                                           // [N/2]
        var classLoss = LabelledRows.ClassLoss(ofLabelled, classes);                                            // []
        var turns = rotationHead.call(h);                                                                       // [4 N, 4]
        var rotationLoss = ClassPrediction.Loss(turns, QuarterTurns.Classes(batch.Size, turns.device));         // [], both halves are equally large

        return new(classLoss + (_options.RotationWeight * rotationLoss))
        {
            Embedding = h,
            Diagnostics =
            [
                new("class_loss", classLoss.detach()), new("rotation_loss", rotationLoss.detach()),
                new("class_accuracy", LabelledRows.Accuracy(ofLabelled.detach(), classes)),
            ],
        };
    }
}
