using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Evaluators;

/// <summary>A backbone for clips with a linear classifier that are trained together.</summary>
internal sealed class ClipClassifier : Module, IClassifier, IParameterGroups
{
    private readonly IBackbone backbone;
    private readonly ClipHead head;
    private readonly FinetuneClipsOptions _options;
    private readonly int _classes;
    private readonly ViewBuilder _view;

    /// <param name="backbone">A copy, which is trained.</param>
    /// <param name="options">Head, learning rates, views.</param>
    /// <param name="run">Gives the classes and the side of the frames.</param>
    public ClipClassifier(IBackbone backbone, FinetuneClipsOptions options, RunInfo run)
        : base(nameof(ClipClassifier))
    {
        (this.backbone, _options, _classes, _view) = (backbone, options, run.Data.Classes.Count, new(run.ImageSize));
        head = new(backbone.FeatureDim, _classes, options.Normalise, options.BatchNorm, options.Dropout, options.HeadStd);
        ParameterRules = options.BackboneFactor == 1 ? []
            : [new(parameter => parameter.IsIn(nameof(backbone)), LearningRateScale: options.BackboneFactor)];
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public IReadOnlyList<ParameterRule> ParameterRules { get; }

    /// <inheritdoc/>
    public ViewPlan Views => new([ViewBuilder.View(
    [
        .. _view.ProbeCrop(_options.CropScaleMin),
        _options.Flip ? ViewBuilder.Flip() : null,
        _options.Jitter > 0 ? ViewBuilder.Jitter(_options.Jitter, _options.Jitter, _options.Jitter, _options.JitterHue, _options.JitterProbability) : null,
        _options.Grayscale > 0 ? ViewBuilder.Grayscale(_options.Grayscale) : null,
    ])]);

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var labels = batch.Labels ?? throw new ArgumentException("Fine-tuning needs the labels of the batch.", nameof(batch));
        var logits = Logits(batch.Views[0]);   // [N, classes]

        return new(BatchMixing.Loss(logits, BatchMixing.Targets(labels, _classes, share: 1, smoothing: 0)));
    }

    /// <inheritdoc/>
    public Tensor Classify(Tensor images) => MultiViewScores.Of(Logits(images), _options.Average);

    private Tensor Logits(Tensor clips)
    {
        using var scope = NewDisposeScope();
        var h = backbone.call(clips);   // [N, F]
        using var precision = Precision.Float32();

        return head.call(h.to(float32)).MoveToOuterDisposeScope();
    }
}
