using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of the supervised reference, section <c>method</c> of a recipe.</summary>
public sealed record SupervisedOptions : IRunRequirements
{
    /// <summary>Share of the target that is spread over all classes, a fraction in [0, 1). He et al., CVPR 2016: 0.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double LabelSmoothing { get; init; }

    /// <summary>Share of the training images that is learned from, a fraction in (0, 1]; below 1 as many of each class, chosen by the seed, the same ones as
    /// those of <c>s4l</c>. 1 takes all.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double LabelFraction { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => LabelRequirements.Faults("supervised", run);
}

/// <summary>Classification with labels: the reference that self-supervised features are compared with under the same backbone, data and budget.</summary>
/// <remarks>
/// <para>Cross-entropy of a linear classifier on the features of one augmented view; He et al., "Deep Residual Learning for Image Recognition", CVPR 2016,
/// sections 3.4 and 4.2, https://arxiv.org/abs/1512.03385. Images of unknown class (-1) add 0 and count in the mean.</para>
/// <para>With <see cref="SupervisedOptions.LabelFraction"/> it is the baseline of Zhai et al., "S4L: Self-Supervised Semi-Supervised Learning", ICCV 2019,
/// https://arxiv.org/abs/1905.03670: the images of <see cref="LabelledImages"/> are gone through again and again, and an epoch has as many as the data
/// set.</para>
/// </remarks>
[Plugin("supervised", Options = typeof(SupervisedOptions), Summary = "Learns the classes by cross-entropy. Uses labels: a reference, not self-supervised.",
    Family = "reference",
    Paper = "Deep Residual Learning for Image Recognition", Authors = "He, Zhang, Ren, Sun", Venue = "CVPR", Year = 2016, ArXiv = "1512.03385")]
public sealed class Supervised : Module, IClassifier, IEpochPhase, IEpochSampling
{
    private const int Unknown = -1;

    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> classifier;
    private readonly LabelledImages? labelled;   // null where all images are learned from
    private readonly SupervisedOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds the classifier on a backbone.</summary>
    /// <exception cref="ConfigurationException">The data set has no labels, or one class.</exception>
    public Supervised(IBackbone backbone, SupervisedOptions options, RunInfo run)
        : base(nameof(Supervised))
    {
        options.Require(run);
        (this.backbone, _options, _view) = (backbone, options, new(run.ImageSize));
        classifier = ProjectionHead.LinearLayer(backbone.FeatureDim, run.Data.Classes.Count);
        labelled = options.LabelFraction < 1 ? new(run) : null;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([View(_view.IsSmall ? _view.PaddedCrop(_view.ImageSize / 8) : _view.Crop(0.08), Flip())]);

    /// <inheritdoc cref="IEpochSampling.IsNeeded"/>
    public bool IsNeeded => labelled is not null;

    /// <inheritdoc/>
    public bool IsDue(int epoch) => epoch == 0;

    /// <inheritdoc/>
    public void BeforeEpoch(EpochContext context) => labelled?.BeforeEpoch(context, _options.LabelFraction);

    /// <inheritdoc/>
    public IReadOnlyList<long> Order(int epoch) =>
        labelled?.OrderOfLabelled(epoch) ?? throw new InvalidOperationException("All images are learned from; there is nothing to choose.");

    /// <inheritdoc/>
    public Tensor Classify(Tensor images) => Logits(backbone.call(images));

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var labels = labelled?.Of(batch.Indices) ?? batch.Labels
            ?? throw new ArgumentException("The supervised reference needs the labels of the batch.", nameof(batch));
        var h = backbone.call(batch.Views[0]);   // [N, F]
        using var precision = Precision.Float32();
        var logits = Logits(h);                  // [N, classes]
        var sum = F.cross_entropy(logits, labels, ignore_index: Unknown, reduction: Reduction.Sum, label_smoothing: _options.LabelSmoothing);   // []

        return new(sum / batch.Size) { Embedding = h, Diagnostics = [new("accuracy", (logits.detach().argmax(1) == labels).to(float32).mean())] };
    }

    private Tensor Logits(Tensor h)
    {
        using var precision = Precision.Float32();

        return classifier.call(h.to(float32));   // [N, classes]
    }
}
