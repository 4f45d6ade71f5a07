using Parallax.Host.Configuration;
using Parallax.Host.Evaluation;
using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Reports;

/// <summary>Reads runs from the tracking store and from their folders; one of both is enough.</summary>
internal sealed class RunCollection(Trackers trackers)
{
    /// <summary>Reads runs.</summary>
    /// <param name="names">Identifiers, their beginnings, or folders of runs.</param>
    /// <param name="folder">Folder of the runs.</param>
    /// <param name="tracking">Where the store is.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <returns>The runs, and what they differ in; null for one run, or where the store does not have all of them.</returns>
    /// <exception cref="ConfigurationException">Neither the store nor the folder has one of them, or one is given twice.</exception>
    public async Task<(IReadOnlyList<ReportedRun> Runs, RunComparison? Comparison)> ReadAsync(
        IReadOnlyList<string> names, string folder, TrackingOptions tracking, CancellationToken stop)
    {
        var (reader, fault) = Try(() => trackers.Read(tracking));
        using (reader)
        {
            var (runs, faults) = (new List<ReportedRun>(), new List<string>());
            foreach (var name in names)
            {
                var (directory, noFolder) = Try(() => RunDirectory.Open(folder, name));
                var (stored, noRun) = await FindAsync(reader, directory?.Record.RunId ?? name, fault, stop);
                if (stored is null && directory is null)
                {
                    faults.Add($"{noRun} {noFolder}");
                    continue;
                }

                var (curves, noCurves) = await CurvesAsync(reader, stored, stop);
                var (later, noLater) = noCurves is null ? await LaterAsync(reader, stored, stop) : ([], null);
                runs.Add(new(directory?.Record.RunId ?? stored!.RunId, stored, directory, curves)
                {
                    Later = later,
                    Folder = stored is null ? FolderFacts.Of(directory!) : null,
                    Confusions = directory is null ? [] : KeptConfusion.Read(directory.Path),
                    Missing =
                    [
                        .. Missing("No curves and numbers", noRun), .. Missing("Not all curves", noCurves),
                        .. Missing("No numbers of later evaluations", noLater), .. Missing("No pictures and features", noFolder),
                    ],
                });
            }

            faults.AddRange(runs.GroupBy(run => run.RunId).Where(group => group.Count() > 1).Select(group => $"{group.Key} is given twice. Give it once."));

            if (faults.Count > 0)
            {
                throw new ConfigurationException(faults);
            }

            var (comparison, noComparison) = await CompareAsync(reader, runs, stop);

            return ([.. runs.Select(run => run with { Missing = [.. run.Missing, .. Missing("No differences", noComparison)] })], comparison);
        }
    }

    private static async Task<(RunComparison? Comparison, string? Fault)> CompareAsync(RunReader? reader, List<ReportedRun> runs, CancellationToken stop)
    {
        StoredRun[] stored = [.. runs.Select(run => run.Stored).OfType<StoredRun>()];
        if (reader is null || stored.Length < runs.Count || runs.Count == 1)
        {
            return (null, null);
        }

        try
        {
            return (await RunComparison.Of(stored, (runId, key) => reader.HistoryAsync(runId, key, stop), [.. runs.Select(run => run.Later)]), null);
        }
        catch (ConfigurationException e)
        {
            return (null, e.Message);
        }
    }

    private static async Task<(StoredRun? Run, string? Fault)> FindAsync(RunReader? reader, string runId, string? fault, CancellationToken stop)
    {
        if (reader is null)
        {
            return (null, fault);
        }

        try
        {
            return await reader.FindAsync(runId, stop) is { } run ? (run, null)
                : (null, $"There is no run {runId} in {reader.Address}. 'parallax runs' lists the runs there.");
        }
        catch (ConfigurationException e)
        {
            return (null, e.Message);
        }
    }

    // A store that fails once is not asked for the other curves: each question may take as long as its time limit.
    private static async Task<(IReadOnlyDictionary<string, IReadOnlyList<MetricPoint>> Curves, string? Fault)> CurvesAsync(
        RunReader? reader, StoredRun? run, CancellationToken stop)
    {
        var curves = new Dictionary<string, IReadOnlyList<MetricPoint>>();
        try
        {
            foreach (var key in run?.Metrics.Keys.Where(ReportCharts.IsShown) ?? [])
            {
                curves[key] = await reader!.HistoryAsync(run!.RunId, key, stop);
            }
        }
        catch (ConfigurationException e)
        {
            return (curves, e.Message);
        }

        return (curves, null);
    }

    private static async Task<(IReadOnlyList<LaterNumber> Numbers, string? Fault)> LaterAsync(RunReader? reader, StoredRun? run, CancellationToken stop)
    {
        try
        {
            return (run is null ? [] : await reader!.LaterNumbersAsync(run, stop), null);
        }
        catch (ConfigurationException e)
        {
            return ([], e.Message);
        }
    }

    private static IEnumerable<string> Missing(string what, string? fault)
    {
        if (fault is not null)
        {
            yield return $"{what}: {fault}";
        }
    }

    private static (T? Value, string? Fault) Try<T>(Func<T> read)
        where T : class
    {
        try
        {
            return (read(), null);
        }
        catch (ConfigurationException e)
        {
            return (null, e.Message);
        }
    }
}
