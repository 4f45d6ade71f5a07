using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>A backbone and a classifier that no gradient trains: the slow average of those of a run, or what an earlier run left. It predicts
/// classes.</summary>
/// <remarks>Zhai et al., "S4L: Self-Supervised Semi-Supervised Learning", ICCV 2019, section 7, https://arxiv.org/abs/1905.03670: averaged weights, and the
/// mean of the predictions for several looks at an image; here its four turns.</remarks>
public sealed class ClassTeacher : Module
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> classifier;

    /// <summary>Takes both out of training.</summary>
    /// <param name="backbone">Registered here under this name, as the next.</param>
    /// <param name="classifier">From features to logits.</param>
    public ClassTeacher(IBackbone backbone, Module<Tensor, Tensor> classifier)
        : base(nameof(ClassTeacher))
    {
        (this.backbone, this.classifier) = (backbone, classifier);
        RegisterComponents();
        FrozenWeights.Freeze(this);
    }

    /// <summary>Declares that it averages a network that is trained.</summary>
    /// <param name="online">That backbone and classifier.</param>
    /// <param name="momentum">Share kept at each step, less in the first: see <see cref="MomentumSchedule.Average"/>.</param>
    public IReadOnlyList<MomentumPair> Following((IBackbone Backbone, Module<Tensor, Tensor> Classifier) online, double momentum) =>
    [
        new((Module)online.Backbone, (Module)backbone, MomentumSchedule.Average(momentum), MomentumUpdate.AfterOptimizerStep),
        new(online.Classifier, classifier, MomentumSchedule.Average(momentum), MomentumUpdate.AfterOptimizerStep),
    ];

    /// <summary>Takes the running statistics of a backbone as they are: an average of them would be one of averages. Counts of calls stay its own.</summary>
    /// <param name="online">Of the same structure.</param>
    public void TakeStatistics(IBackbone online)
    {
        using var noGradients = no_grad();
        foreach (var (own, other) in ((Module)backbone).buffers().Zip(((Module)online).buffers()).Where(pair => pair.First.is_floating_point()))
        {
            own.copy_(other);
        }
    }

    /// <summary>Scores of the classes.</summary>
    /// <param name="images">[N, C, S, S], normalised.</param>
    /// <returns>[N, classes].</returns>
    public Tensor Logits(Tensor images) => ClassScores.Of(backbone, classifier, images);

    /// <summary>Probabilities of the classes, the mean over the four turns of each image.</summary>
    /// <param name="images">[N, C, S, S], normalised.</param>
    /// <returns>[N, classes] float32, without gradients.</returns>
    public Tensor Predict(Tensor images)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        eval();
        var logits = Logits(QuarterTurns.All(images)).to(float32);                                            // [4 N, classes]

        return LabelledRows.MeanOverCopies(logits.softmax(1), QuarterTurns.Count).MoveToOuterDisposeScope();   // [N, classes]
    }
}
