namespace Parallax.Host.Training;

/// <summary>Where a profile goes: the run's folder, its record, and the ten dearest operators to the user.</summary>
internal static class ProfileFiles
{
    private const int Shown = 10, Written = 100;

    public static void Write(StepTrace trace, OpenRun run, Action<string> report)
    {
        var (file, table) = (Path.Combine(run.Directory.Path, "profile.json"), Path.Combine(run.Directory.Path, "profile.txt"));
        RunFile.Replace(file, trace.Write);
        RunFile.Replace(table, string.Join('\n', [.. OperatorCosts.Table(trace, Written), ""]));
        run.Tracked.LogArtifact(file, "profile/profile.json");
        run.Tracked.LogArtifact(table, "profile/profile.txt");
        report($"Profile of {trace.Steps} steps: {file}. Open it at ui.perfetto.dev or chrome://tracing. The dearest operators:");
        foreach (var line in OperatorCosts.Table(trace, Shown))
        {
            report(line);
        }
    }
}
