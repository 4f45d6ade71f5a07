namespace Parallax.Host.Leaderboards;

/// <summary>How a protocol's number grows with the training images of a series: a + b log10(images), by least squares through the means of the seeds.</summary>
/// <param name="Series">Name of the series.</param>
/// <param name="Protocol">The protocol.</param>
/// <param name="Points">What is fitted, from few images to many.</param>
/// <param name="A">The line's value at one image.</param>
/// <param name="B">What it gains with ten times as many images.</param>
/// <param name="RSquared">The share of the variance that it explains.</param>
internal sealed record ScalingFit(string Series, string Protocol, IReadOnlyList<ScalingFit.Point> Points, double A, double B, double RSquared)
{
    /// <summary>Seeds that have a number for each point.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>The 95 % interval of <see cref="A"/> over the seeds; null with one seed.</summary>
    public SeedInterval? AInterval { get; init; }

    /// <summary>That of <see cref="B"/>.</summary>
    public SeedInterval? BInterval { get; init; }

    /// <summary>By how much the line through all points but that of the most images exceeds it.</summary>
    public double LeftOutByLine { get; init; }

    /// <summary>The same of the power law 1 - number = c images^-d, a straight line through logarithms; null where a number is 1.</summary>
    public double? LeftOutByPowerLaw { get; init; }

    /// <summary>Fits a series.</summary>
    /// <param name="series">Its entries.</param>
    /// <param name="protocol">Whose numbers.</param>
    /// <param name="images">Training images by entry.</param>
    /// <param name="results">All runs.</param>
    /// <returns>Null where no seed has all numbers, or fewer than three entries differ in their images.</returns>
    public static ScalingFit? Of(FitSeries series, string protocol, IReadOnlyDictionary<string, int> images, IReadOnlyList<EntryResult> results)
    {
        string[] entries = [.. series.Entries.OrderBy(name => images[name])];
        var bySeed = results.Where(run => entries.Contains(run.Name) && run.Accuracy.ContainsKey(protocol)).GroupBy(run => run.Seed)
            .Where(seed => entries.All(name => seed.Any(run => run.Name == name))).OrderBy(seed => seed.Key)
            .ToDictionary(seed => seed.Key, seed => Array.ConvertAll(entries, name => seed.First(run => run.Name == name).Accuracy[protocol]));
        double[] places = [.. entries.Select(name => Math.Log10(images[name]))];
        if (bySeed.Count == 0 || places.Distinct().Count() < FitSeries.FewestEntries)
        {
            return null;
        }

        double[] means = [.. entries.Select((_, at) => bySeed.Values.Average(values => values[at]))];
        var line = FittedLine.Through(places, means);
        FittedLine[] lines = [.. bySeed.Values.Select(values => FittedLine.Through(places, values))];
        var points = entries.Select((name, at) => new Point(name, images[name], means[at], means[at] - line.At(places[at]))).ToList();

        return new(series.Name, protocol, points, line.Intercept, line.Slope, line.Explained(places, means))
        {
            Seeds = [.. bySeed.Keys],
            AInterval = SeedInterval.Of([.. lines.Select(one => one.Intercept)]),
            BInterval = SeedInterval.Of([.. lines.Select(one => one.Slope)]),
            LeftOutByLine = FittedLine.Through(places[..^1], means[..^1]).At(places[^1]) - means[^1],
            LeftOutByPowerLaw = means.Max() < 1 ? 1 - PowerLaw(places, means) - means[^1] : null,
        };
    }

    // What is left of 1 at the last place, by the line through the logarithms of the others.
    private static double PowerLaw(double[] places, double[] values) =>
        Math.Pow(10, FittedLine.Through(places[..^1], [.. values[..^1].Select(value => Math.Log10(1 - value))]).At(places[^1]));

    /// <summary>A number of a series.</summary>
    /// <param name="Entry">Its entry.</param>
    /// <param name="Images">Its training images.</param>
    /// <param name="Value">The mean over the seeds.</param>
    /// <param name="Residual">By how much it is above the line.</param>
    internal sealed record Point(string Entry, int Images, double Value, double Residual);
}
