using System.Runtime.InteropServices;
using Parallax.Contracts;

namespace Parallax.Benchmarks.Gate;

/// <summary>The gate's command line.</summary>
internal static class GateProgram
{
    private const int Stopped = 130;

    /// <summary>Runs it.</summary>
    /// <param name="arguments">What the user typed.</param>
    /// <returns>0 pass, 1 fail, 2 something to correct, 3 inconclusive, 130 stopped.</returns>
    public static int Run(IReadOnlyList<string> arguments)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        try
        {
            var options = GateOptions.Parse(arguments);

            ResultFiles.Require(options);
            if (options.SelfTest)
            {
                return new SelfTest(options, Progress, stop.Token).Run();
            }

            var report = Measure(options, stop.Token);
            stop.Token.ThrowIfCancellationRequested();   // what was cut short is no result

            return (int)Finish(options, report);
        }
        catch (Exception e) when (stop.IsCancellationRequested && e is not OutOfMemoryException)   // the processes that measure were stopped as well
        {
            Console.Error.WriteLine("Cancelled.");

            return Stopped;
        }
        catch (ConfigurationException e)
        {
            foreach (var fault in e.Faults)
            {
                Console.Error.WriteLine(fault);
            }

            return Verdicts.BadInput;
        }

        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"A file of the results cannot be written: {e.Message}");

            return Verdicts.BadInput;
        }

        void Cancel(PosixSignalContext context)
        {
            context.Cancel = true;   // what was made is removed first
            stop.Cancel();
        }
    }

    private static GateReport Measure(GateOptions options, CancellationToken stop)
    {
        Func<IMeasuringProcess> here = () => MeasuringProcess.Start(MeasuringProgramFile.This, stop);
        if (options.Check)
        {
            var check = new CheckRun(options, here, Progress, stop);
            var report = check.Run(RevisionHere());
            if (!options.Accept)
            {
                return report;
            }

            stop.ThrowIfCancellationRequested();
            check.Accept(report);
            Progress($"Accepted: {options.Baseline} is written. Review the change, for example with 'git diff', and commit it.");

            return report with { IsAccepted = true };
        }

        var commit = RevisionBuild.Resolve(Repository.Root, options.Against!, options.Dirty);
        Progress($"building {options.Against} ({commit[..12]})");
        using var other = RevisionBuild.Make(Repository.Root, options.Against!, commit, Repository.Revisions, stop);

        return new AgainstRun(options, here, () => MeasuringProcess.Start(other.Program, stop), Progress, stop).Run(RevisionHere());
    }

    private static Verdict Finish(GateOptions options, GateReport report)
    {
        var table = MarkdownTable.Of(report);
        Console.Write(table);
        if (options.Json is { } json)
        {
            report.WriteJson(json);
        }

        if (options.Markdown is { } markdown)
        {
            File.AppendAllText(markdown, table);
        }

        if (ResultFiles.TrackingOf(options) is { } uri)
        {
            GateTracking.Log(report, new() { Uri = uri, Experiment = GateTracking.Experiment, SystemMetricsInterval = TimeSpan.Zero }, Console.Error);
        }

        return report.Verdict;
    }

    private static string RevisionHere()
    {
        var git = new Git(Repository.Root);
        var commit = git.TryRun("rev-parse", "HEAD");
        var hasChanges = git.TryRun("status", "--porcelain", "--untracked-files=normal") is { Length: > 0 };

        return commit is null ? "no revision" : hasChanges ? commit + " with changes" : commit;
    }

    private static void Progress(string text) => Console.Error.WriteLine(text);
}
