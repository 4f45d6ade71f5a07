using System.Globalization;
using System.Runtime.InteropServices;
using Parallax.Host.Data;
using Parallax.Host.Tracking;

namespace Parallax.Host.Training;

/// <summary>Keeps what repeats the last steps of a run, and writes it into the run's folder when something ends it.</summary>
/// <remarks>Per step it hashes the indices and one kilobyte per image and view. Weights are hashed once, at the end.</remarks>
/// <param name="session">The training.</param>
/// <param name="folder">Where they are written; what an earlier end left there is set aside when the first step is over.</param>
/// <param name="plugins">Where plugins are looked for, for the command that repeats a step.</param>
internal sealed class BlackBox(TrainingSession session, BlackBoxFolder folder, PluginFolders plugins) : IStepObserver
{
    /// <summary>Steps that are kept.</summary>
    public const int Kept = 64;

    private readonly Queue<StepRecord> _steps = new(Kept);
    private readonly List<string> _batches = [];
    private readonly long _firstStep = session.Progress.Position.Step;
    private StepRecord? _begun;

    /// <inheritdoc/>
    public void BeginStep()
    {
        var position = session.Progress.Position;
        _batches.Clear();
        _begun = new(position.Step + 1, position.Epoch, position.Samples, session.Progress.ScheduleStep);
    }

    /// <inheritdoc/>
    public void OnBatch(HostBatch batch) => _batches.Add(Checksums.Of(batch));

    /// <inheritdoc/>
    public void EndStep(double? loss)
    {
        if (_steps.Count == 0)
        {
            folder.SetAside();
        }

        if (_steps.Count == Kept)
        {
            _steps.Dequeue();
        }

        _steps.Enqueue(_begun! with { Batches = [.. _batches], Loss = loss });
        _begun = null;
    }

    /// <summary>Writes the last steps, when there are any.</summary>
    /// <param name="run">The run that ends.</param>
    /// <param name="reason">Why.</param>
    /// <param name="report">Receives where they are, or why they cannot be written: that must not hide what went wrong first.</param>
    public void Write(OpenRun run, string reason, Action<string> report)
    {
        StepRecord[] steps = [.. _steps, .. _begun is null ? [] : new[] { _begun with { Batches = [.. _batches] } }];
        if (steps.Length == 0)
        {
            return;
        }

        try
        {
            folder.Write(Describe(run.Directory.Record.RunId, reason, steps), run.Checkpoints.NewestUpTo(steps[^1].Step - 1));
            run.Tracked.SetTags(RunFailure.TagsOfStep(steps[^1].Step));
            string[] replay = ["replay", run.Directory.Path, "--step", steps[^1].Step.ToString(CultureInfo.InvariantCulture)];
            report($"The last steps are in '{folder.Path}'. See what happened in the last one: {ShellCommand.Of(replay, plugins)}");
        }
        catch (Exception e) when (e is ConfigurationException || RunFile.IsOfTheDisk(e))
        {
            report($"The last steps are not kept: {e.Message}");
        }
    }

    private BlackBoxRecord Describe(string runId, string reason, StepRecord[] steps)
    {
        var (experiment, last) = (session.Experiment, steps[^1]);
        var (configuration, world) = (experiment.Configuration, experiment.World);

        // A step that is not over has changed nothing yet, nor has one whose loss was read and is no number; on a GPU it is read when the update is done.
        var isUpdated = _begun is null && (experiment.Placement.IsCuda || last.Loss is null || double.IsFinite(last.Loss.Value));

        return new(
            runId, reason.Split('\n')[0], configuration.Trainer.Seed, world.Count, CpuThreads.Count, $"{experiment.Placement.Device}", _firstStep,
            ParametersOrNull(experiment.Module), isUpdated ? last.Step : last.Step - 1, steps);
    }

    // A GPU that has failed gives nothing back.
    private static string? ParametersOrNull(Module module)
    {
        try
        {
            return Checksums.OfParameters(module);
        }
        catch (ExternalException)
        {
            return null;
        }
    }
}
