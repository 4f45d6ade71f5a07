using Parallax.Host.Configuration;
using Parallax.Host.Experiments;
using Parallax.Host.Tracking;

namespace Parallax.Host.Training;

/// <summary>What the first process keeps of a run while it trains: its record in the tracking store and its folder, which nobody else writes.</summary>
internal sealed record OpenRun(ITrackedRun Tracked, RunDirectory Directory, RunLock Lock, CheckpointStore Checkpoints) : IDisposable
{
    /// <summary>Starts a run, or goes on with one.</summary>
    /// <param name="session">What is trained.</param>
    /// <param name="resume">The run to go on with; null starts one.</param>
    /// <param name="trackers">Open the store.</param>
    /// <param name="now">When a new run starts.</param>
    /// <exception cref="ConfigurationException">Folder or store refuse it; nothing is left of it then.</exception>
    public static OpenRun Start(TrainingSession session, ResumePoint? resume, Trackers trackers, DateTimeOffset now)
    {
        var configuration = session.Experiment.Configuration;
        var root = configuration.Trainer.OutputDirectory;
        var launched = resume is null ? trackers.RunIdFromEnvironment(configuration.Tracking) : null;
        var taken = resume?.Lock ?? (launched is null ? null : RunLock.Take(Path.Combine(root, launched)));   // before its record is touched
        ITrackedRun? tracked = null;
        try
        {
            if (launched is not null)
            {
                RunDirectory.RequireNew(root, launched);
            }

            var description = RunTags.Describe(configuration, resume?.Directory.Record.RunId, session.Experiment.World.Count);
            tracked = trackers.For(configuration.Tracking).Start(
                resume is null ? description : description with { Tags = RunTags.OfResumed.Concat(description.Tags).ToDictionary() });
            taken ??= RunLock.Take(Path.Combine(root, tracked.RunId));   // before there is a run.json, by which others find it
            var recipe = RunDirectory.RecipeOf(configuration);
            var directory = resume?.Directory ?? RunDirectory.Create(root, tracked.RunId, recipe, now);
            taken.Keep();
            directory.Begin(recipe, configuration.Trainer.Chosen);

            return new(tracked, directory, taken, new(directory.CheckpointDirectory, configuration.Trainer.KeepCheckpoints));
        }
        catch
        {
            tracked?.Dispose();
            if (resume is null)
            {
                taken?.Dispose();
            }

            throw;
        }
    }

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="session">What is trained.</param>
    /// <param name="verdicts">What the verdicts on it rest on.</param>
    /// <param name="curves">Its curves so far.</param>
    /// <returns>Its file.</returns>
    public string Save(TrainingSession session, VerdictHistory verdicts, RunCurves curves)
    {
        Tracked.Flush();   // a resumed run repeats what comes after the checkpoint, never what came before
        var (progress, experiment) = (session.Progress, session.Experiment);
        var state = new CheckpointState(CheckpointState.CurrentFormat, Tracked.RunId, progress.Position, progress.BestAccuracy)
        {
            EpochEndIsDue = progress.EpochEndIsDue,
            Verdicts = verdicts,
            Curves = curves.History,
            Data = TrainedData.Of(experiment.Run),
        };

        return Checkpoints.Save(state, RunDirectory.RecipeOf(experiment.Configuration), session.StateTensors());
    }

    /// <summary>Tracks what the run is: parameters, training data, recipe.</summary>
    public void Describe(Experiment experiment)
    {
        Tracked.LogParameters(experiment.Configuration.Flatten());
        Tracked.SetTags(Chosen(experiment.Configuration.Trainer.Chosen).ToDictionary());
        Tracked.LogDataset(experiment.Learned.Info, "training");
        Tracked.LogArtifact(Directory.RecipePath, "config/recipe.yaml");
    }

    private static IEnumerable<KeyValuePair<string, string>> Chosen(MachineChoice? choice) =>
        new[] { ("threads", choice?.Threads), ("workers", choice?.Workers) }
        .Where(chosen => chosen.Item2 is not null)
        .Select(chosen => KeyValuePair.Create($"parallax.auto.{chosen.Item1}", FormattableString.Invariant($"{chosen.Item2}")));

    /// <summary>Notes that it came to its end.</summary>
    public void NoteFinished()
    {
        Tracked.End(RunOutcome.Finished);
        Directory.SetState(RunState.Finished);   // last: a run killed before this line can still be resumed
    }

    /// <summary>Notes that it was stopped, unless it came to its end meanwhile.</summary>
    public void NoteStopped()
    {
        if (Directory.Record.State == RunState.Finished)
        {
            return;
        }

        try
        {
            Directory.SetState(RunState.Stopped);   // first: a tracking server may not answer in time
        }
        finally
        {
            Tracked.End(RunOutcome.Killed);
        }
    }

    /// <summary>Notes that it failed.</summary>
    /// <param name="fault">What ended it.</param>
    /// <param name="report">Receives the reason when the folder does not take the note: a full disk must not hide what went wrong first.</param>
    public void NoteFailed(Exception fault, Action<string> report)
    {
        Tracked.SetTags(RunFailure.TagsOf(fault.Message));
        try
        {
            Directory.SetState(RunState.Failed);
        }
        catch (ConfigurationException e)
        {
            report(e.Message);
        }

        Tracked.End(RunOutcome.Failed);
    }

    public void Dispose()
    {
        Tracked.Dispose();
        Lock.Dispose();
    }
}
