namespace Parallax.Plugins.Parts;

/// <summary>Spreads features evenly over the sphere: the nearer the nearest other feature, the larger.</summary>
/// <remarks>
/// Sablayrolles et al., "Spreading vectors for similarity search", ICLR 2019, section 3.2, https://arxiv.org/abs/1806.03198 (after Kozachenko and Leonenko),
/// as in the code of Oquab et al., "DINOv2", TMLR 2024, https://arxiv.org/abs/2304.07193: -mean over i of ln min over j ≠ i of |x_i - x_j|.
/// </remarks>
public static class KoLeoLoss
{
    private const double Epsilon = 1e-8;   // added to every coordinate of a difference, as PyTorch's PairwiseDistance, and to the distance

    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="features">The whole batch, over all processes, [N, D] with N at least 2.</param>
    /// <returns>Scalar, [], float32. Gradients reach a feature and the one nearest to it.</returns>
    /// <exception cref="ArgumentException">There are fewer than two features.</exception>
    public static Tensor Compute(Tensor features)
    {
        Rows.RequireMatrix(features, nameof(features));
        if (features.shape[0] < 2)
        {
            throw new ArgumentException(
                $"'{nameof(features)}' has {features.shape[0]} rows; expected two or more: each looks for its nearest.", nameof(features));
        }

        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var x = F.normalize(features.to(float32), dim: 1, eps: Epsilon);                  // [N, D]
        var distances = (x - x.index_select(0, Nearest(x)) + Epsilon).norm(1);            // [N]

        return (-(distances + Epsilon).log().mean()).MoveToOuterDisposeScope();           // []
    }

    private static Tensor Nearest(Tensor x)
    {
        using var noGradients = no_grad();
        var cosines = x.matmul(x.t());   // [N, N]
        cosines.diagonal().fill_(-2);    // no feature is its own neighbour

        return cosines.argmax(1);        // [N]
    }
}
