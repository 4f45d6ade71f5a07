using System.Globalization;
using System.Text;
using Parallax.Host.Data;
using Parallax.Host.Evaluation;

namespace Parallax.Host.Leaderboards;

/// <summary>Writes results as a Markdown table: one row per entry, seeds together as mean and standard deviation.</summary>
internal static class LeaderboardTable
{
    private const double Mebi = 1024 * 1024;

    /// <param name="options">Heading and note.</param>
    /// <param name="results">All runs.</param>
    /// <param name="protocols">Protocols, in the order of the columns; rows are sorted by the first.</param>
    /// <param name="conditions">Lines on budget and machine.</param>
    public static string Write(LeaderboardOptions options, IReadOnlyList<EntryResult> results, IReadOnlyList<string> protocols, IEnumerable<string> conditions)
    {
        var text = new StringBuilder();
        text.Append($"# {options.Title}\n\n");
        if (options.Note is { Length: > 0 } note)
        {
            text.Append($"{note}\n\n");
        }

        foreach (var line in conditions)
        {
            text.Append($"- {line}\n");
        }

        if (Protocols(results, protocols) is { Length: > 0 } used)
        {
            var views = results.Any(result => result.Protocols.Values.Any(record => record.Views is not null)) ? ", views of a video" : "";
            text.Append($"- Protocols (version, hash of options, what chose{views}): {used}.\n");
        }

        ProtocolRecord?[] firsts = [.. protocols.Select(protocol => Records(results, protocol).FirstOrDefault())];
        var headings = protocols.Zip(firsts, (protocol, first) => $"{protocol}{first?.Heading}");
        text.Append($"\n| | {string.Join(" | ", headings)} | training | {SampleNoun.Of(results.Any(result => result.AreVideos))}/s | peak memory |\n"
            + $"|---|{string.Concat(protocols.Select(_ => "---|"))}---|---|---|\n");
        foreach (var row in Rows(results, protocols[0]))
        {
            text.Append(Row(row, protocols, firsts));
        }

        return text.ToString();
    }

    /// <summary>The runs of each row: the best first, references last.</summary>
    /// <param name="results">All runs.</param>
    /// <param name="protocol">By which they are sorted.</param>
    internal static IEnumerable<IReadOnlyList<EntryResult>> Rows(IEnumerable<EntryResult> results, string protocol) =>
        results.GroupBy(r => r.Name).OrderBy(g => g.First().Reference)
            .ThenByDescending(g => Mean(g, r => r.Accuracy.GetValueOrDefault(protocol))).Select(row => row.ToList());

    /// <summary>The name of a row as tables show it.</summary>
    internal static string Name(EntryResult result) => result.Reference ? $"*{result.Name}*" : $"`{result.Name}`";

    private static string Row(IReadOnlyList<EntryResult> runs, IReadOnlyList<string> protocols, ProtocolRecord?[] columns)
    {
        var (first, known) = (runs[0], runs.Where(run => run.Seconds > 0).ToList());   // of a run that was measured anew, its cost may not be
        var accuracies = protocols.Zip(columns, (protocol, column) =>
            Percent([.. runs.Select(r => r.Accuracy.TryGetValue(protocol, out var value) ? value : double.NaN)]) + Differences(runs, protocol, column));
        string[] cost = known.Count > 0
            ?
            [
                FormattableString.Invariant($"{Mean(known, r => r.Seconds) / 60:F1} min"),
                SpeedText.Number(Mean(known, r => r.ImagesPerSecond)),
                known.All(r => r.PeakMemoryBytes > 0) ? FormattableString.Invariant($"{Mean(known, r => r.PeakMemoryBytes) / Mebi:N0} MiB") : "–",
            ]
            : ["–", "–", "–"];

        var leftOut = runs.Select(r => r.LeftOut).FirstOrDefault(left => left is not null) is { } left ? $" ({left}: unreadable)" : "";
        var duplicates = runs.Select(r => r.Duplicates).FirstOrDefault(found => found is { IsAny: true }) is { } found ? $" ({found})" : "";

        return $"| {Name(first)}{leftOut}{duplicates} | {string.Join(" | ", accuracies.Concat(cost))} |\n";
    }

    private static string Protocols(IReadOnlyList<EntryResult> results, IReadOnlyList<string> protocols) => string.Join("; ",
        from protocol in protocols
        from record in Records(results, protocol)
        select $"{protocol} ({record.Version}, {record.Options}, {record.ChosenBy}{(record.Views is { } views ? $", {views}" : "")})");

    // An entry may have options of its own: a metric or a choice on the test images that the heading of the column does not tell.
    private static string Differences(IReadOnlyList<EntryResult> runs, string protocol, ProtocolRecord? column) => string.Concat(
        from record in Records(runs, protocol)
        where record != column
        select (record.Heading == column?.Heading ? "" : record.Heading.Length == 0 ? $" ({record.Metric}, {record.ChosenBy})" : record.Heading)
            + (record.Views == column?.Views ? "" : $" ({record.Views ?? "single images"})"));

    /// <summary>How the numbers of a protocol came about, each way once; the first is the one that the heading of the column tells.</summary>
    private static IEnumerable<ProtocolRecord> Records(IReadOnlyList<EntryResult> results, string protocol) =>
        results.Select(result => result.Protocols.GetValueOrDefault(protocol)).OfType<ProtocolRecord>()
            .Select(record => record with { ImagesHash = null }).Distinct();   // other images with each seed are no other protocol

    /// <summary>Mean, and with several seeds the deviation; a dash where there is no number.</summary>
    internal static string Percent(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        if (double.IsNaN(mean))
        {
            return "–";
        }

        var text = (100 * mean).ToString("F1", CultureInfo.InvariantCulture);

        return values.Count == 1
            ? $"{text} %"
            : FormattableString.Invariant($"{text} ± {100 * Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1)):F1} %");
    }

    private static double Mean(IEnumerable<EntryResult> runs, Func<EntryResult, double> of) => runs.Average(of);
}
