namespace Parallax.Plugins.Parts;

/// <summary>Losses that contrast the two views of each image with all other images of the batch.</summary>
public enum SimCLRLoss
{
    /// <summary>Normalised temperature-scaled cross-entropy, the loss of SimCLR: <see cref="NTXentLoss"/>.</summary>
    NTXent,

    /// <summary>Decoupled: the positive leaves the denominator: <see cref="DCLLoss"/>.</summary>
    DCL,

    /// <summary>Decoupled, and images whose views differ most count most: <see cref="DCLLoss.Weighted"/>.</summary>
    Dclw,

    /// <summary>Negatives corrected for those of the anchor's own class: <see cref="DebiasedLoss"/>.</summary>
    Debiased,
}

/// <summary>One entry to the losses of two in-batch views.</summary>
public static class SimCLRLosses
{
    /// <summary>Computes the chosen loss, mean over the 2N anchors.</summary>
    /// <param name="loss">Which loss.</param>
    /// <param name="za">Projections of the first view, [N, D]; normalised here.</param>
    /// <param name="zb">Projections of the second view, [N, D]; row i shows the same image as row i of <paramref name="za"/>.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <param name="sigma">Spread of the weights of <see cref="SimCLRLoss.Dclw"/>, positive.</param>
    /// <param name="classPrior">Share of negatives that have the anchor's class, for <see cref="SimCLRLoss.Debiased"/>, in [0, 1).</param>
    /// <returns>Scalar, [], float32.</returns>
    /// <exception cref="ArgumentException">The shapes differ, are not [N, D], or the loss needs at least two images.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range, or the loss is unknown.</exception>
    public static Tensor Compute(SimCLRLoss loss, Tensor za, Tensor zb, double temperature, double sigma, double classPrior) => loss switch
    {
        SimCLRLoss.NTXent => NTXentLoss.Compute(za, zb, temperature),
        SimCLRLoss.DCL => DCLLoss.Compute(za, zb, temperature),
        SimCLRLoss.Dclw => DCLLoss.Weighted(za, zb, temperature, sigma),
        SimCLRLoss.Debiased => DebiasedLoss.Compute(za, zb, temperature, classPrior),
        _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, "Unknown loss."),
    };
}
