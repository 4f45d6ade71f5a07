using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Evaluation;
using Parallax.Host.Tracking;

namespace Parallax.Host.Training;

/// <summary>What the first process does with the reports of a training: shows and tracks them, measures and keeps checkpoints.</summary>
internal sealed class RunObserver(TrainingSession session, OpenRun run, OnlineEvaluation? online, ConsoleProgress progress, CancellationToken stop)
{
    private readonly TrainerOptions _options = session.Experiment.Configuration.Trainer;
    private readonly TrackingObserver _tracking = new(run.Tracked);
    private readonly VerdictWatch _verdicts = new(session.Experiment.Method, session.Progress.TotalSteps, session.Progress.Verdicts);
    private readonly SlowdownWatch _slowdown =
        new(CpuThreads.Count, session.Experiment.Run.BatchSize, session.Experiment.Run.HasVideos, ProcessorUse.Read);

    private readonly ViewPictures _views =
        new(run.Tracked, run.Directory, session.Experiment.Configuration.Tracking.ViewsEveryEpochs, session.Experiment.Logger);

    private readonly MethodPictures _pictures = new(
        run.Tracked, run.Directory, session.Experiment.Configuration.Tracking.PicturesEveryEpochs,
        session.Experiment.Configuration.Tracking.AttentionPictures, session.Experiment.Logger);

    /// <summary>What the training does; null while nothing can be said.</summary>
    public Verdict? Verdict => _verdicts.Current;

    /// <summary>The curves so far.</summary>
    public RunCurves Curves { get; } = new(session.Progress.Curves);

    /// <summary>What the trainer calls.</summary>
    public TrainerCallbacks Callbacks => new(OnStep, _ => OnEpoch(), s => run.Save(s, _verdicts.History, Curves)) { OnNonFinite = OnNonFinite };

    /// <summary>Tracks what is known before the first step.</summary>
    public void OnStart()
    {
        run.Tracked.SetTags(new Dictionary<string, string>
        {
            [RunTags.Steps] = session.Progress.TotalSteps.ToString(CultureInfo.InvariantCulture),
            [RunTags.Samples] = SampleNoun.Of(session.Experiment.Run.HasVideos),
        });
        TrackVerdict();   // of a resumed run: that of its checkpoint, whatever the store has kept since
        if (_verdicts.Collapse is { } collapse)
        {
            run.Tracked.SetTags(new Dictionary<string, string> { [RunTags.Collapse] = collapse });
        }

        if (online is not null)
        {
            run.Tracked.LogDataset(online.Data, "testing");
        }

        if (session.Progress.Position.Step == 0)
        {
            WriteViews();
            _views.OnEpochStart(session);
            _pictures.OnEpochEnd(session);
        }
    }

    /// <summary>Tracks why the verdict of the end is given: where only the numbers have changed since it was told, the record has older ones.</summary>
    public void TrackVerdict()
    {
        if (Verdict is { } verdict)
        {
            run.Tracked.SetTags(new Dictionary<string, string>
            {
                [RunTags.Verdict] = verdict.Word, [RunTags.VerdictCause] = verdict.Cause, [RunTags.VerdictAdvice] = verdict.Advice,
            });
        }
    }

    // What the method gets to see: the first images of the epoch, as a picture.
    private void WriteViews()
    {
        var batch = session.Loader.Peek(session.Progress.Position.Epoch, ViewPicture.MostImages);
        var file = Path.Combine(run.Directory.Path, ViewPictures.FileName);
        RunFile.Replace(file, stream => ViewPicture.Write(stream, batch, session.Experiment.Data.Info));
        run.Tracked.LogArtifact(file, $"pictures/{ViewPictures.FileName}");
    }

    private void OnStep(StepReport report)
    {
        progress.OnStep(report);
        _tracking.OnStep(report);
        Curves.Add("train/loss", report.Step, report.Loss);
        ReportVerdict(report);
        progress.ShowVerdict(Verdict);
        if (session.Experiment is { Placement.IsCuda: false, World.Count: 1 } && _slowdown.Observe(report.Step) is { } slowed)
        {
            progress.WriteLine(slowed);
        }
    }

    private void OnEpoch()
    {
        var (step, epoch) = (session.Progress.Position.Step, session.Progress.Position.Epoch);
        var isBest = MeasureOnline(step, epoch);
        _views.OnEpochStart(session);   // before the checkpoint, which says that everything before it is logged
        _pictures.OnEpochEnd(session);
        if (session.Progress.IsAtEnd || isBest || (_options.CheckpointEveryEpochs > 0 && epoch % _options.CheckpointEveryEpochs == 0))
        {
            var path = run.Save(session, _verdicts.History, Curves);
            if (isBest)
            {
                run.Checkpoints.MarkBest(path);
            }
        }
    }

    private bool MeasureOnline(long step, int epoch)
    {
        if (online?.Measure(epoch, session.Progress.IsAtEnd, stop) is not { } accuracy)
        {
            return false;
        }

        progress.WriteLine(FormattableString.Invariant($"epoch {session.Progress.EpochOfLastStep + 1}: {online.Protocol} accuracy {accuracy:P1}"));
        run.Tracked.LogMetric($"online/{online.Protocol}", accuracy, step);
        Curves.Add($"online/{online.Protocol}", step, accuracy);

        return session.Progress.IsNewBest(accuracy);
    }

    private void ReportVerdict(StepReport report)
    {
        var (collapse, isChanged) = _verdicts.Observe(report);
        if (isChanged && Verdict is { } verdict)
        {
            TrackChange(verdict, report.Step);
            if (_verdicts.Collapse is null)   // else that says more
            {
                progress.WriteLine(FormattableString.Invariant($"Step {report.Step}: {verdict}"));
            }
        }

        if (collapse is null)
        {
            return;
        }

        progress.WriteLine(collapse);
        run.Tracked.SetTags(new Dictionary<string, string> { [RunTags.Collapse] = _verdicts.Collapse ?? "recovered" });
        if (_verdicts.Collapse is not null && _options.OnCollapse == CollapsePolicy.Stop)
        {
            throw new ConfigurationException(
                $"{_verdicts.Collapse} The run ends here because trainer.onCollapse is stop; set it to warn to go on.");
        }
    }

    // The run ends with it: the verdict is due at once, and nobody waits for reports in a row.
    private string? OnNonFinite(StepReport report)
    {
        _verdicts.ObserveNonFinite(report);
        TrackChange(Verdict!, report.Step);

        return run.Checkpoints.StepUpTo(report.Step - 1) is { } step
            ? FormattableString.Invariant($"The newest checkpoint is that of step {step}.") : null;
    }

    private void TrackChange(Verdict verdict, long step)
    {
        TrackVerdict();
        run.Tracked.SetTags(new Dictionary<string, string>
        {
            [FormattableString.Invariant($"{RunTags.VerdictAt}{step}")] = $"{verdict.Word}: {verdict.Cause}",
        });
    }
}
