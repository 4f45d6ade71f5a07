namespace Parallax.Plugins.Parts;

/// <summary>Each image must find its own text among all texts of the batch, and each text its own image.</summary>
/// <remarks>
/// <para>Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", ICML 2021, figure 3, https://arxiv.org/abs/2103.00020, as in
/// the code of Li et al., "Scaling Language-Image Pre-training via Masking", CVPR 2023, https://arxiv.org/abs/2212.00794: embeddings x / (|x| + 1e-8), logits
/// exp(clip(s, 0, ln 100)) · image · textᵀ, the mean of the cross-entropies of both directions. Outside of its bounds s has no gradient.</para>
/// <para>Differs from MoCo v3's and NT-Xent's losses: both sides carry gradients, and the temperature is learned.</para>
/// </remarks>
public static class ImageTextLoss
{
    private const double LargestScale = 100, NormEpsilon = 1e-8;

    /// <summary>Both directions for the rows of one process.</summary>
    /// <param name="images">Embeddings of all images of the batch, [M, D]; normalised here.</param>
    /// <param name="texts">Embeddings of all texts of the batch, [M, D]; row i describes image i. Normalised here.</param>
    /// <param name="logScale">Logarithm s of the factor of the cosines, [1] or [].</param>
    /// <param name="own">Rows that count, [N] int64: those of this process; each is compared with all M.</param>
    /// <returns>Both directions, each the mean over the N rows; ln(M) each when all embeddings are equal.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static ImageTextLosses Compute(Tensor images, Tensor texts, Tensor logScale, Tensor own)
    {
        Rows.RequireSame(images, nameof(images), texts, nameof(texts));
        using var precision = Precision.Float32();

        var (x, y) = (Unit(images), Unit(texts));                                               // [M, D] both
        var scale = Scale(logScale);                                                            // [1]

        return new(Direction(x, y, scale, own), Direction(y, x, scale, own));
    }

    /// <summary>The factor of the cosines.</summary>
    /// <param name="logScale">Its logarithm s, [1] or [].</param>
    /// <returns>The same shape, float32, in [1, 100].</returns>
    public static Tensor Scale(Tensor logScale) => logScale.to(float32).clamp(0, Math.Log(LargestScale)).exp();

    private static Tensor Direction(Tensor rows, Tensor candidates, Tensor scale, Tensor own)
    {
        var logits = scale * rows.index_select(0, own).matmul(candidates.t());                  // [N, M]

        return F.cross_entropy(logits, own);                                                    // []
    }

    private static Tensor Unit(Tensor rows)
    {
        var x = rows.to(float32);

        return x / (x.norm(dim: 1, keepdim: true) + NormEpsilon);                               // [M, D]
    }
}

/// <summary>Losses of the two directions.</summary>
/// <param name="ImageToText">Images that look for their text, [].</param>
/// <param name="TextToImage">Texts that look for their image, [].</param>
public sealed record ImageTextLosses(Tensor ImageToText, Tensor TextToImage)
{
    /// <summary>Their mean, [].</summary>
    public Tensor Mean => (ImageToText + TextToImage) / 2;
}
