using System.Globalization;

namespace Parallax.Benchmarks.Gate;

/// <summary>Compares the times of two programs: first one with itself, which shows the noise of the machine now, then one with the other.</summary>
/// <param name="options">What is asked for.</param>
/// <param name="here">Starts the program that is measured.</param>
/// <param name="there">Starts the one it is compared with.</param>
/// <param name="progress">Told what is being measured.</param>
/// <param name="stop">Ends it.</param>
internal sealed class AgainstRun(
    GateOptions options, Func<IMeasuringProcess> here, Func<IMeasuringProcess> there, Action<string> progress, CancellationToken stop)
{
    /// <summary>The number that is compared.</summary>
    public const string Number = "processor-ms";

    private const double Allowed = 0.05, FloorMilliseconds = 0.01;

    /// <summary>Work that the program that is measured does in addition, a fraction: the gate's own test.</summary>
    public double ExtraWork { get; init; }

    /// <summary>Runs it.</summary>
    /// <param name="revision">The commit that is measured.</param>
    /// <exception cref="Contracts.ConfigurationException">No measurement has that name, or a program does not measure.</exception>
    public GateReport Run(string revision)
    {
        var (first, second) = (HeadingOf(here), HeadingOf(there));
        var (mine, others) = (Wanted(first), Wanted(second));
        if (mine.Count + others.Count == 0)
        {
            throw Globs.NothingFits(options.Filters, first.Names);
        }

        var common = mine.Intersect(others).ToList();
        IReadOnlyList<StudiedRatio> studied = [];
        Dictionary<string, ExpectedRatio> tests = [];
        if (common.Count > 0)
        {
            var control = Study(there, 0, "A/A control").Sample(common);
            tests = common.ToDictionary(name => name, name => new ExpectedRatio(1, new(Allowed, FloorMilliseconds, Noise(control[name]))));
            studied = Study(here, ExtraWork, "comparison").Run(common, tests);
        }

        List<Row> rows =
        [
            .. studied.Select(ratio => RowOf(ratio, tests[ratio.Name])),
            .. mine.Except(others).Select(name => new Row(name, Number, Outcome.New) { Note = $"the other side ({options.Against}) does not have it" }),
            .. others.Except(mine).Select(name => new Row(name, Number, Outcome.Missing) { Note = $"only the other side ({options.Against}) has it" }),
        ];

        return new($"--against {options.Against}", revision, first.Environment, [.. rows.OrderBy(row => row.Measurement, StringComparer.Ordinal)])
        {
            AllowsNew = options.AllowNew,
        };
    }

    /// <summary>Noise of one measurement; one that cannot be measured shows that when it is compared.</summary>
    private static double Noise(PairedSamples control) =>
        control.Error is null && control.LogRatios.Count > 0 && RatioTest.NoiseOf(control.LogRatios) is var noise && double.IsFinite(noise) ? noise : 0;

    private static Heading HeadingOf(Func<IMeasuringProcess> start)
    {
        using var process = start();

        return process.Heading;
    }

    private static Row RowOf(StudiedRatio studied, ExpectedRatio expected)
    {
        var ratio = studied.Result.Ratio;
        var note = string.Create(CultureInfo.InvariantCulture, $"ratio {ratio.Middle:0.000} ({ratio.Low:0.000} to {ratio.High:0.000})")
            + (expected.Limits.Noise > Allowed ? $", fails beyond the noise of {Percent(expected.Limits.Noise)}" : "");

        return new(studied.Name, Number, studied.Result.Outcome)
        {
            Before = studied.Samples.There, Here = studied.Samples.Here, Limit = studied.Samples.There * (1 + expected.Limits.Allowed), Interval = ratio,
            MoreRounds = studied.Result.Outcome == Outcome.Inconclusive ? studied.Result.MoreRounds : null,
            Note = studied.Note.Length > 0 ? $"{note}; {studied.Note}" : note,
        };
    }

    private static string Percent(double fraction) => fraction.ToString("0.0 %", CultureInfo.InvariantCulture);

    private List<string> Wanted(Heading heading) => [.. heading.Names.Where(name => Globs.Match(options.Filters, name))];

    private RatioStudy Study(Func<IMeasuringProcess> measured, double extraWork, string what) =>
        new(new SidePairs(measured, there, extraWork, stop), options.Rounds, text => progress($"{what}: {text}"), stop);
}
