namespace Parallax.Benchmarks.Gate;

/// <summary>Whether paired ratios of times lie beyond what is allowed.</summary>
/// <param name="Allowed">Growth that passes, a fraction: 0.05 is 5 %.</param>
/// <param name="Floor">Milliseconds by which a slower side has to be slower to count.</param>
/// <param name="Noise">How far from one the ratio of equal things may seem, a fraction: nothing fails within it. It does not widen what passes.</param>
internal readonly record struct RatioTest(double Allowed, double Floor, double Noise = 0)
{
    /// <summary>More rounds than this are not worth a number.</summary>
    public const int MostRounds = 1_000;

    private const int FewestRounds = 4;   // fewer have no interval worth the name

    /// <summary>Applies the test.</summary>
    /// <param name="logRatios">Natural logarithms of the ratios, one per round.</param>
    /// <param name="difference">Milliseconds by which the measured side is slower.</param>
    public RatioResult Of(IReadOnlyList<double> logRatios, double difference)
    {
        if (logRatios.Count == 0 || !logRatios.All(double.IsFinite) || !double.IsFinite(difference))
        {
            return new(Outcome.Invalid, new(double.NaN, double.NaN, double.NaN), 0);
        }

        var (interval, passes, fails) = (Bootstrap.OfMedian(logRatios), Math.Log(1 + Allowed), Math.Log(1 + Math.Max(Allowed, Noise)));
        var outcome = logRatios.Count < FewestRounds ? Outcome.Inconclusive
            : interval.High <= passes || difference <= Floor ? Outcome.Pass
            : interval.Low > fails ? Outcome.Fail
            : Outcome.Inconclusive;
        var nearer = Math.Abs(interval.Middle - passes) <= Math.Abs(interval.Middle - fails) ? passes : fails;

        return new(outcome, interval, outcome == Outcome.Inconclusive ? MoreRounds(interval, nearer, logRatios.Count) : 0);
    }

    /// <summary>The interval shrinks with the root of the number of rounds: how many more until the limit lies outside of it?</summary>
    public static int MoreRounds(Interval interval, double limit, int rounds)
    {
        var distance = Math.Abs(interval.Middle - limit);
        var needed = distance > 0 ? rounds * Math.Pow(interval.HalfWidth / distance, 2) : double.PositiveInfinity;

        return (int)Math.Clamp(Math.Ceiling(needed) - rounds, Math.Max(1, FewestRounds - rounds), MostRounds);
    }

    /// <summary>The noise of a machine from an A/A control: how far from one the ratio of equal things may seem, as a fraction.</summary>
    public static double NoiseOf(IReadOnlyList<double> logRatios)
    {
        var interval = Bootstrap.OfMedian(logRatios);

        return Math.Exp(Math.Max(Math.Abs(interval.Low), Math.Abs(interval.High))) - 1;
    }
}

/// <summary>What a <see cref="RatioTest"/> found.</summary>
/// <param name="Outcome">Pass, fail, inconclusive, or invalid.</param>
/// <param name="LogRatio">The logarithm of the ratio, with its interval.</param>
/// <param name="MoreRounds">Of an inconclusive one: about how many more rounds would tell.</param>
internal sealed record RatioResult(Outcome Outcome, Interval LogRatio, int MoreRounds)
{
    /// <summary>The ratio, with its interval.</summary>
    public Interval Ratio => new(Math.Exp(LogRatio.Low), Math.Exp(LogRatio.Middle), Math.Exp(LogRatio.High));
}
