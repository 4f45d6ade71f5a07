namespace Parallax.Plugins.Parts;

/// <summary>How the per-anchor losses of NT-Xent become one number.</summary>
public enum NTXentReduction
{
    /// <summary>Mean over all 2N anchors: the paper.</summary>
    MeanOverAnchors,

    /// <summary>Mean over the N anchors of each view, the two added: the authors' TensorFlow code, exactly twice the paper's value.</summary>
    SumOfViewMeans,
}

/// <summary>Normalised temperature-scaled cross-entropy: each embedding must find its other view among all 2N - 1 other embeddings of the batch.</summary>
/// <remarks>
/// Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", ICML 2020, equation (1), https://arxiv.org/abs/2002.05709.
/// The similarity of an embedding with itself is left out of the softmax; gradients reach both sides of every dot product.
/// </remarks>
public static class NTXentLoss
{
    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="za">Projections of the first view, [N, D]; normalised here.</param>
    /// <param name="zb">Projections of the second view, [N, D]; row i shows the same image as row i of <paramref name="za"/>.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <param name="reduction">Mean over anchors, or the sum of the two views' means.</param>
    /// <returns>Scalar, [], float32; ln(2N - 1) when all embeddings are equal (for the mean over anchors).</returns>
    /// <exception cref="ArgumentException">The shapes differ or are not [N, D].</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Compute(Tensor za, Tensor zb, double temperature, NTXentReduction reduction = NTXentReduction.MeanOverAnchors)
    {
        Rows.RequireSame(za, nameof(za), zb, nameof(zb));
        Rows.RequireTemperature(temperature);
        using var precision = Precision.Float32();

        var (a, b) = (Rows.Unit(za), Rows.Unit(zb));                              // [N, D]
        var z = cat([a, b], 0);                                                  // [2N, D]
        var positives = (a * b).sum(1) / temperature;                            // [N], of both views
        var others = LogSumExp.Over(z, z, temperature, new Diagonal(0, 0, z.shape[0]));   // [2N], over all embeddings but the anchor itself
        var loss = others.mean() - positives.mean();                             // []

        return reduction == NTXentReduction.SumOfViewMeans ? loss * 2 : loss;
    }
}
