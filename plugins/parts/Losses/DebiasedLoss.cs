namespace Parallax.Plugins.Parts;

/// <summary>Debiased contrastive loss: NT-Xent whose negatives are corrected for those that show the anchor's own class.</summary>
/// <remarks>
/// <para>Chuang et al., "Debiased Contrastive Learning", NeurIPS 2020, section 4, with one positive (M = 1), https://arxiv.org/abs/2007.00224.
/// With pos = exp(s(i, p) / T), neg = sum over the N = 2n - 2 negatives of exp(s(i, k) / T), and tau+ the chance that a negative has the anchor's class:
/// g = max((neg - tau+ N pos) / (1 - tau+), N exp(-1 / T)), loss = -log(pos / (pos + g)), mean over the 2n anchors.</para>
/// <para>Where the maximum takes its second argument, the least that N negatives can add up to, no gradient passes through g. All exponentials are divided by
/// exp(1 / T), which cancels in the loss and keeps small temperatures from overflowing.</para>
/// </remarks>
public static class DebiasedLoss
{
    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="za">Projections of the first view, [n, D], n at least 2; normalised here.</param>
    /// <param name="zb">Projections of the second view, [n, D]; row i shows the same image as row i of <paramref name="za"/>.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <param name="classPrior">tau+, a fraction in [0, 1); with 0 the loss is NT-Xent.</param>
    /// <returns>Scalar, [], float32.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number, or the class prior not in [0, 1).</exception>
    /// <inheritdoc cref="PairLogits.Of" path="/exception"/>
    public static Tensor Compute(Tensor za, Tensor zb, double temperature, double classPrior)
    {
        using var precision = Precision.Float32();
        var logits = PairLogits.Of(za, zb, temperature);
        var positives = logits.Positives - (1 / temperature);                                  // [2n], at most 0

        return ((positives.exp() + NegativeTerm(logits, temperature, classPrior)).log() - positives).mean();   // []
    }

    /// <summary>The corrected sum over the negatives, g of the paper divided by exp(1 / T).</summary>
    /// <param name="logits">Similarities of the batch.</param>
    /// <param name="temperature">The temperature they were divided by.</param>
    /// <param name="classPrior">tau+, a fraction in [0, 1).</param>
    /// <returns>[2n] float32, positive.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The class prior is not in [0, 1).</exception>
    public static Tensor NegativeTerm(PairLogits logits, double temperature, double classPrior)
    {
        if (!(classPrior >= 0 && classPrior < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(classPrior), classPrior, "The share of negatives that have the anchor's class is a fraction in [0, 1).");
        }

        var count = logits.NegativeCount;
        var positives = (logits.Positives - (1 / temperature)).exp();                           // [2n]
        var negatives = (logits.Negatives - (1 / temperature)).exp();                           // [2n]
        var corrected = (negatives - (classPrior * count * positives)) / (1 - classPrior);      // [2n]

        return corrected.clamp_min(count * Math.Exp(-2 / temperature));                         // [2n]
    }
}
