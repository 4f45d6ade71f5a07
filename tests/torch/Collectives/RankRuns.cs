namespace Parallax.Torch.Tests.Collectives;

/// <summary>All scenarios on two and on three processes, once for all tests. Where one fails, the processes are started again for the rest.</summary>
public sealed class RankRuns
{
    private readonly Dictionary<(int Size, string Scenario), string> _outcomes = [];

    public RankRuns()
    {
        Mpirun.Require();
        foreach (var size in new[] { 2, 3 })
        {
            var left = RankProgram.Scenarios.ToList();
            while (left.Count > 0)
            {
                Run(size, left);
            }
        }
    }

    /// <summary>What went wrong; empty when all processes finished the scenario.</summary>
    public string Outcome(int size, string scenario) => _outcomes[(size, scenario)];

    private void Run(int size, List<string> left)
    {
        using var folder = new TemporaryFolder();
        var result = Mpirun.Run(size, folder.Path, left);
        var reports = Enumerable.Range(0, size).Select(rank => RankProgram.Report(folder.Path, size, rank))
            .Select(file => File.Exists(file) ? File.ReadAllText(file) : "").ToList();
        foreach (var scenario in left.TakeWhile(scenario => reports.All(report => report.Contains($"{scenario}\n\n", StringComparison.Ordinal))).ToList())
        {
            _outcomes[(size, scenario)] = "";
            left.Remove(scenario);
        }

        if (left.Count > 0)
        {
            var ends = reports.Select((report, rank) => $"rank {rank}: {report[Math.Max(0, report.LastIndexOf(left[0], StringComparison.Ordinal))..]}");
            _outcomes[(size, left[0])] = $"{string.Join('\n', ends)}\nmpirun: {result.ExitCode}\n{result.Text}";
            left.RemoveAt(0);
        }
        else if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"All scenarios passed on {size} processes, but mpirun ended with {result.ExitCode}: {result.Text}");
        }
    }
}
