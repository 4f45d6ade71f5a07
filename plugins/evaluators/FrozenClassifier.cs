using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Evaluators;

/// <summary>A classifier that is trained on a frozen backbone, whose features are computed anew from the crops of each epoch.</summary>
internal sealed class FrozenClassifier : Module, IClassifier
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> head;
    private readonly Func<Tensor, Tensor> _look;
    private readonly ViewAverage _average;

    /// <param name="backbone">A copy; frozen here, and always in evaluation mode.</param>
    /// <param name="head">What is trained: from what <paramref name="look"/> gives, in float32, to [N, classes].</param>
    /// <param name="look">What the head sees of images [N, C, H, W]; called without gradients.</param>
    /// <param name="view">The view that it learns from.</param>
    /// <param name="average">What is averaged over several views of a held-out video.</param>
    public FrozenClassifier(
        IBackbone backbone, Module<Tensor, Tensor> head, Func<Tensor, Tensor> look, ViewSpec view, ViewAverage average = ViewAverage.Logits)
        : base(nameof(FrozenClassifier))
    {
        (this.backbone, this.head, _look, Views, _average) = (backbone, head, look, new([view]), average);
        foreach (var parameter in ((Module)backbone).parameters())
        {
            parameter.requires_grad = false;
        }

        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views { get; }

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var labels = batch.Labels ?? throw new ArgumentException("A probe needs the labels of the batch.", nameof(batch));
        ((Module)backbone).eval();   // the trainer has put everything into training mode
        var logits = Logits(batch.Views[0]);   // [N, classes]

        return new(BatchMixing.Loss(logits, BatchMixing.Targets(labels, logits.shape[1], share: 1, smoothing: 0)));
    }

    /// <inheritdoc/>
    public Tensor Classify(Tensor images) => MultiViewScores.Of(Logits(images), _average);

    private Tensor Logits(Tensor images)
    {
        var seen = Look(images);
        using var precision = Precision.Float32();

        return head.call(seen.to(float32));
    }

    private Tensor Look(Tensor images)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();

        return _look(images).MoveToOuterDisposeScope();
    }
}
