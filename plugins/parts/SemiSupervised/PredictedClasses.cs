using Microsoft.Extensions.Logging;
using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Pseudo-labels: for each image without a label the class that the network of an earlier run predicts, once, before the first epoch. They are a
/// buffer: a resumed run has the same ones.</summary>
/// <remarks>Zhai et al., "S4L: Self-Supervised Semi-Supervised Learning", ICCV 2019, section 7, https://arxiv.org/abs/1905.03670.</remarks>
public sealed class PredictedClasses : Module
{
    private readonly ClassTeacher teacher;
    private readonly Tensor classes;   // [count] int64

    /// <summary>Until the first epoch, classes are dealt out in turn.</summary>
    /// <param name="teacher">The network of the earlier run.</param>
    /// <param name="run">Gives the number of images and classes.</param>
    public PredictedClasses(ClassTeacher teacher, RunInfo run)
        : base(nameof(PredictedClasses))
    {
        this.teacher = teacher;
        classes = arange(run.Data.Count, dtype: int64).remainder(run.Data.Classes.Count);
        RegisterComponents();
    }

    /// <summary>The network that predicts.</summary>
    public Module Teacher => teacher;

    /// <summary>Before the first epoch: predicts the classes of all images that have no label; later nothing.</summary>
    /// <param name="context">The epoch.</param>
    /// <param name="labelled">The images whose class is known.</param>
    public void BeforeEpoch(EpochContext context, LabelledImages labelled)
    {
        if (context.Epoch > 0)
        {
            return;
        }

        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        using var probabilities = context.Features.Extract(teacher.Predict);   // [count, classes]
        var predicted = probabilities.argmax(1).to(classes.device);            // [count]
        var known = labelled.Classes;                                          // [count]
        classes.copy_(where(known.ge(0), known, predicted));
        context.Logger.LogInformation("{Images} images have a predicted class; the mean of the largest probability is {Probability:0.00}.",
            known.lt(0).sum().item<long>(), probabilities.amax([1]).mean().item<float>());
    }

    /// <summary>Classes of images, known or predicted.</summary>
    /// <param name="images">Indices of the images of a batch, [N] int64.</param>
    /// <returns>[N] int64.</returns>
    public Tensor Of(Tensor images) => classes.index_select(0, images);
}
