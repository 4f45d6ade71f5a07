using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Evaluation;
using Parallax.Host.Tracking;

namespace Parallax.Host.Training;

/// <summary>How a run ended, for the command line.</summary>
/// <param name="RunId">Identifier in the tracking store.</param>
/// <param name="Directory">Its folder.</param>
/// <param name="Completed">False when it was stopped before the end.</param>
/// <param name="ImagesPerSecond">Mean over the whole training.</param>
/// <param name="TrainingTime">Time of the training in this process, without the final protocols.</param>
/// <param name="Results">What the final protocols measured.</param>
internal sealed record TrainingSummary(string RunId, string Directory, bool Completed, double ImagesPerSecond, TimeSpan TrainingTime, IReadOnlyList<ProtocolResult> Results);

/// <summary>One pretraining from the first step to the last number: tracked, checkpointed, resumable.</summary>
internal sealed class PretrainingRun(
    SessionFactory sessions, Trackers trackers, EvaluationService evaluations, ConsoleProgress progress, TimeProvider time)
{
    /// <param name="configuration">What to train.</param>
    /// <param name="resume">The run to go on with; null starts a new one.</param>
    /// <param name="stop">Asks to stop after the current step.</param>
    public TrainingSummary Execute(ResolvedConfiguration configuration, RunDirectory? resume, CancellationToken stop)
    {
        using var session = sessions.Create(configuration);
        evaluations.RequireHeldOut(session);
        var recipe = RunDirectory.RecipeOf(configuration);
        using var tracked = trackers.For(configuration.Tracking).Start(RunTags.Describe(configuration, resume?.Record.RunId));
        var directory = resume ?? RunDirectory.Create(configuration.Trainer.OutputDirectory, tracked.RunId, recipe, time.GetUtcNow());
        var checkpoints = new CheckpointStore(directory.CheckpointDirectory, configuration.Trainer.KeepCheckpoints);
        directory.SetState(RunState.Running);
        try
        {
            Announce(session, tracked, directory);
            if (resume is not null)
            {
                Restore(session, checkpoints);
            }

            var summary = Train(session, tracked, directory, checkpoints, stop);
            tracked.End(summary.Completed ? RunOutcome.Finished : RunOutcome.Killed);
            directory.SetState(summary.Completed ? RunState.Finished : RunState.Stopped);   // last: a run killed before this line can still be resumed

            return summary;
        }
        catch
        {
            directory.SetState(RunState.Failed);
            tracked.End(RunOutcome.Failed);
            throw;
        }
    }

    private TrainingSummary Train(TrainingSession session, ITrackedRun tracked, RunDirectory directory, CheckpointStore checkpoints, CancellationToken stop)
    {
        var curves = new RunCurves();
        var observer = new TrackingObserver(tracked);
        var collapse = new CollapseWatch(session.Method, session.TotalSteps);
        using var online = evaluations.Online(session);
        var (start, firstStep, trainer) = (time.GetTimestamp(), session.Position.Step, session.Configuration.Trainer);

        void Save(TrainingSession s) => SaveCheckpoint(s, checkpoints, tracked);

        var completed = new Trainer(session, new(
            OnStep: report =>
            {
                progress.OnStep(report);
                observer.OnStep(report);
                curves.Add("train/loss", report.Step, report.Loss);
                Judge(collapse, report, tracked, trainer.OnCollapse);
            },
            OnEpoch: s =>
            {
                if (online?.Measure(s) is { } accuracy)
                {
                    progress.Say(FormattableString.Invariant($"epoch {s.EpochOfLastStep + 1}: {online.Protocol} accuracy {accuracy:P1}"));
                    tracked.LogMetric($"online/{online.Protocol}", accuracy, s.Position.Step);
                    curves.Add($"online/{online.Protocol}", s.Position.Step, accuracy);
                }

                var last = s.Position.Step >= s.TotalSteps;
                var isBest = online?.IsBest == true;
                if (last || isBest || (trainer.CheckpointEveryEpochs > 0 && s.Position.Epoch % trainer.CheckpointEveryEpochs == 0))
                {
                    var path = SaveCheckpoint(s, checkpoints, tracked);
                    if (isBest)
                    {
                        checkpoints.MarkBest(path);
                    }
                }
            },
            OnCheckpoint: Save), time).Run(stop);

        if (session.Loader.Skipped.Count > 0)
        {
            progress.Say($"{session.Loader.Skipped.Count} images could not be read and were skipped, the first: {session.Loader.Skipped[0].Message}");
            tracked.LogMetric("data/skipped_samples", session.Loader.Skipped.Count, session.Position.Step);
        }

        var seconds = time.GetElapsedTime(start).TotalSeconds;
        var speed = (session.Position.Step - firstStep) * session.Run.BatchSize / Math.Max(seconds, 1e-9);
        tracked.LogMetric("speed/mean_images_per_second", speed, session.Position.Step);
        IReadOnlyList<ProtocolResult> results = [];
        if (completed)
        {
            results = evaluations.Final(session, tracked, progress.Say);
            RunArtifacts.Store(session, tracked, directory, curves, checkpoints);
        }

        return new(tracked.RunId, directory.Path, completed, speed, TimeSpan.FromSeconds(seconds), results);
    }

    private void Judge(CollapseWatch watch, StepReport report, ITrackedRun tracked, CollapsePolicy policy)
    {
        if (report.Health is not { } health || watch.Observe(health, report.Step) is not { } message)
        {
            return;
        }

        progress.Say(message);
        tracked.SetTags(new Dictionary<string, string> { ["parallax.collapse"] = watch.Verdict ?? "recovered" });
        if (watch.Verdict is not null && policy == CollapsePolicy.Stop)
        {
            throw new ConfigurationException($"{watch.Verdict} The run ends here because trainer.onCollapse is stop; set it to warn to go on.");
        }
    }

    private void Announce(TrainingSession session, ITrackedRun tracked, RunDirectory directory)
    {
        tracked.LogParameters(session.Configuration.Flatten());
        tracked.LogDataset(session.Data.Info, "training");
        tracked.LogArtifact(directory.RecipePath, "config/recipe.yaml");
        WriteViews(session, tracked, Path.Combine(directory.Path, "views.png"));
    }

    // What the method gets to see: the first batch, as a picture.
    private static void WriteViews(TrainingSession session, ITrackedRun tracked, string file)
    {
        var batch = session.RemainingBatches().First();
        using (var stream = File.Create(file))
        {
            ViewPicture.Write(stream, batch, session.Data.Info);
        }

        tracked.LogArtifact(file, "pictures/views.png");
    }

    private void Restore(TrainingSession session, CheckpointStore checkpoints)
    {
        if (checkpoints.Latest is not { } path)
        {
            progress.Say("The run has no checkpoint yet: starting again from step 0, in the same run.");
            return;
        }

        using var checkpoint = CheckpointStore.Load(path);
        session.Restore(checkpoint);
        progress.Say($"Resuming at step {session.Position.Step} from '{path}'.");
    }

    private static string SaveCheckpoint(TrainingSession session, CheckpointStore checkpoints, ITrackedRun tracked)
    {
        tracked.Flush();   // a resumed run repeats what comes after the checkpoint, never what came before
        var state = new CheckpointState(CheckpointState.CurrentFormat, tracked.RunId, session.Position, session.BestAccuracy);

        return checkpoints.Save(state, RunDirectory.RecipeOf(session.Configuration), session.StateTensors());
    }
}
