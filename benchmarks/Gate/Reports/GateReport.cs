using System.Text.Json;
using Parallax.Host.Files;

namespace Parallax.Benchmarks.Gate;

/// <summary>The result of the gate.</summary>
/// <param name="Command">What was asked for, for example <c>check --counts</c>.</param>
/// <param name="Revision">The commit that was measured, and whether files differ from it.</param>
/// <param name="Environment">Where was measured.</param>
/// <param name="Rows">All numbers.</param>
internal sealed record GateReport(string Command, string Revision, MeasuringEnvironment Environment, IReadOnlyList<Row> Rows)
{
    /// <summary>The verdict.</summary>
    public Verdict Verdict => IsAccepted ? Verdict.Pass : VerdictOf(Rows);

    /// <summary>Whether what was measured was written into the baseline.</summary>
    public bool IsAccepted { get; init; }

    /// <summary>Whether measurements that only this side has are told without failing.</summary>
    public bool AllowsNew { get; init; }

    /// <summary>Calls of each operator, by measurement: what to look at when their number has changed.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Operators { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, long>>();

    /// <summary>The verdict of some of its rows.</summary>
    public Verdict VerdictOf(IEnumerable<Row> rows) =>
        Verdicts.Of([.. rows.Select(row => row.Outcome).Where(outcome => !AllowsNew || outcome != Outcome.New)]);

    /// <summary>Writes everything, whole or not at all.</summary>
    public void WriteJson(string path) => AtomicFile.Replace(path, JsonSerializer.Serialize(this, GateJson.Indented) + "\n");
}
