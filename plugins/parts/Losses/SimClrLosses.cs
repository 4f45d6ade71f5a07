namespace Parallax.Plugins.Parts;

/// <summary>Losses that contrast the two views of each image with all other images of the batch.</summary>
public enum SimClrLoss
{
    /// <summary>Normalised temperature-scaled cross-entropy, the loss of SimCLR: <see cref="NtXentLoss"/>.</summary>
    NtXent,

    /// <summary>Decoupled: the positive leaves the denominator: <see cref="DclLoss"/>.</summary>
    Dcl,

    /// <summary>Decoupled, and images whose views differ most count most: <see cref="DclLoss.Weighted"/>.</summary>
    Dclw,

    /// <summary>Negatives corrected for those of the anchor's own class: <see cref="DebiasedLoss"/>.</summary>
    Debiased,
}

/// <summary>One entry to the losses of two in-batch views.</summary>
public static class SimClrLosses
{
    /// <summary>Computes the chosen loss, mean over the 2N anchors.</summary>
    /// <param name="loss">Which loss.</param>
    /// <param name="za">Projections of the first view, [N, D]; normalised here.</param>
    /// <param name="zb">Projections of the second view, [N, D]; row i shows the same image as row i of <paramref name="za"/>.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <param name="sigma">Spread of the weights of <see cref="SimClrLoss.Dclw"/>, positive.</param>
    /// <param name="classPrior">Share of negatives that have the anchor's class, for <see cref="SimClrLoss.Debiased"/>, in [0, 1).</param>
    /// <returns>Scalar, [], float32.</returns>
    /// <exception cref="ArgumentException">The shapes differ, are not [N, D], or the loss needs at least two images.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range, or the loss is unknown.</exception>
    public static Tensor Compute(SimClrLoss loss, Tensor za, Tensor zb, double temperature, double sigma, double classPrior) => loss switch
    {
        SimClrLoss.NtXent => NtXentLoss.Compute(za, zb, temperature),
        SimClrLoss.Dcl => DclLoss.Compute(za, zb, temperature),
        SimClrLoss.Dclw => DclLoss.Weighted(za, zb, temperature, sigma),
        SimClrLoss.Debiased => DebiasedLoss.Compute(za, zb, temperature, classPrior),
        _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, "Unknown loss."),
    };
}
