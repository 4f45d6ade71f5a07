namespace Parallax.Plugins.Parts;

/// <summary>Cross-entropy of every pixel's colour, with a weight for each pixel and each image.</summary>
/// <remarks>
/// Zhang et al., "Colorful Image Colorization", ECCV 2016, equation (2), https://arxiv.org/abs/1603.08511: -w Σ_q Z_q ln softmax(logits)_q. The authors' code
/// multiplies the gradient by the weights, which is the same, and divides by all pixels, those of weight 0 included.
/// </remarks>
public static class ColorizationLoss
{
    /// <summary>Computes the loss in float32, the mean over all pixels.</summary>
    /// <param name="logits">[N, Q, h, w].</param>
    /// <param name="target">Distributions over colours Z, [N, Q, h, w].</param>
    /// <param name="pixelWeights">[N, h, w].</param>
    /// <param name="imageWeights">[N]: 0 leaves an image out, 1 takes it.</param>
    /// <returns>Scalar, [], float32.</returns>
    public static Tensor Compute(Tensor logits, Tensor target, Tensor pixelWeights, Tensor imageWeights)
    {
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var perPixel = (target * logits.to(float32).log_softmax(1)).sum([1]);   // [N, h, w]

        return (perPixel * pixelWeights * imageWeights.view(-1, 1, 1)).mean().neg().MoveToOuterDisposeScope();   // []
    }
}
