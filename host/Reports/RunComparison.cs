using System.Globalization;
using System.Text.Json.Serialization;
using Parallax.Host.Tracking;

namespace Parallax.Host.Reports;

/// <summary>A run among others, in the order in which they were named.</summary>
/// <param name="RunId">Identifier in the store.</param>
/// <param name="Name">Name shown.</param>
/// <param name="Status">State.</param>
/// <param name="Start">When it started.</param>
/// <param name="Verdict">What it does, in a word; null where nothing is said.</param>
internal sealed record ComparedRun(string RunId, string Name, string Status, DateTimeOffset Start, string? Verdict);

/// <summary>A key and what it is in each run.</summary>
/// <param name="Key">Key of a recipe, or a fact of the environment.</param>
/// <param name="Values">One for each run; null where a run has none.</param>
internal sealed record ComparedValue(string Key, IReadOnlyList<string?> Values);

/// <summary>A value of a curve.</summary>
/// <param name="Value">The value.</param>
/// <param name="Step">At which step.</param>
internal sealed record CurvePoint([property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double Value, long Step);

/// <summary>A metric in each run.</summary>
/// <param name="Key">Name of the metric.</param>
/// <param name="Better"><c>lower</c> or <c>higher</c>; null where neither is better, and there is no best value.</param>
/// <param name="Last">Last value in each run; null where a run has none.</param>
/// <param name="Best">Best value in each run; null where a run has none.</param>
internal sealed record ComparedMetric(string Key, string? Better, IReadOnlyList<CurvePoint?> Last, IReadOnlyList<CurvePoint?> Best)
{
    /// <summary>The numbers of each run for people; null where it has none.</summary>
    public IReadOnlyList<string?> Texts() => [.. Last.Zip(Best, Text)];

    private static string? Text(CurvePoint? last, CurvePoint? best) => last is null ? null
        : best is null || best.Value.Equals(last.Value) ? Number(last.Value)
        : string.Create(CultureInfo.InvariantCulture, $"{Number(last.Value)} (best {Number(best.Value)}, step {best.Step})");

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}

/// <summary>What runs differ in, and their numbers beside each other.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Recipe">Keys of their recipes that are not the same in all, with the values of the last session where a run was resumed.</param>
/// <param name="Environment">Version, seed, device and so on, whether they differ or not; what differs only in some tags is there, too.</param>
/// <param name="Metrics">Metrics of any of them, those of the machine left out.</param>
/// <param name="Later">What was measured on any of them after its training, by protocol.</param>
internal sealed record RunComparison(
    IReadOnlyList<ComparedRun> Runs, IReadOnlyList<ComparedValue> Recipe, IReadOnlyList<ComparedValue> Environment, IReadOnlyList<ComparedMetric> Metrics,
    IReadOnlyList<ComparedMetric> Later)
{
    private const string Lower = "lower", Higher = "higher";

    // Where and with what a run was computed: shown even where it is the same.
    private static readonly string[] Always = ["parallax.version", "mlflow.source.git.commit", "trainer.seed", "trainer.device", "trainer.precision"];

    /// <summary>Compares runs.</summary>
    /// <param name="runs">Two or more.</param>
    /// <param name="historyOf">Reads a curve: identifier of the run, name of the metric.</param>
    /// <param name="later">What was measured on each of them after its training.</param>
    public static async Task<RunComparison> Of(
        IReadOnlyList<StoredRun> runs, Func<string, string, Task<IReadOnlyList<MetricPoint>>> historyOf, IReadOnlyList<IReadOnlyList<LaterNumber>> later)
    {
        var recipes = runs.Select(LastParameters.Of).ToList();
        var values = Differing(recipes, _ => true);
        var tags = Differing([.. runs.Select(run => run.Tags)], IsOfTheProgram);
        var facts = Always.Select(key => new ComparedValue(
            key, [.. runs.Zip(recipes, (run, recipe) => run.Tags.GetValueOrDefault(key) ?? recipe.GetValueOrDefault(key))]));
        var metrics = new List<ComparedMetric>();
        foreach (var key in runs.SelectMany(run => run.Metrics.Keys).Where(key => !MetricPoint.IsSystem(key)).Distinct().Order(StringComparer.Ordinal))
        {
            metrics.Add(await Metric(key, runs, historyOf));
        }

        return new(
            [.. runs.Select(run => new ComparedRun(
                run.RunId, run.Name, run.Status, run.Started, RunTags.VerdictOf(run.Tags)))],
            values, [.. facts.Where(fact => fact.Values.Any(value => value is not null)), .. tags], metrics, LaterOf(later));
    }

    // A number has no curve: the last one is all there is.
    private static List<ComparedMetric> LaterOf(IReadOnlyList<IReadOnlyList<LaterNumber>> later) =>
    [
        .. from name in later.SelectMany(numbers => numbers).Select(number => number.Name).Distinct().Order(StringComparer.Ordinal)
           let points = later.Select(numbers => PointOf(numbers.FirstOrDefault(number => number.Name == name)))
           select new ComparedMetric(name, Better: null, [.. points], [.. later.Select(_ => (CurvePoint?)null)]),
    ];

    private static CurvePoint? PointOf(LaterNumber? number) => number is null ? null : new(number.Value, number.Step);

    // What came of a run is no environment.
    private static bool IsOfTheProgram(string tag) => tag.StartsWith("parallax.", StringComparison.Ordinal) && !Always.Contains(tag)
        && !tag.StartsWith(RunTags.Verdict, StringComparison.Ordinal) && tag != RunTags.Collapse
        && !tag.StartsWith(RunFailure.MessageTag, StringComparison.Ordinal);

    private static List<ComparedValue> Differing(IReadOnlyList<IReadOnlyDictionary<string, string>> pairs, Func<string, bool> counts) =>
    [
        .. pairs.SelectMany(run => run.Keys).Distinct().Where(counts).Order(StringComparer.Ordinal)
            .Select(key => new ComparedValue(key, [.. pairs.Select(run => run.GetValueOrDefault(key))]))
            .Where(value => value.Values.Distinct().Count() > 1),
    ];

    private static async Task<ComparedMetric> Metric(
        string key, IReadOnlyList<StoredRun> runs, Func<string, string, Task<IReadOnlyList<MetricPoint>>> historyOf)
    {
        var better = BetterOf(key);
        var (last, best) = (new List<CurvePoint?>(), new List<CurvePoint?>());
        foreach (var run in runs)
        {
            var point = run.Metrics.GetValueOrDefault(key);
            last.Add(Point(point));
            best.Add(better is null || point is null ? null : Point(Best(await historyOf(run.RunId, key), better)));
        }

        return new(key, better, last, best);
    }

    private static MetricPoint? Best(IReadOnlyList<MetricPoint> curve, string better)
    {
        var numbers = curve.Where(point => !double.IsNaN(point.Value));

        return better == Lower ? numbers.MinBy(point => point.Value) : numbers.MaxBy(point => point.Value);
    }

    private static CurvePoint? Point(MetricPoint? point) => point is null ? null : new(point.Value, point.Step);

    // A loss is better when lower, an accuracy when higher; of a learning rate, a rank or a speed neither is.
    private static string? BetterOf(string key)
    {
        var name = key.Split('/')[^1];

        return name.Contains("loss", StringComparison.OrdinalIgnoreCase) ? Lower
            : key.StartsWith("online/", StringComparison.Ordinal) || key.StartsWith("final/", StringComparison.Ordinal)
                || name.Contains("accuracy", StringComparison.OrdinalIgnoreCase) ? Higher
            : null;
    }
}
