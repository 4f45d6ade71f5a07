namespace Parallax.Plugins.Parts;

/// <summary>Squared or absolute error on the hidden patches alone, as masked autoencoders have it.</summary>
/// <remarks>
/// He et al., "Masked Autoencoders Are Scalable Vision Learners", CVPR 2022, section 3, https://arxiv.org/abs/2111.06377, and its code: the mean over the
/// values of a patch, then the mean over all hidden patches of the batch.
/// </remarks>
public static class HiddenPatchLoss
{
    /// <summary>Computes the loss in float32.</summary>
    /// <param name="prediction">[N, L, D].</param>
    /// <param name="target">[N, L, D].</param>
    /// <param name="hidden">Which patches count: 1 is hidden, 0 is not. [N, L], row by row.</param>
    /// <param name="count">
    /// Divisor of the sum, [], above 0; null takes the number of hidden patches. Where it differs between processes, they divide by its mean over all of them.
    /// </param>
    /// <returns>Scalar, [], float32.</returns>
    public static Tensor Compute(Tensor prediction, Tensor target, Tensor hidden, Tensor? count = null)
    {
        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();

        return Mean((prediction.to(float32) - target.to(float32)).square(), hidden, count).MoveToOuterDisposeScope();   // []
    }

    /// <summary>The same with the absolute error.</summary>
    /// <inheritdoc cref="Compute"/>
    public static Tensor Absolute(Tensor prediction, Tensor target, Tensor hidden, Tensor? count = null)
    {
        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();

        return Mean((prediction.to(float32) - target.to(float32)).abs(), hidden, count).MoveToOuterDisposeScope();   // []
    }

    private static Tensor Mean(Tensor errors, Tensor hidden, Tensor? count)
    {
        var mask = hidden.to(float32);

        return (errors.mean([2]) * mask).sum() / (count ?? mask.sum());   // []
    }
}
