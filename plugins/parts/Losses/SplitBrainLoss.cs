namespace Parallax.Plugins.Parts;

/// <summary>Two halves of a network, each of which predicts the other's channels: colours from lightness and lightness from colours, both as classes.</summary>
/// <remarks>
/// Zhang et al., "Split-Brain Autoencoders: Unsupervised Learning by Cross-Channel Prediction", CVPR 2017, equation (4), https://arxiv.org/abs/1611.09842:
/// the sum of both cross-entropies, each a mean over pixels.
/// </remarks>
public static class SplitBrainLoss
{
    /// <summary>Computes both parts in float32; the loss is their sum.</summary>
    /// <param name="colourLogits">Predicted from lightness, [N, Q, h, w].</param>
    /// <param name="lightnessLogits">Predicted from colours, [N, bins, h, w].</param>
    /// <param name="colours">Classes, [N, h, w] int64; or distributions over them, [N, Q, h, w] float32.</param>
    /// <param name="lightness">[N, h, w] int64.</param>
    /// <returns>Scalars, [] each, float32.</returns>
    public static (Tensor Colours, Tensor Lightness) Compute(Tensor colourLogits, Tensor lightnessLogits, Tensor colours, Tensor lightness)
    {
        using var precision = Precision.Float32();

        return (F.cross_entropy(colourLogits.to(float32), colours), F.cross_entropy(lightnessLogits.to(float32), lightness));
    }
}
