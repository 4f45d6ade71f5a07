namespace Parallax.Host.Leaderboards;

/// <summary>The 95 % interval of a mean over seeds, by Student's distribution.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
internal sealed record SeedInterval(double Low, double High)
{
    // The quantile of 97.5 % with 1, 2, ... degrees of freedom.
    private static readonly double[] Quantiles =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    ];

    private const double OfTheNormal = 1.960;

    /// <summary>The interval; null with one value.</summary>
    public static SeedInterval? Of(IReadOnlyList<double> values)
    {
        if (values.Count < 2)
        {
            return null;
        }

        var (mean, degrees) = (values.Average(), values.Count - 1);
        var quantile = degrees <= Quantiles.Length ? Quantiles[degrees - 1] : OfTheNormal + (2.5 / degrees);   // right to 0.002
        var half = quantile * Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / degrees / values.Count);

        return new(mean - half, mean + half);
    }
}
