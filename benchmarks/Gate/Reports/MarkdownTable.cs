using System.Globalization;
using System.Text;

namespace Parallax.Benchmarks.Gate;

/// <summary>The report as Markdown: a table with a line for each measurement, then what does not pass.</summary>
internal static class MarkdownTable
{
    /// <summary>The text.</summary>
    public static string Of(GateReport report)
    {
        var text = new StringBuilder();
        var numbers = NumberKind.All.Select(kind => kind.Name).Append(AgainstRun.Number).Where(name => report.Rows.Any(row => row.Number == name)).ToList();
        text.AppendLine(CultureInfo.InvariantCulture, $"### parallax bench {report.Command}: {report.Verdict.ToString().ToLowerInvariant()}").AppendLine();
        Line(text, ["measurement", .. numbers, "verdict"]);
        Line(text, [.. numbers.Select(_ => "---:").Prepend("---").Append("---")]);
        foreach (var rows in report.Rows.GroupBy(row => row.Measurement))
        {
            Line(text, [rows.Key, .. numbers.Select(name => Cell(rows.FirstOrDefault(row => row.Number == name))), Words(rows.Max(row => row.Outcome))]);
        }

        AppendOthers(text, report);
        AppendNotCompared(text, report);

        var here = report.Environment;
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture,
            $"{report.Revision} · libtorch {here.Libtorch} · .NET {here.Dotnet} · {here.Processor} ({here.Kernels}) · {here.Threads} thread");

        return text.ToString();
    }

    /// <summary>What needs a look: everything but passes without a remark.</summary>
    private static void AppendOthers(StringBuilder text, GateReport report)
    {
        var others = report.Rows.Where(row => row.Outcome != Outcome.NotCompared && (row.Outcome != Outcome.Pass || row.Note.Length > 0));
        if (!others.Any())
        {
            return;
        }

        text.AppendLine();
        Line(text, ["measurement", "number", "before", "here", "change", "allowed up to", "verdict", "remark"]);
        Line(text, ["---", "---", "---:", "---:", "---:", "---:", "---", "---"]);
        foreach (var row in others.OrderByDescending(row => row.Outcome))
        {
            var (verdict, remark) = (Words(row.Outcome), Remark(row));
            Line(text, [row.Measurement, row.Number, Number(row.Before), Number(row.Here), Change(row), Number(row.Limit), verdict, remark]);
        }
    }

    private static void AppendNotCompared(StringBuilder text, GateReport report)
    {
        foreach (var group in report.Rows.Where(row => row.Outcome == Outcome.NotCompared).GroupBy(row => row.Note))
        {
            var numbers = string.Join(", ", group.Select(row => row.Number).Distinct());
            var measurements = group.Select(row => row.Measurement).Distinct().Count();
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Not compared: {numbers} of {measurements} measurements ({group.Key}).");
        }
    }

    private static string Remark(Row row) =>
        row.MoreRounds is { } more ? $"about {more.ToString(CultureInfo.InvariantCulture)} more rounds would tell{(row.Note.Length > 0 ? "; " + row.Note : "")}"
        : row.Note;

    private static string Cell(Row? row) => row switch
    {
        null => "",
        { Interval: { IsFinite: true } interval } => $"{Number(row.Here)} ({Number(interval.Low)} to {Number(interval.High)})",
        _ => Number(row.Here),
    };

    private static string Change(Row row) => row is { Before: > 0 and var before, Here: { } here }
        ? ((here / before) - 1).ToString("+0.0 %;-0.0 %;0 %", CultureInfo.InvariantCulture)
        : "";

    private static string Number(double? number) => number switch
    {
        null => "",
        { } value when Math.Abs(value % 1) <= 0 => value.ToString("N0", CultureInfo.InvariantCulture),
        { } value => value.ToString("0.000", CultureInfo.InvariantCulture),
    };

    private static string Words(Outcome outcome) => outcome switch
    {
        Outcome.Pass => "pass",
        Outcome.NotCompared => "not compared",
        Outcome.Inconclusive => "**inconclusive**",
        Outcome.Missing => "**missing**",
        Outcome.New => "**new**",
        Outcome.Invalid => "**no number**",
        _ => "**fail**",
    };

    private static void Line(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");
}
