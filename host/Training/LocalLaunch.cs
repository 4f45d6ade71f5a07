using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Distributed;
using Parallax.Host.Experiments;
using Parallax.Host.Processes;

namespace Parallax.Host.Training;

/// <summary>A run in several processes of this machine, as the process sees it that starts them.</summary>
internal sealed class LocalLaunch(PretrainingRun pretraining, PluginFolders plugins, CliOutput output, TimeProvider time)
{
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(30);   // of a process that mpirun has killed: it frees its memory first

    /// <param name="configuration">What to train: checked here once, before anything is started.</param>
    /// <param name="processes">How many.</param>
    /// <param name="resume">What the command line says about resuming.</param>
    /// <param name="recipe">The recipe, for the command that goes on.</param>
    /// <param name="arguments">The command line, which every process gets.</param>
    /// <param name="stop">Asks all processes to stop after the same step.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="ConfigurationException">The batch cannot be shared, the machine has too few GPUs, or Open MPI is not there.</exception>
    public int Run(ResolvedConfiguration configuration, int processes, string? resume, string recipe, IReadOnlyList<string> arguments, CancellationToken stop)
    {
        BatchParts.Check(configuration.Trainer, processes);
        _ = new Placement(configuration.Trainer, new(processes - 1, processes, processes - 1, processes));
        var started = time.GetUtcNow();
        var exit = LocalRanks.Run(processes, arguments, output, stop);
        if (exit.Code is not (ExitCodes.Done or ExitCodes.Stopped or ExitCodes.UserError))
        {
            output.Error($"{(exit.Rank is { } rank ? $"Rank {rank} of {processes}" : "mpirun")} {exit.Cause}; the run has stopped on all processes.");
            WriteHowToResume(configuration, processes, resume, recipe, started);
        }

        return exit.Code;
    }

    private void WriteHowToResume(ResolvedConfiguration configuration, int processes, string? resume, string recipe, DateTimeOffset started)
    {
        if (Find(configuration, resume, started) is not { } directory)
        {
            output.Error("It had not begun yet; nothing is left of it.");
            return;
        }

        using (var taken = RunLock.TryTake(directory.Path, LongestEnd, time))
        {
            if (taken is not null && directory.Record.State == RunState.Running)
            {
                taken.Keep();
                pretraining.MarkFailed(configuration, directory, processes);   // the process that should have noted it is the one that is gone
            }
        }

        var checkpoint = new CheckpointStore(directory.CheckpointDirectory, configuration.Trainer.KeepCheckpoints).Latest;
        string[] resumed = ["train", recipe, "--resume", directory.Record.RunId, "--nproc", processes.ToString(CultureInfo.InvariantCulture)];
        output.Error((checkpoint is null ? "There is no checkpoint yet." : $"The newest checkpoint is {checkpoint}.")
            + $" Go on with: {ShellCommand.Of(resumed, plugins)} (and the same --set options).");
    }

    private static RunDirectory? Find(ResolvedConfiguration configuration, string? resume, DateTimeOffset started) =>
        ResumePoint.Locate(configuration, resume ?? "auto") is { } found && (resume is not null || found.Started >= started) ? found : null;
}
