using System.Globalization;

namespace Parallax.Benchmarks.Gate;

/// <summary>Measures ratios until it is known whether they are beyond what is allowed, within limits.</summary>
/// <remarks>
/// What is inconclusive after the first rounds gets more; what seems slower is measured a second time, from nothing, and fails only when that confirms it.
/// </remarks>
/// <param name="pairs">Takes the times.</param>
/// <param name="rounds">Rounds at first, and of the second measurement.</param>
/// <param name="progress">Told what is being measured.</param>
/// <param name="stop">Ends it between two rounds.</param>
internal sealed class RatioStudy(IPairs pairs, int rounds, Action<string> progress, CancellationToken stop)
{
    private const int MostTimesTheRounds = 8;   // rounds for what is inconclusive, in all

    /// <summary>Rounds of every measurement, without a test.</summary>
    public IReadOnlyDictionary<string, PairedSamples> Sample(IReadOnlyList<string> names) => Sample(names, rounds, "");

    /// <summary>Measures and tests.</summary>
    /// <param name="names">The measurements.</param>
    /// <param name="testOf">The test of each.</param>
    public IReadOnlyList<StudiedRatio> Run(IReadOnlyList<string> names, IReadOnlyDictionary<string, ExpectedRatio> testOf)
    {
        var first = Clear(names, testOf, "");
        var slower = names.Where(name => testOf[name].Test(first[name]).Outcome == Outcome.Fail).ToList();
        var second = slower.Count > 0 ? Clear(slower, testOf, ", again what seems slower") : [];

        return [.. names.Select(name => second.TryGetValue(name, out var again)
            ? Confirmed(name, testOf[name].Test(first[name]), again, testOf[name])
            : new StudiedRatio(name, testOf[name].Test(first[name]), first[name], first[name].Error ?? ""))];
    }

    /// <summary>Rounds, and more for what they leave open.</summary>
    private Dictionary<string, PairedSamples> Clear(IReadOnlyList<string> names, IReadOnlyDictionary<string, ExpectedRatio> testOf, string what)
    {
        var samples = Sample(names, rounds, what);
        var open = names.Where(name => IsOpen(samples[name], testOf[name])).ToList();
        var left = (MostTimesTheRounds - 1) * rounds;
        while (open.Count > 0 && left > 0)
        {
            var more = Math.Clamp(open.Max(name => testOf[name].Test(samples[name]).MoreRounds), 1, Math.Min(left, rounds));
            foreach (var (name, added) in Sample(open, more, what + ", more rounds for what is not clear"))
            {
                samples[name].Add(added);
            }

            left -= more;
            open = [.. open.Where(name => IsOpen(samples[name], testOf[name]))];
        }

        return samples;
    }

    private static StudiedRatio Confirmed(string name, RatioResult first, PairedSamples again, ExpectedRatio expected)
    {
        var second = expected.Test(again);
        var before = Text(first.Ratio.Middle);

        return second.Outcome == Outcome.Fail
            ? new(name, second, again, $"a first measurement gave {before}")
            : new(name, second, again, again.Error ?? $"a first measurement gave {before}, which this one does not confirm");
    }

    private static bool IsOpen(PairedSamples samples, ExpectedRatio expected) => expected.Test(samples).Outcome == Outcome.Inconclusive;

    private static string Text(double ratio) => ratio.ToString("0.000", CultureInfo.InvariantCulture);

    private Dictionary<string, PairedSamples> Sample(IReadOnlyList<string> names, int count, string what)
    {
        var results = names.ToDictionary(name => name, _ => new PairedSamples());
        for (var round = 0; round < count && names.Count > 0; round++)
        {
            stop.ThrowIfCancellationRequested();
            progress($"round {round + 1} of {count}, {names.Count} measurements{what}");
            pairs.Round([.. names.Where(name => results[name].Error is null)], round, results);
        }

        stop.ThrowIfCancellationRequested();   // the last round may have been cut short

        return results;
    }
}

/// <summary>What a ratio is compared with.</summary>
/// <param name="Ratio">The ratio when nothing has changed.</param>
/// <param name="Limits">How much more is allowed.</param>
internal sealed record ExpectedRatio(double Ratio, RatioTest Limits)
{
    /// <summary>Tests samples against it.</summary>
    public RatioResult Test(PairedSamples samples)
    {
        if (samples.Error is not null)
        {
            return new(Outcome.Invalid, new(double.NaN, double.NaN, double.NaN), 0);
        }

        var shift = Math.Log(Ratio);
        var result = Limits.Of([.. samples.LogRatios.Select(ratio => ratio - shift)], samples.Here - (Ratio * samples.There));
        var (low, middle, high) = result.LogRatio;

        return result with { LogRatio = new(low + shift, middle + shift, high + shift) };
    }
}

/// <summary>A ratio, and what is known about it.</summary>
/// <param name="Name">The measurement.</param>
/// <param name="Result">Result of the test.</param>
/// <param name="Samples">What it was tested on.</param>
/// <param name="Note">A remark; empty for none.</param>
internal sealed record StudiedRatio(string Name, RatioResult Result, PairedSamples Samples, string Note);
