using Microsoft.Extensions.Logging;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Distributed;
using Parallax.Host.Evaluation;
using Parallax.Host.Tracking;

namespace Parallax.Host.Training;

/// <summary>How a run ended, for the command line.</summary>
/// <param name="RunId">Identifier in the tracking store.</param>
/// <param name="Directory">Its folder.</param>
/// <param name="Completed">False when it was stopped before the end.</param>
/// <param name="ImagesPerSecond">Mean over the whole training.</param>
/// <param name="TrainingTime">Time of the whole training without the final protocols; of a resumed run, what it takes at this process's speed, and zero when nothing was left to train.</param>
/// <param name="Measured">What the final protocols measured, and which of them have no number.</param>
internal sealed record TrainingSummary(string RunId, string Directory, bool Completed, double ImagesPerSecond, TimeSpan TrainingTime, Measurement Measured)
{
    /// <summary>Whether the run had been finished before and was left as it is.</summary>
    public bool IsNothingLeft { get; init; }
}

/// <summary>One pretraining from the first step to the last number: tracked, checkpointed, resumable, in one process or many.</summary>
internal sealed class PretrainingRun(
    SessionFactory sessions,
    Trackers trackers,
    EvaluationService evaluations,
    DataAnnouncement announcement,
    StopSignals signals,
    ConsoleProgress progress,
    TimeProvider time)
{
    /// <param name="configuration">What to train.</param>
    /// <param name="resume">The run to go on with, as the command line names it; null starts a new one. Looked for by the first process only.</param>
    /// <param name="environment">Which of the processes of the run this one is.</param>
    /// <param name="stop">Asks to stop after the current step.</param>
    /// <exception cref="ConfigurationException">Something does not fit; a run that was to be resumed is as it was then.</exception>
    /// <exception cref="ProcessGroupException">Another process is gone, or cannot be reached.</exception>
    public TrainingSummary Execute(ResolvedConfiguration configuration, string? resume, ProcessEnvironment environment, CancellationToken stop)
    {
        BatchParts.Check(configuration.Trainer, environment.Count);
        var world = World.Join(environment, new Placement(configuration.Trainer, environment).Device);
        using var point = world.RunOnAll(() => world.IsFirst && resume is not null ? ResumePoint.Find(configuration, resume, progress.WriteLine) : null);
        using var session = sessions.Create(configuration, world);
        session.Stop = stop;
        var path = world.FromFirst(point?.Checkpoint?.Path);
        world.RunOnAll(() => Restore(session, point?.Checkpoint, path));
        if (world.Any(point?.Directory.Record.State == RunState.Finished && session.Position.Step >= session.TotalSteps))
        {
            world.Leave();

            var (id, folder) = (point?.Directory.Record.RunId ?? "", point?.Directory.Path ?? "");

            return new(id, folder, Completed: true, 0, TimeSpan.Zero, Measurement.Nothing) { IsNothingLeft = true };
        }

        using var run = world.RunOnAll(() => world.IsFirst ? Open(session, point) : null);
        if (point is not null)
        {
            point.Notes.Append(ResumeRules.Describe(session, point.Checkpoint)).ToList().ForEach(progress.WriteLine);
        }

        return run is null ? RunAsOther(session, stop) : RunAsFirst(session, run, stop);
    }

    /// <summary>Notes that a run ended when the process that kept its record was killed.</summary>
    public void MarkFailed(ResolvedConfiguration configuration, RunDirectory directory, int processes)
    {
        using var tracked = trackers.Record(configuration.Tracking, RunTags.Describe(configuration, directory.Record.RunId, processes));
        tracked.End(RunOutcome.Failed);
        directory.SetState(RunState.Failed);
    }

    private OpenRun Open(TrainingSession session, ResumePoint? resume)
    {
        var configuration = session.Configuration;
        string[] notes = [.. evaluations.RequireHeldOut(session), .. ShortRunNotes.Of(configuration, session.Run, session.ScheduleLength)];
        OutputFolder.Require(
            resume?.Directory.Path ?? configuration.Trainer.OutputDirectory,
            checkpointBytes: session.Module.state_dict().Values.Sum(tensor => tensor.NumberOfElements * tensor.ElementSize));
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

            tracked = trackers.For(configuration.Tracking).Start(RunTags.Describe(configuration, resume?.Directory.Record.RunId, session.World.Count));
            taken ??= RunLock.Take(Path.Combine(root, tracked.RunId));   // before there is a run.json, by which others find it
            var recipe = RunDirectory.RecipeOf(configuration);
            var directory = resume?.Directory ?? RunDirectory.Create(root, tracked.RunId, recipe, time.GetUtcNow());
            taken.Keep();
            directory.Begin(recipe);
            foreach (var note in notes)   // last: a fault comes alone
            {
                session.Logger.LogWarning("{Note}", note);
            }

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

    /// <summary>The first process: it alone writes, tracks and evaluates. The others wait for it at the next exchange.</summary>
    private TrainingSummary RunAsFirst(TrainingSession session, OpenRun run, CancellationToken stop)
    {
        announcement.Write(session.Data.Info);
        using var note = signals.BeforeTheEnd(() =>
        {
            progress.WriteLine($"What run {run.Tracked.RunId} has done up to its newest checkpoint is kept. Go on with --resume {run.Tracked.RunId}.");
            NoteStopped(run);
        });
        try
        {
            run.Checkpoints.RemoveUnfinished();
            Announce(session, run.Tracked, run.Directory);
            var summary = Train(session, run.Tracked, run.Directory, run.Checkpoints, stop);
            if (!summary.Completed)
            {
                using var time = signals.Within(StopSignals.ForTheRecord);
                NoteStopped(run);

                return summary;
            }

            run.Tracked.End(RunOutcome.Finished);
            run.Directory.SetState(RunState.Finished);   // last: a run killed before this line can still be resumed

            return summary;
        }
        catch
        {
            NoteFailure(run);
            throw;
        }
    }

    // A disk that is full must not hide what went wrong first.
    private void NoteFailure(OpenRun run)
    {
        try
        {
            run.Directory.SetState(RunState.Failed);
        }
        catch (ConfigurationException e)
        {
            progress.WriteLine(e.Message);
        }

        run.Tracked.End(RunOutcome.Failed);
    }

    private static void NoteStopped(OpenRun run)
    {
        if (run.Directory.Record.State == RunState.Finished)
        {
            return;   // it came to its end while it was told to stop
        }

        try
        {
            run.Directory.SetState(RunState.Stopped);   // first: a tracking server may not answer in time
        }
        finally
        {
            run.Tracked.End(RunOutcome.Killed);
        }
    }

    /// <summary>Any other process: it trains, and does nothing else.</summary>
    private TrainingSummary RunAsOther(TrainingSession session, CancellationToken stop)
    {
        using var patience = signals.Within(Patience(session));   // the first process may still write its last checkpoint
        var completed = Run(session, TrainerCallbacks.None, stop);
        CountSkipped(session);
        session.World.Leave();

        return new("", "", completed, 0, TimeSpan.Zero, Measurement.Nothing);
    }

    private TrainingSummary Train(TrainingSession session, ITrackedRun tracked, RunDirectory directory, CheckpointStore checkpoints, CancellationToken stop)
    {
        var curves = new RunCurves();
        var observer = new TrackingObserver(tracked);
        var collapse = new CollapseWatch(session.Method, session.TotalSteps);
        var views = new ViewPictures(tracked, directory, session.Configuration.Tracking.ViewsEveryEpochs, session.Logger);
        using var online = evaluations.Online(session);
        if (online is not null)
        {
            tracked.LogDataset(online.Data, "testing");
        }

        if (session.Position.Step == 0)
        {
            views.OnEpochStart(session);
        }

        var (start, firstStep, trainer) = (time.GetTimestamp(), session.Position.Step, session.Configuration.Trainer);

        void Save(TrainingSession s) => SaveCheckpoint(s, checkpoints, tracked);

        var completed = Run(session, new(
            OnStep: report =>
            {
                progress.OnStep(report);
                observer.OnStep(report);
                curves.Add("train/loss", report.Step, report.Loss);
                ReportCollapse(collapse, report, tracked, trainer.OnCollapse);
            },
            OnEpoch: s =>
            {
                if (online?.Measure(s) is { } accuracy)
                {
                    progress.WriteLine(FormattableString.Invariant($"epoch {s.EpochOfLastStep + 1}: {online.Protocol} accuracy {accuracy:P1}"));
                    tracked.LogMetric($"online/{online.Protocol}", accuracy, s.Position.Step);
                    curves.Add($"online/{online.Protocol}", s.Position.Step, accuracy);
                }

                views.OnEpochStart(s);   // before the checkpoint, which says that everything before it is logged
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
            OnCheckpoint: Save), stop);

        if (CountSkipped(session) is > 0 and var skipped)
        {
            var example = session.Loader.Skipped.Select(s => $" One of them: {s.Message}").FirstOrDefault("");
            progress.WriteLine($"Images that could not be read and were skipped: {skipped}.{example}");
            tracked.LogMetric("data/skipped_samples", skipped, session.Position.Step);
        }

        session.World.Leave();   // the others may end; what follows is for this process alone
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        var speed = (session.Position.Step - firstStep) * session.Run.BatchSize / Math.Max(seconds, 1e-9);
        if (session.Position.Step > firstStep)
        {
            tracked.LogMetric("speed/mean_images_per_second", speed, session.Position.Step);
        }

        var measured = Measurement.Nothing;
        try
        {
            if (completed)
            {
                RunArtifacts.Store(session, tracked, directory, curves, checkpoints);   // first: weights do not depend on what can be measured on them
                stop.ThrowIfCancellationRequested();   // what is trained is kept; who resumes measures it
                measured = evaluations.Final(session, tracked, progress.WriteLine);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            completed = false;
        }

        var wholeTime = speed > 0 ? TimeSpan.FromSeconds(session.ScheduleLength * session.Run.BatchSize / speed) : TimeSpan.Zero;

        return new(tracked.RunId, directory.Path, completed, speed, wholeTime, measured);
    }

    // A step cannot be cut short, and its checkpoint takes a moment; everything else ends sooner.
    private bool Run(TrainingSession session, TrainerCallbacks callbacks, CancellationToken stop)
    {
        using var patience = signals.Within(Patience(session));

        return new Trainer(session, callbacks, time).Run(stop);
    }

    private static TimeSpan Patience(TrainingSession session) => session.StopsAtLoggedSteps ? StopSignals.ForSomeSteps : StopSignals.ForAStep;

    private void ReportCollapse(CollapseWatch watch, StepReport report, ITrackedRun tracked, CollapsePolicy policy)
    {
        if (report.Health is not { } health || watch.Observe(health, report.Step) is not { } message)
        {
            return;
        }

        progress.WriteLine(message);
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
        if (session.Position.Step == 0)
        {
            WriteViews(session, tracked, Path.Combine(directory.Path, "views.png"));
        }
    }

    // What the method gets to see: the first images of the epoch, as a picture.
    private static void WriteViews(TrainingSession session, ITrackedRun tracked, string file)
    {
        var batch = session.Loader.Peek(session.Position.Epoch, ViewPicture.MostImages);
        RunFile.Replace(file, stream => ViewPicture.Write(stream, batch, session.Data.Info));
        tracked.LogArtifact(file, "pictures/views.png");
    }

    private static double CountSkipped(TrainingSession session) => session.World.Sum(session.Loader.Skipped.Count);

    // All processes read the checkpoint that the first one found, and whoever cannot use it says so before anything is written.
    private static bool Restore(TrainingSession session, Checkpoint? own, string? path)
    {
        if (path is null)
        {
            return false;
        }

        using var checkpoint = own ?? CheckpointStore.Load(path);
        ResumeRules.Require(checkpoint.State, path, session.Plan, session.Run);
        session.Restore(checkpoint);

        return true;
    }

    private static string SaveCheckpoint(TrainingSession session, CheckpointStore checkpoints, ITrackedRun tracked)
    {
        tracked.Flush();   // a resumed run repeats what comes after the checkpoint, never what came before
        var state = new CheckpointState(CheckpointState.CurrentFormat, tracked.RunId, session.Position, session.BestAccuracy)
        {
            EpochEndIsDue = session.EpochEndIsDue,
            Data = TrainedData.Of(session.Run),
        };

        return checkpoints.Save(state, RunDirectory.RecipeOf(session.Configuration), session.StateTensors());
    }

    /// <summary>What the first process keeps of a run.</summary>
    private sealed record OpenRun(ITrackedRun Tracked, RunDirectory Directory, RunLock Lock, CheckpointStore Checkpoints) : IDisposable
    {
        public void Dispose()
        {
            Tracked.Dispose();
            Lock.Dispose();
        }
    }
}
