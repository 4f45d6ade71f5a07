using Parallax.Host.Tracking;

namespace Parallax.Host.Training;

/// <summary>Where a profile goes: the run's folder, its record, and the ten dearest operators to the user.</summary>
internal static class ProfileFiles
{
    private const int Shown = 10, Written = 100;

    /// <summary>Writes it. A disk that does not take it is told, and the training goes on.</summary>
    /// <param name="trace">What was observed.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="tracked">Its record.</param>
    /// <param name="report">Tells the user.</param>
    public static void Write(StepTrace trace, string folder, ITrackedRun tracked, Action<string> report)
    {
        try
        {
            Store(trace, folder, tracked, report);
        }
        catch (Exception e) when (e is ConfigurationException || RunFile.IsOfTheDisk(e))
        {
            report($"The profile is lost, the training goes on: {e.Message}");
        }
    }

    private static void Store(StepTrace trace, string folder, ITrackedRun tracked, Action<string> report)
    {
        var costs = OperatorCosts.Of(trace, Written);
        var (file, table) = (Path.Combine(folder, "profile.json"), Path.Combine(folder, "profile.txt"));
        RunFile.Replace(file, trace.Write);
        RunFile.Replace(table, string.Join('\n', [.. OperatorCosts.Table(costs), ""]));
        tracked.LogArtifact(file, "profile/profile.json");
        tracked.LogArtifact(table, "profile/profile.txt");
        report($"Profile of {trace.Steps} steps: {file}. Open it at ui.perfetto.dev or chrome://tracing. The dearest operators:");
        foreach (var line in OperatorCosts.Table(costs.Take(Shown)))
        {
            report(line);
        }
    }
}
