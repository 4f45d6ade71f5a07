namespace Parallax.Plugins.Parts;

/// <summary>How well hue and chroma of pixels are predicted, as classes or as histograms.</summary>
/// <remarks>
/// Larsson et al., "Colorization as a Proxy Task for Visual Understanding", CVPR 2017, https://arxiv.org/abs/1703.04044, and its code. The loss is the sum of
/// both parts, each a mean over all places, those of weight 0 included.
/// </remarks>
public static class HueChromaLoss
{
    /// <summary>Cross-entropies with the pixel's own classes. Hue counts by the chroma of the pixel: that of grey means nothing.</summary>
    /// <param name="hueLogits">[M, bins].</param>
    /// <param name="chromaLogits">[M, bins].</param>
    /// <param name="pixels">Hue, chroma and their bins, M of each.</param>
    /// <param name="hueWeight">Factor of hue, which balances both parts. Authors' code: 5.</param>
    /// <param name="weights">Factor of each place, [M].</param>
    /// <returns>Scalars, [] each, float32.</returns>
    public static (Tensor Hue, Tensor Chroma) OfClasses(
        Tensor hueLogits, Tensor chromaLogits, (Tensor HueBins, Tensor Chroma, Tensor ChromaBins) pixels, double hueWeight, Tensor weights)
    {
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var hue = F.cross_entropy(hueLogits.to(float32), pixels.HueBins, reduction: Reduction.None);              // [M]
        var chroma = F.cross_entropy(chromaLogits.to(float32), pixels.ChromaBins, reduction: Reduction.None);     // [M]

        return ((hueWeight * pixels.Chroma * hue * weights).mean().MoveToOuterDisposeScope(), (chroma * weights).mean().MoveToOuterDisposeScope());
    }

    /// <summary>KL(target || prediction) of histograms of the pixel's surroundings.</summary>
    /// <param name="hueLogits">[M, bins].</param>
    /// <param name="chromaLogits">[M, bins].</param>
    /// <param name="hue">Shares of the bins, [M, bins], rows add up to one.</param>
    /// <param name="chroma">Shares of the bins, [M, bins], rows add up to one.</param>
    /// <param name="weights">Factor of each place, [M].</param>
    /// <param name="logFloor">Added to shares under the logarithm, which then add up to one again, above 0. Authors' code: 1e-5.</param>
    /// <returns>Scalars, [] each, float32.</returns>
    public static (Tensor Hue, Tensor Chroma) OfHistograms(
        Tensor hueLogits, Tensor chromaLogits, Tensor hue, Tensor chroma, Tensor weights, double logFloor = 1e-5)
    {
        using var precision = Precision.Float32();

        return (Divergence(hueLogits, hue, weights, logFloor), Divergence(chromaLogits, chroma, weights, logFloor));
    }

    private static Tensor Divergence(Tensor logits, Tensor target, Tensor weights, double logFloor)
    {
        using var scope = NewDisposeScope();
        var raised = target + logFloor;
        var known = (raised / raised.sum([1], keepdim: true)).log();                                        // [M, bins]
        var perPlace = (target * (known - logits.to(float32).log_softmax(1))).sum([1]);                     // [M]

        return (perPlace * weights).mean().MoveToOuterDisposeScope();                                       // []
    }
}
