using Microsoft.Extensions.Logging;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Distributed;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;
using Parallax.Host.Processes;
using Parallax.Host.Tracking;

namespace Parallax.Host.Training;

/// <summary>One pretraining from the first step to the last number: tracked, checkpointed, resumable, in one process or many.</summary>
internal sealed class PretrainingRun(
    SessionFactory sessions,
    Trackers trackers,
    MachineTuning tuning,
    EvaluationService evaluations,
    RunModel model,
    DataReport data,
    StopSignals signals,
    ConsoleProgress progress,
    PluginFolders plugins,
    TimeProvider time)
{
    /// <summary>The metric with the mean speed of a whole training.</summary>
    public const string MeanSpeed = "speed/mean_images_per_second";

    /// <param name="configuration">What to train.</param>
    /// <param name="resume">The run to go on with, as the command line names it; null starts a new one. Looked for by the first process only.</param>
    /// <param name="environment">Which of the processes of the run this one is.</param>
    /// <param name="stop">Asks to stop after the current step.</param>
    /// <param name="profiled">Steps that the first process observes; 0 for none.</param>
    /// <exception cref="ConfigurationException">Something does not fit; a run that was to be resumed is as it was then.</exception>
    /// <exception cref="ProcessGroupException">Another process is gone, or cannot be reached.</exception>
    public TrainingSummary Execute(
        ResolvedConfiguration configuration, string? resume, ProcessEnvironment environment, CancellationToken stop, int profiled = 0)
    {
        BatchParts.Check(configuration.Trainer, environment.Count);
        var world = World.Join(environment, new Placement(configuration.Trainer, environment).Device);
        using var point = world.RunOnAll(() => world.IsFirst && resume is not null ? ResumePoint.Find(configuration, resume, progress.WriteLine) : null);
        var path = world.FromFirst(point?.Checkpoint?.Path);
        var constants = path is null ? null : CheckpointStore.StateOf(path)?.Data?.Constants;   // of other data: the weights know those they were trained with
        using var session = sessions.Create(
            tuning.Choose(configuration, environment, point?.Directory.Record, stop), world, isRestored: path is not null, constants);
        world.RunOnAll(() => Restore(session, point?.Checkpoint, path));
        if (world.Any(point?.Directory.Record.State == RunState.Finished && session.Progress.IsAtEnd))
        {
            world.Leave();

            var (id, folder) = (point?.Directory.Record.RunId ?? "", point?.Directory.Path ?? "");

            return new(id, folder, Completed: true, 0, TimeSpan.Zero, Measurement.Nothing) { IsNothingLeft = true, HasClasses = HasClasses(session) };
        }

        using var run = world.RunOnAll(() => world.IsFirst ? Open(session, point) : null);
        if (point is not null)
        {
            point.Notes.Append(ResumeRules.Describe(session, point.Checkpoint)).ToList().ForEach(progress.WriteLine);
        }

        return run is null ? RunAsOther(session, stop) : RunAsFirst(session, run, profiled, stop);
    }

    /// <summary>Notes that a run ended when the process that kept its record was killed.</summary>
    public void MarkFailed(ResolvedConfiguration configuration, RunDirectory directory, int processes)
    {
        using var tracked = trackers.Record(configuration.Tracking, RunTags.Describe(configuration, directory.Record.RunId, processes));
        tracked.SetTags(RunFailure.TagsOf("A process of the run ended without a word: it was killed, or its machine is gone."));
        tracked.End(RunOutcome.Failed);
        directory.SetState(RunState.Failed);
    }

    // All processes read the checkpoint that the first one found, and a fault of any of them shows before anything is written.
    private static bool Restore(TrainingSession session, Checkpoint? own, string? path)
    {
        if (path is null)
        {
            return false;
        }

        using var checkpoint = own ?? CheckpointStore.Load(path);
        ResumeRules.Require(checkpoint.State, path, session.Progress.Plan, session.Experiment.Run);
        session.Restore(checkpoint);

        return true;
    }

    private OpenRun Open(TrainingSession session, ResumePoint? resume)
    {
        var (experiment, configuration) = (session.Experiment, session.Experiment.Configuration);
        string[] notes =
        [
            .. evaluations.RequireHeldOut(experiment), .. ViewNotes.Of(experiment),
            .. ShortRunNotes.Of(configuration, experiment.Run, session.Progress.ScheduleLength),
        ];
        OutputFolder.Require(
            resume?.Directory.Path ?? configuration.Trainer.OutputDirectory,
            checkpointBytes: experiment.Module.state_dict().Values.Sum(tensor => tensor.NumberOfElements * tensor.ElementSize));
        var run = OpenRun.Start(session, resume, trackers, time.GetUtcNow());
        foreach (var note in notes)   // last: a fault comes alone
        {
            experiment.Logger.LogWarning("{Note}", note);
        }

        return run;
    }

    /// <summary>The first process: it alone writes, tracks and evaluates. The others wait for it at the next exchange.</summary>
    private TrainingSummary RunAsFirst(TrainingSession session, OpenRun run, int profiled, CancellationToken stop)
    {
        data.Write(session.Experiment.Learned);
        using var record = signals.BeforeTheEnd(run.NoteStopped);   // a note of its own: a terminal that takes no lines does not hold it up
        using var note = signals.BeforeTheEnd(() =>
            progress.WriteLine($"What run {run.Tracked.RunId} has done up to its newest checkpoint is kept. Go on with --resume {run.Tracked.RunId}."));
        try
        {
            run.Checkpoints.RemoveUnfinished();
            var summary = Train(session, run, profiled, stop);
            if (summary.Completed)
            {
                run.NoteFinished();
            }
            else
            {
                using var patience = signals.Within(StopSignals.ForTheRecord);
                run.NoteStopped();
            }

            return summary;
        }
        catch (Exception e)
        {
            run.NoteFailed(e, progress.WriteLine);
            throw;
        }
    }

    /// <summary>Any other process: it trains, and does nothing else.</summary>
    private TrainingSummary RunAsOther(TrainingSession session, CancellationToken stop)
    {
        using var limit = signals.Within(TimeToStop(session));   // the first process may still write its last checkpoint
        var completed = Run(session, TrainerCallbacks.None, stop);
        CountSkipped(session);
        session.Experiment.World.Leave();

        return new("", "", completed, 0, TimeSpan.Zero, Measurement.Nothing);
    }

    private TrainingSummary Train(TrainingSession session, OpenRun run, int profiled, CancellationToken stop)
    {
        run.Describe(session.Experiment);   // first: a run that fails from here on has its recipe in the record
        using var online = evaluations.Online(session.Experiment);
        var observer = new RunObserver(session, run, online, progress, stop);
        observer.OnStart();
        var (start, firstStep) = (time.GetTimestamp(), session.Progress.Position.Step);
        var profile = profiled == 0 ? null : new StepProfile(
            profiled, session.Progress.TotalSteps - firstStep, trace => ProfileFiles.Write(trace, run.Directory.Path, run.Tracked, progress.WriteLine));
        var completed = RunRecorded(session, run, observer, profile, stop);
        ReportSkipped(session, run.Tracked);
        session.Experiment.World.Leave();   // the others may end; what follows is for this process alone

        var (step, images) = (session.Progress.Position.Step, session.Experiment.Run.BatchSize);
        var speed = (step - firstStep) * images / Math.Max(time.GetElapsedTime(start).TotalSeconds, 1e-9);
        if (step > firstStep)
        {
            run.Tracked.LogMetric(MeanSpeed, speed, step);
        }

        var measured = completed ? Finish(session, run, observer.Curves, stop) : null;
        var wholeTime = speed > 0 ? TimeSpan.FromSeconds(session.Progress.ScheduleLength * images / speed) : TimeSpan.Zero;

        return new(run.Tracked.RunId, run.Directory.Path, measured is not null, speed, wholeTime, measured ?? Measurement.Nothing)
        {
            Verdict = observer.Verdict, AreVideos = session.Experiment.Run.HasVideos, HasClasses = HasClasses(session),
        };
    }

    private static bool HasClasses(TrainingSession session) => session.Experiment.Data.Info.Classes.Count > 0;

    // Null when it was stopped: what is trained is kept; who resumes measures it.
    private Measurement? Finish(TrainingSession session, OpenRun run, RunCurves curves, CancellationToken stop)
    {
        try
        {
            RunArtifacts.Store(session.Experiment, run, curves);   // first: weights do not depend on what can be measured on them
            stop.ThrowIfCancellationRequested();
            model.Log(session, run, progress.WriteLine, stop);

            var measured = evaluations.Final(session.Experiment, run.Tracked, session.Progress.Position.Step, progress.WriteLine, stop);
            RunArtifacts.StoreConfusion(session, run, measured, progress.WriteLine);

            return measured;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    }

    // What ends a training before its time leaves the last steps in the folder of the run.
    private bool RunRecorded(TrainingSession session, OpenRun run, RunObserver observer, StepProfile? profile, CancellationToken stop)
    {
        var box = new BlackBox(session, new(run.Directory), plugins);
        using var live = progress.Live();
        try
        {
            return Run(session, observer.Callbacks with { Steps = box }, stop, profile);
        }
        catch (Exception e)
        {
            box.Write(run, e.Message, progress.WriteLine);
            throw;
        }
        finally
        {
            observer.TrackVerdict();
        }
    }

    // A step cannot be cut short, and its checkpoint takes a moment; everything else ends sooner.
    private bool Run(TrainingSession session, TrainerCallbacks callbacks, CancellationToken stop, StepProfile? profile = null)
    {
        using var observed = profile;
        using var limit = signals.Within(TimeToStop(session));

        return new Trainer(session, callbacks, time, profile).Run(stop);
    }

    private static TimeSpan TimeToStop(TrainingSession session) => session.Parallel.StopsAtLoggedSteps ? StopSignals.ForSomeSteps : StopSignals.ForAStep;

    private void ReportSkipped(TrainingSession session, ITrackedRun tracked)
    {
        if (CountSkipped(session) is > 0 and var skipped)
        {
            var noun = session.Experiment.Run.HasVideos ? "Videos" : "Images";
            var example = session.Loader.Skipped.Select(s => $" One of them: {s.Message}").FirstOrDefault("");
            progress.WriteLine($"{noun} that could not be read and were skipped: {skipped}.{example}");
            tracked.LogMetric("data/skipped_samples", skipped, session.Progress.Position.Step);
        }
    }

    private static double CountSkipped(TrainingSession session) => session.Experiment.World.Sum(session.Loader.Skipped.Count);
}
