using System.Globalization;
using Parallax.Host.Tracking;

namespace Parallax.Host.Reports;

/// <summary>A report as one HTML file that asks for nothing else.</summary>
internal static class ReportPage
{
    private const string FinalPrefix = "final/", LaterCaption = "Measured after the training, the newest number of each protocol";

    /// <summary>Writes it.</summary>
    /// <param name="runs">The runs, in the order of the user.</param>
    /// <param name="comparison">What they differ in; null for one run.</param>
    /// <param name="version">Of the program.</param>
    /// <param name="now">When it is made.</param>
    public static Html Render(IReadOnlyList<ReportedRun> runs, RunComparison? comparison, string version, DateTimeOffset now)
    {
        var title = runs is [var single] ? $"Run {single.Name}" : $"{runs.Count} runs: {string.Join(", ", runs.Select(run => run.ShortId))}";
        var charts = ReportCharts.Of(runs).ToList();
        var curves = charts.Count == 0 ? Html.Of($"""<p class="muted">The tracking store has no curves of these runs.</p>""")
            : Html.Of($"""<div class="grid">{Html.Join(charts)}</div>""");
        var differences = comparison is null ? Html.Empty : Html.Of($"""<li><a href="#differences">Differences</a></li>""");

        return Html.Of($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"/>
            <title>{title}</title>
            <style>{PageStyle.Text}</style>
            </head>
            <body>
            <a class="skip" href="#content">Skip to the content</a>
            <header>
            <h1>{title}</h1>
            <nav aria-label="Sections"><ul>
            <li><a href="#overview">Overview</a></li>{differences}<li><a href="#curves">Curves</a></li>
            {Html.Join(runs.Select((run, at) => Html.Of($"""<li><a href="#{Prefix(at)}">Run {run.Name}</a></li>""")))}
            </ul></nav>
            </header>
            <main id="content" tabindex="-1">
            <section aria-labelledby="overview"><h2 id="overview">Overview</h2>
            {Overview(runs)}
            </section>
            {(comparison is null ? Html.Empty : Differences(runs, comparison))}
            <section aria-labelledby="curves"><h2 id="curves">Curves</h2>
            {curves}
            </section>
            {Html.Join(runs.Select((run, at) => new RunSections(run, Prefix(at)).Render()))}
            </main>
            <footer>Made by Parallax {version} on {now.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture)}.</footer>
            </body>
            </html>

            """);
    }

    private static string Prefix(int run) => string.Create(CultureInfo.InvariantCulture, $"run-{run}");

    private static Html Overview(IReadOnlyList<ReportedRun> runs) => DataTable.Render(
        "The runs and their last numbers", ["run", "name", "method", "status", "started", "steps", "loss", "measures"],
        runs.Select(run => (IReadOnlyList<string>)
        [
            run.RunId, run.Stored?.Name ?? run.Folder?.Name ?? "", run.Method ?? "", run.State, Started(run),
            run.Last.Step is { } step ? NumberText.Of(step) : "", run.Last.Loss is { } loss ? NumberText.Of(loss) : "",
            string.Join(", ", [.. Measures(run), .. Later(run)]),
        ]));

    private static string Started(ReportedRun run)
    {
        var moment = run.Stored is { } stored ? stored.Started : run.Directory!.Started;

        return moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
    }

    private static IEnumerable<string> Measures(ReportedRun run) => (run.Stored?.Metrics.Values ?? [])
        .Where(metric => metric.Key.StartsWith(FinalPrefix, StringComparison.Ordinal)
            || metric.Key.StartsWith(ReportCharts.OnlinePrefix, StringComparison.Ordinal))
        .OrderBy(metric => metric.Key, StringComparer.Ordinal)
        .Select(metric => $"{metric.Key} {(IsShare(metric.Key) ? NumberText.Percent(metric.Value) : NumberText.Of(metric.Value))}");

    private static IEnumerable<string> Later(ReportedRun run) => run.Later.Select(number => number.Name + " "
        + (number.IsAccuracy || IsRecall(number.Metric) ? NumberText.Percent(number.Value) : NumberText.Of(number.Value)) + " (measured afterwards)");

    // Behind the protocol stands what it measured, unless that is the accuracy. Metrics during training do not say it.
    private static bool IsShare(string key) => key.StartsWith(FinalPrefix, StringComparison.Ordinal)
        && (key.Split('/') is [_, _] || IsRecall(key.Split('/')[^1]));

    private static bool IsRecall(string metric) => metric.StartsWith("recall", StringComparison.Ordinal);

    private static Html Differences(IReadOnlyList<ReportedRun> runs, RunComparison comparison)
    {
        string[] names = [.. runs.Select(run => run.Name)];
        var recipe = comparison.Recipe.Count == 0 ? Html.Of($"<p>Their recipes are the same.</p>")
            : Recipe(comparison.Recipe);

        return Html.Of($"""
            <section aria-labelledby="differences"><h2 id="differences">Differences</h2>
            {recipe}
            {Values("Where and with what they ran", comparison.Environment)}
            {Values("Metrics, the last value and the best one", Texts(comparison.Metrics))}
            {(comparison.Later.Count == 0 ? Html.Empty : Values(LaterCaption, Texts(comparison.Later)))}
            </section>
            """);

        static IEnumerable<ComparedValue> Texts(IEnumerable<ComparedMetric> metrics) => metrics.Select(metric => new ComparedValue(metric.Key, metric.Texts()));

        // Two methods have few keys in common: those of one alone would hide the others.
        Html Recipe(IReadOnlyList<ComparedValue> values)
        {
            ComparedValue[] shared = [.. values.Where(value => !value.Values.Contains(null))], others = [.. values.Except(shared)];
            var differing = shared.Length == 0 ? Html.Of($"<p>No key that all of them have differs.</p>")
                : Values("Keys of the recipes that differ", shared);
            const string caption = "Keys of the recipes that some runs do not have";

            return others.Length == 0 ? differing
                : Html.Join([differing, Html.Of($"<details><summary>{caption} ({others.Length})</summary>{Values(caption, others)}</details>")]);
        }

        Html Values(string caption, IEnumerable<ComparedValue> values) => DataTable.Render(
            caption, ["key", .. names], values.Select(value => (IReadOnlyList<string>)[value.Key, .. value.Values.Select(text => text ?? "")]));
    }
}
