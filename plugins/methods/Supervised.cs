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

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => LabelRequirements.Faults("supervised", run);
}

/// <summary>Classification with labels: the reference that self-supervised features are compared with under the same backbone, data and budget.</summary>
/// <remarks>
/// Cross-entropy of a linear classifier on the features of one augmented view; He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, sections
/// 3.4 and 4.2, https://arxiv.org/abs/1512.03385. Images of unknown class (-1) add 0 and count in the mean.
/// </remarks>
[Plugin("supervised", Options = typeof(SupervisedOptions), Summary = "Learns the classes by cross-entropy. Uses labels: a reference, not self-supervised.",
    Family = "reference",
    Paper = "Deep Residual Learning for Image Recognition", Authors = "He, Zhang, Ren, Sun", Venue = "CVPR", Year = 2016, ArXiv = "1512.03385")]
public sealed class Supervised : Module, IClassifier
{
    private const int Unknown = -1;

    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> classifier;
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
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([View(_view.IsSmall ? _view.PaddedCrop(_view.ImageSize / 8) : _view.Crop(0.08), Flip())]);

    /// <inheritdoc/>
    public Tensor Classify(Tensor images) => Logits(backbone.call(images));

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var labels = batch.Labels ?? throw new ArgumentException("The supervised reference needs the labels of the batch.", nameof(batch));
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
