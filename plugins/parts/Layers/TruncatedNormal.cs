namespace Parallax.Plugins.Parts;

/// <summary>Draws weights from a normal distribution without its tails, as transformers start.</summary>
/// <remarks>
/// The inverse of the distribution function at uniform numbers, as timm and PyTorch's <c>trunc_normal_</c> do.
/// TorchSharp 0.107's function of that name fills the tensor with one number.
/// </remarks>
public static class TruncatedNormal
{
    /// <summary>Fills a tensor from N(0, std²), cut off at two bounds.</summary>
    /// <param name="weights">Any shape, float32; changed in place, without recording gradients.</param>
    /// <param name="std">Standard deviation before the cut, above 0.</param>
    /// <param name="bound">Largest absolute value: 2 in timm, whatever the deviation.</param>
    public static void Fill(Tensor weights, double std, double bound = 2)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(std);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var share = Math.Min(Erf(bound / (std * Math.Sqrt(2))), 1 - 1e-7);   // of the distribution that lies within the bounds; erfinv(1) is infinite
        var uniform = rand(weights.shape, dtype: float32, device: weights.device).mul_(2 * share).sub_(share);   // in (-share, share)
        weights.copy_(uniform.erfinv().mul_(std * Math.Sqrt(2)).clamp_(-bound, bound));
    }

    private static double Erf(double x)
    {
        using var value = tensor(x, dtype: float64);
        using var result = value.erf();

        return result.item<double>();
    }
}
