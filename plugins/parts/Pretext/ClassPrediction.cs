namespace Parallax.Plugins.Parts;

/// <summary>Loss and accuracy of a task whose classes are made from the images themselves: a turn, a place, an order, an image.</summary>
public static class ClassPrediction
{
    /// <summary>Cross-entropy of a softmax over the classes, the mean over all rows.</summary>
    /// <param name="logits">Scores, [M, K], any floating-point type.</param>
    /// <param name="classes">Right classes, [M] int64.</param>
    /// <returns>Scalar, [], float32; ln K for equal scores.</returns>
    public static Tensor Loss(Tensor logits, Tensor classes)
    {
        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();

        return F.cross_entropy(logits.to(float32), classes).MoveToOuterDisposeScope();   // []
    }

    /// <summary>The share of rows whose highest score is that of their class.</summary>
    /// <param name="logits">Scores, [M, K].</param>
    /// <param name="classes">Right classes, [M] int64.</param>
    /// <returns>Scalar, [], float32, a fraction in [0, 1], without gradients.</returns>
    public static Tensor Accuracy(Tensor logits, Tensor classes)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();

        return logits.argmax(1).eq(classes).to(float32).mean().MoveToOuterDisposeScope();   // []
    }
}
