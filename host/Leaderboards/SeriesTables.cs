using System.Text;
using Parallax.Host.Evaluation;

namespace Parallax.Host.Leaderboards;

/// <summary>Writes what protocols measured layer by layer, or by images of each class: a table for each protocol, one column per layer.</summary>
internal static class SeriesTables
{
    /// <param name="results">All runs.</param>
    /// <param name="protocols">In the order of the columns of the leaderboard, by the first of which rows are sorted.</param>
    /// <returns>Nothing where no result has such numbers. Networks whose layers have other names have a table of their own.</returns>
    public static string Write(IReadOnlyList<EntryResult> results, IReadOnlyList<string> protocols)
    {
        var text = new StringBuilder();
        foreach (var protocol in protocols)
        {
            var measured = results.Where(result => result.Details.TryGetValue(protocol, out var details) && details.Series.Count > 0).ToList();
            if (measured.Count > 0)
            {
                var heading = measured.Select(result => result.Protocols.GetValueOrDefault(protocol)).FirstOrDefault(record => record is not null)?.Metric;
                text.Append($"\n## {protocol}{(heading is null or EvaluationResult.TopOne ? "" : $" ({heading})")}\n");
            }

            foreach (var alike in measured.GroupBy(result => string.Join(" | ", result.Details[protocol].Series)))
            {
                Write(text, [.. alike], protocol, protocols[0]);
            }
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, IReadOnlyList<EntryResult> results, string protocol, string first)
    {
        var columns = results[0].Details[protocol].Series;
        text.Append($"\n| | {string.Join(" | ", columns)} |\n|---|{string.Concat(columns.Select(_ => "---|"))}\n");
        foreach (var row in LeaderboardTable.Rows(results, first))
        {
            var cells = columns.Select(column => LeaderboardTable.Percent([.. row.Select(run => Number(run, column))]));
            text.Append($"| {LeaderboardTable.Name(row[0])} | {string.Join(" | ", cells)} |\n");
        }

        double Number(EntryResult run, string column) => run.Details[protocol].Numbers.TryGetValue(column, out var value) ? value : double.NaN;
    }
}
