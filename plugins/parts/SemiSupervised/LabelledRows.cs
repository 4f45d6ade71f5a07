namespace Parallax.Plugins.Parts;

/// <summary>A batch in which labelled images and others take turns, each several times, image by image.</summary>
/// <remarks>Zhai et al., "S4L: Self-Supervised Semi-Supervised Learning", ICCV 2019, https://arxiv.org/abs/1905.03670.</remarks>
public static class LabelledRows
{
    /// <summary>Rows of the images at even places, which are labelled, and of those at odd places.</summary>
    /// <param name="rows">[N c, ...]: c rows for each of N images, image by image; N even.</param>
    /// <param name="copies">Rows per image, c.</param>
    /// <returns>Twice [N/2 c, ...].</returns>
    public static (Tensor Labelled, Tensor Others) Split(Tensor rows, long copies)
    {
        var pairs = rows.unflatten(0, [-1, 2, copies]);                                                       // [N/2, 2, c, ...]

        return (pairs.select(1, 0).flatten(0, 1), pairs.select(1, 1).flatten(0, 1));
    }

    /// <summary>Cross-entropy of the class over all rows of the labelled images, the class of an image being that of each of its rows.</summary>
    /// <param name="logits">[M c, classes], any floating-point type: c rows for each of M images, image by image.</param>
    /// <param name="classes">[M] int64; an image of class -1 adds 0 and counts in the mean.</param>
    /// <returns>Scalar, [], float32.</returns>
    public static Tensor ClassLoss(Tensor logits, Tensor classes)
    {
        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();
        var targets = classes.repeat_interleave(logits.shape[0] / classes.shape[0]);                         // [M c]

        return (F.cross_entropy(logits.to(float32), targets, ignore_index: -1, reduction: Reduction.Sum) / logits.shape[0]).MoveToOuterDisposeScope();   // []
    }

    /// <summary>Logits of each image: the mean over its rows. What is predicted from several looks at an image.</summary>
    /// <param name="logits">[M c, classes]: c rows for each of M images, image by image.</param>
    /// <param name="copies">Rows per image, c.</param>
    /// <returns>[M, classes] float32.</returns>
    public static Tensor MeanOverCopies(Tensor logits, long copies) => logits.to(float32).unflatten(0, [-1, copies]).mean([1]);

    /// <summary>The share of labelled images whose class is predicted right by the mean of their rows.</summary>
    /// <param name="logits">[M c, classes]: c rows for each of M images, image by image.</param>
    /// <param name="classes">[M] int64.</param>
    /// <returns>Scalar, [], float32, a fraction in [0, 1], without gradients.</returns>
    public static Tensor Accuracy(Tensor logits, Tensor classes)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();

        return MeanOverCopies(logits, logits.shape[0] / classes.shape[0]).argmax(1).eq(classes).to(float32).mean().MoveToOuterDisposeScope();   // []
    }
}
