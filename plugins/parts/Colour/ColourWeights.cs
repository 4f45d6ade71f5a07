namespace Parallax.Plugins.Parts;

/// <summary>How much pixels count by their colour, so that grey walls and skies are not all that is learned.</summary>
/// <remarks>Zhang et al., "Colorful Image Colorization", ECCV 2016, section 2.2, https://arxiv.org/abs/1603.08511, and its code.</remarks>
public static class ColourWeights
{
    /// <summary>How frequent every colour is: counts, each spread by a Gaussian over all colours. So a colour that was not counted, but lies beside one that
    /// was, is rare and not absent.</summary>
    /// <param name="colours">Colours of pixels, any shape, int64.</param>
    /// <param name="centres">[Q, 2].</param>
    /// <param name="sigma">Deviation of the Gaussian in units of a and b, positive. Paper: 5.</param>
    /// <returns>[Q] float32, adds up to one.</returns>
    public static Tensor Prior(Tensor colours, Tensor centres, double sigma)
    {
        using var scope = NewDisposeScope();
        var count = centres.shape[0];
        var shares = colours.flatten().bincount(null, minlength: count).to(float64) / colours.numel();                          // [Q]
        var spread = ColourClasses.Soft(centres.view(count, 2, 1, 1), centres, (int)count, sigma).view(count, count);           // [Q, Q], rows add up to one

        return shares.unsqueeze(0).matmul(spread.to(float64)).squeeze(0).to(float32).MoveToOuterDisposeScope();                 // [Q]
    }

    /// <summary>Weights of colours: ((1 - λ) p + λ u)^-α with u even over all colours that occur, scaled so that Σ p w = 1; 0 for colours that do not
    /// occur.</summary>
    /// <param name="prior">How frequent every colour is, p, [Q], adds up to one.</param>
    /// <param name="evenShare">λ, a fraction in [0, 1]; at 1 all colours count alike. Paper: 0.5.</param>
    /// <param name="power">α. Authors' code: 1, as in the paper.</param>
    /// <returns>[Q] float32. Differs from the code, which divides by zero where a colour does not occur.</returns>
    public static Tensor OfColours(Tensor prior, double evenShare, double power = 1)
    {
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var p = prior.to(float32);                                                                  // [Q]
        var occurs = p.gt(0);
        var mixed = ((1 - evenShare) * p) + (evenShare * occurs / occurs.sum());                    // [Q]
        var weights = where(occurs, mixed.pow(-power), zeros_like(p));

        return (weights / (p * weights).sum()).MoveToOuterDisposeScope();
    }

    /// <summary>Weights of pixels: that of the most likely colour of each.</summary>
    /// <param name="weights">[Q].</param>
    /// <param name="colours">[N, h, w] int64.</param>
    /// <returns>[N, h, w].</returns>
    public static Tensor OfPixels(Tensor weights, Tensor colours) => weights.index_select(0, colours.flatten()).view(colours.shape);

    /// <summary>Which images have a colour at all.</summary>
    /// <param name="ab">[N, 2, h, w].</param>
    /// <param name="threshold">An image counts if any |a| or |b| is above it. Authors' code: 5.</param>
    /// <returns>[N] float32: 1, or 0 for images that are grey.</returns>
    public static Tensor NonGrey(Tensor ab, double threshold) => ab.abs().flatten(1).amax([1]).gt(threshold).to(float32);
}
