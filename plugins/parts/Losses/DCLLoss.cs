namespace Parallax.Plugins.Parts;

/// <summary>Decoupled contrastive loss: NT-Xent without the positive in the denominator, so that an easy positive does not silence its negatives.</summary>
/// <remarks>
/// <para>Yeh et al., "Decoupled Contrastive Learning", ECCV 2022, section 3, https://arxiv.org/abs/2110.06848:
/// -s(i, p) / T + log of the sum over the 2N - 2 negatives of exp(s(i, n) / T), mean over the 2N anchors. It can be negative.</para>
/// <para>Weighted (DCLW): the positive is multiplied by w(i) = 2 - N softmax over the images of s(i, p) / sigma (a von Mises-Fisher weight), a constant for the
/// gradient.</para>
/// </remarks>
public static class DCLLoss
{
    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="za">Projections of the first view, [N, D], N at least 2; normalised here.</param>
    /// <param name="zb">Projections of the second view, [N, D]; row i shows the same image as row i of <paramref name="za"/>.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <returns>Scalar, [], float32; ln(2N - 2) when all embeddings are equal.</returns>
    /// <inheritdoc cref="PairLogits.Of" path="/exception"/>
    public static Tensor Compute(Tensor za, Tensor zb, double temperature)
    {
        using var precision = Precision.Float32();
        var logits = PairLogits.Of(za, zb, temperature);

        return (logits.Negatives - logits.Positives).mean();   // []
    }

    /// <summary>Computes the weighted loss of a batch (DCLW): images whose views differ most count most.</summary>
    /// <param name="za">Projections of the first view, [N, D], N at least 2; normalised here.</param>
    /// <param name="zb">Projections of the second view, [N, D]; row i shows the same image as row i of <paramref name="za"/>.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <param name="sigma">Divisor of the positives' cosines in the weights, positive. The paper: 0.5.</param>
    /// <returns>Scalar, [], float32.</returns>
    /// <inheritdoc cref="PairLogits.Of" path="/exception"/>
    public static Tensor Weighted(Tensor za, Tensor zb, double temperature, double sigma)
    {
        Rows.RequireTemperature(sigma);
        using var precision = Precision.Float32();
        var logits = PairLogits.Of(za, zb, temperature);
        var cosines = logits.Positives.detach() * temperature;                       // [2N], each image twice
        var weights = 2 - (cosines.shape[0] * (cosines / sigma).softmax(0));         // [2N], mean 1: 2N softmax over both copies is N softmax over the images

        return (logits.Negatives - (weights * logits.Positives)).mean();   // []
    }
}
