namespace Parallax.Plugins.Parts;

/// <summary>The softmax over all images, each of which is a class whose weights are its row of a bank.</summary>
/// <remarks>
/// Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", CVPR 2018, equation (2), https://arxiv.org/abs/1805.01978:
/// loss = mean over i of -ln( exp(v_i·m_i / T) / sum over j of exp(v_i·m_j / T) ). Only the features carry gradients.
/// </remarks>
public static class InstanceSoftmaxLoss
{
    /// <summary>Loss of a batch.</summary>
    /// <param name="features">[N, D] float32, rows of length one.</param>
    /// <param name="bank">[M, D] float32.</param>
    /// <param name="images">The own row of each feature, [N] int64.</param>
    /// <param name="temperature">Divisor T of the dot products, positive.</param>
    /// <returns>Scalar, [], float32; ln M when all rows are equal.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or a tensor is not float32.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Compute(Tensor features, Tensor bank, Tensor images, double temperature)
    {
        using var precision = Precision.Float32();
        var all = LogSumExp.Over(features, bank.detach(), temperature);                             // [N]
        var own = (features * bank.detach().index_select(0, images)).sum(1) / temperature;          // [N]

        return (all - own).mean();                                                                  // []
    }
}
