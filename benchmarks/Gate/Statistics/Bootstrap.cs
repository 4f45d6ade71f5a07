using Parallax.Contracts;

namespace Parallax.Benchmarks.Gate;

/// <summary>The percentile bootstrap: how far would the median be elsewhere, had other samples of the same kind been drawn?</summary>
/// <remarks>Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7 (1979). The seed is fixed: the same samples give the same
/// interval.</remarks>
internal static class Bootstrap
{
    private const int Resamples = 4_000;
    private const double Tail = 0.025;   // at each end: 95 %

    /// <summary>Median and 95 % interval.</summary>
    /// <param name="samples">At least one number; with one that is not finite nothing is.</param>
    public static Interval OfMedian(IReadOnlyList<double> samples)
    {
        ArgumentOutOfRangeException.ThrowIfZero(samples.Count);
        if (!samples.All(double.IsFinite))
        {
            return new(double.NaN, double.NaN, double.NaN);
        }

        var random = new CounterRandom(seed: 1, epoch: 0, sample: 0, view: 0);
        var (drawn, medians) = (new double[samples.Count], new double[Resamples]);
        for (var i = 0; i < Resamples; i++)
        {
            for (var place = 0; place < drawn.Length; place++)
            {
                drawn[place] = samples[random.NextInt(samples.Count)];
            }

            medians[i] = Median(drawn);
        }

        Array.Sort(medians);

        return new(medians[(int)(Tail * (Resamples - 1))], Median([.. samples]), medians[(int)Math.Ceiling((1 - Tail) * (Resamples - 1))]);
    }

    /// <summary>The middle number; the mean of the two in the middle when their number is even. Sorts what it is given.</summary>
    public static double Median(double[] samples)
    {
        Array.Sort(samples);

        return (samples[(samples.Length - 1) / 2] + samples[samples.Length / 2]) / 2;
    }
}
