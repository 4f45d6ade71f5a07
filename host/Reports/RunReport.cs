using Parallax.Host.Configuration;
using Parallax.Host.Evaluation;
using Parallax.Host.Training;

namespace Parallax.Host.Reports;

/// <summary>Makes a report of runs: reads what is known about them, looks at their features, writes the page.</summary>
internal sealed class RunReport(RunCollection collection, FeatureStudies studies, TimeProvider time, ConsoleProgress progress)
{
    /// <summary>Makes it.</summary>
    /// <param name="names">The runs.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="tracking">Where the store is.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <returns>The page.</returns>
    /// <exception cref="ConfigurationException">A run is unknown.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public async Task<Html> MakeAsync(IReadOnlyList<string> names, ReportRequest request, TrackingOptions tracking, CancellationToken stop)
    {
        var (found, comparison) = await collection.ReadAsync(names, request.Runs, tracking, stop);
        foreach (var run in found)
        {
            run.Missing.ToList().ForEach(missing => progress.WriteLine($"Run {run.Name}: {missing}"));
        }

        var runs = found.Select(run => WithFeatures(run, request, stop)).ToList();

        return ReportPage.Render(runs, comparison, typeof(RunReport).Assembly.GetName().Version!.ToString(3), time.GetLocalNow());
    }

    private ReportedRun WithFeatures(ReportedRun run, ReportRequest request, CancellationToken stop)
    {
        if (run.Directory is null)
        {
            return run;
        }

        try
        {
            progress.WriteLine($"Run {run.Name}:");

            return run with { Features = studies.Study(run.Directory, request, progress.WriteLine, stop) };
        }
        catch (Exception e) when (ProtocolFailure.Covers(e))
        {
            var sentence = $"No features: {ProtocolFailure.ReasonOf(e)}";
            progress.WriteLine(sentence);

            return run with { Missing = [.. run.Missing, sentence] };
        }
    }
}
