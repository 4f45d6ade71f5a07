namespace Parallax.Plugins.Parts;

/// <summary>How far apart two clips of a video begin: near ones are more likely. CVRL's temporal sampler.</summary>
/// <param name="Power">Exponent p of the density, positive; 1 decreases along a line.</param>
/// <remarks>
/// Qian et al., "Spatiotemporal Contrastive Video Representation Learning", CVPR 2021, section 3.2, https://arxiv.org/abs/2008.03800, and the authors' code: on
/// [0, M] the density of k is (p + 1) / (p M) (1 - (k / M)^p), its distribution function k (p + 1) / (p M) - k^(p + 1) / (p M^(p + 1)).
/// </remarks>
internal readonly record struct DecreasingInterval(double Power)
{
    private const int Halvings = 60;

    /// <summary>The interval of a uniform number: the inverse of the distribution function.</summary>
    /// <param name="uniform">In [0, 1).</param>
    /// <param name="longest">M, the longest interval in frames.</param>
    /// <returns>In [0, M).</returns>
    public double Of(double uniform, double longest)
    {
        if (Power == 1)
        {
            return longest * (1 - Math.Sqrt(1 - uniform));
        }

        var (low, high) = (0.0, 1.0);   // as fractions of M
        for (var halving = 0; halving < Halvings; halving++)
        {
            var middle = (low + high) / 2;
            (low, high) = Share(middle) > uniform ? (low, middle) : (middle, high);
        }

        return low * longest;
    }

    /// <summary>The interval in whole frames, as the authors' code has it: the largest number of frames not above <see cref="Of"/>.</summary>
    /// <inheritdoc cref="Of"/>
    public long Frames(double uniform, long longest) => (long)Math.Floor(Of(uniform, longest));

    private double Share(double fraction) => ((fraction * (Power + 1)) - Math.Pow(fraction, Power + 1)) / Power;
}
