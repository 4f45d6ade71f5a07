using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Distributed;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;

namespace Parallax.Host.Training;

/// <summary>The training loop. One optimizer step is <see cref="TrainStep"/>; everything else decides when it runs and what is reported.</summary>
internal sealed class Trainer(TrainingSession session, TrainerCallbacks callbacks, TimeProvider time, StepProfile? profile = null)
{
    private readonly StepTimer _timer = new(time);
    private readonly Experiment _experiment = session.Experiment;
    private readonly TrainerOptions _options = session.Experiment.Configuration.Trainer;
    private readonly TrainingProgress _progress = session.Progress;
    private readonly OptimizerDriver _optimizer = session.Optimizer;

    /// <summary>Trains from the session's position to the end, or until stopping is asked for.</summary>
    /// <returns>False when it was stopped before the end; the position is then in a checkpoint.</returns>
    public bool Run(CancellationToken stop)
    {
        CpuThreads.UseOnThisThread();
        var speed = new SpeedMeter(time, _experiment.Run.BatchSize, _progress.TotalSteps, Step);
        session.Parallel.RequireSynchronizedBatchNorm();
        var stops = _progress.EpochEndIsDue && EndEpoch(stop);
        while (!stops && !_progress.IsAtEnd)
        {
            stops = BeginEpoch(stop) || TrainEpoch(speed, stop);

            // What is measured at the end of an epoch is part of the state, so a checkpoint there comes after it, or notes that it is due.
            stops = stops || (_progress.EpochEndIsDue && EndEpoch(stop)) || _experiment.World.Any(stop.IsCancellationRequested);
            if (stops || IsCheckpointStep)
            {
                callbacks.OnCheckpoint(session);
            }
        }

        return _progress.IsAtEnd && !_progress.EpochEndIsDue;
    }

    /// <summary>Trains what is left of the epoch.</summary>
    /// <returns>True when it was stopped.</returns>
    private bool TrainEpoch(SpeedMeter speed, CancellationToken stop)
    {
        var epoch = _progress.Position.Epoch;
        var stops = false;
        using var batches = session.Loader.Epoch(_progress.Position.Epoch, _progress.Position.Samples).GetEnumerator();
        while (!stops && !IsOver(epoch))
        {
            var learningRate = _optimizer.LearningRateAt(_progress.ScheduleStep);
            profile?.BeginStep();
            callbacks.Steps?.BeginStep();
            using var result = TrainStep(batches);
            _progress.Advance();
            profile?.EndStep(Step);
            _progress.EpochEndIsDue = IsOver(epoch);
            var isReported = IsLogStep || result.Loss is { } loss && !double.IsFinite(loss);
            var report = isReported ? Report(result, learningRate, speed) : null;
            callbacks.Steps?.EndStep(result.Loss);
            if (report is not null)
            {
                session.Parallel.RequireSynchronizedBatchNorm();
                StopOnNonFinite(report);
                callbacks.OnStep(report);
            }

            stops = AsksToStop(stop);
            if (!stops && IsCheckpointStep && !_progress.EpochEndIsDue)
            {
                callbacks.OnCheckpoint(session);
            }
        }

        return stops;
    }

    /// <summary>Does what is due at the end of an epoch. A measurement that is stopped is repeated by whoever resumes.</summary>
    /// <returns>True when it was stopped.</returns>
    private bool EndEpoch(CancellationToken stop)
    {
        try
        {
            _progress.EpochEndIsDue = false;   // in the checkpoint that OnEpoch writes, too
            callbacks.OnEpoch(session);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _progress.EpochEndIsDue = true;
        }

        return _experiment.World.Any(_progress.EpochEndIsDue);
    }

    // All processes stop after the same step. Several GPUs agree on that only where a step is logged: asking holds them up.
    private bool AsksToStop(CancellationToken stop) =>
        (IsLogStep || !session.Parallel.StopsAtLoggedSteps) && _experiment.World.Any(stop.IsCancellationRequested);

    private bool IsOver(int epoch) => _progress.Position.Epoch != epoch || _progress.IsAtEnd;

    private long Step => _progress.Position.Step;

    private bool IsCheckpointStep => _options.CheckpointEverySteps > 0 && Step % _options.CheckpointEverySteps == 0;

    private bool IsLogStep => Step % _options.LogEverySteps == 0 || Step == 1 || _progress.IsAtEnd;

    /// <summary>One optimizer step: momentum pairs, forward and backward per micro-batch, clipping, update, queues.</summary>
    internal StepResult TrainStep(IEnumerator<HostBatch> batches)
    {
        using var scope = torch.NewDisposeScope();
        var result = new StepResult(_experiment.World);
        session.Randomness.SeedStep();
        _experiment.Momentum.Update(MomentumUpdate.BeforeForward, _progress.ScheduleStep, _progress.ScheduleLength);
        _optimizer.ZeroGradients();

        for (var micro = 0; micro < _options.Accumulation; micro++)
        {
            Enter(Phase.Data);
            var batch = NextBatch(batches);

            Enter(Phase.Forward);
            StepOutput output;
            using (_experiment.Placement.Autocast())
            {
                output = _experiment.Method.Step(batch, session.Randomness.Context(micro));
            }

            Enter(Phase.Backward);
            if (micro == _options.Accumulation - 1)
            {
                session.Parallel.ExpectLastBackward();
            }

            _optimizer.Backward(output.Loss / _options.Accumulation);
            result.Add(output);
        }

        Enter(Phase.Optimizer);
        if (!_experiment.Placement.IsCuda)
        {
            result.ReadLoss();   // free on the CPU; on CUDA the loss is read when it is logged, a read stalls the device
        }

        session.Parallel.AverageGradients();   // in any case: the exchange may have begun
        if (result.Loss is null || double.IsFinite(result.Loss.Value))
        {
            if (!result.SkipsUpdate)
            {
                result.GradientNorm = _optimizer.Step(_progress.ScheduleStep, _options.ClipGradNorm);
                _experiment.Momentum.Update(MomentumUpdate.AfterOptimizerStep, _progress.ScheduleStep, _progress.ScheduleLength);
            }

            result.Remember();
        }

        _timer.Leave();
        return result.KeepBeyond(scope);
    }

    private void Enter(Phase phase)
    {
        _timer.Enter(phase);
        profile?.Enter(phase);
    }

    /// <summary>Lets the method work over the data set, when it declares that and the epoch is about to start. Whoever resumes begins it again.</summary>
    /// <returns>True when it was stopped.</returns>
    internal bool BeginEpoch(CancellationToken stop)
    {
        var epoch = _progress.Position.Epoch;
        if (_experiment.Method is IEpochPhase { IsNeeded: true } phase && _progress.Position.Samples == 0 && phase.IsDue(epoch))
        {
            using var scope = torch.NewDisposeScope();
            using var noGrad = torch.no_grad();
            _experiment.Module.eval();
            session.Randomness.SeedEpoch();
            using var labels = new EpochLabels(_experiment.Learned);
            var agreed = new AgreedStop(_experiment.World, stop);
            var middle = new EvaluationViews(_experiment.TestClips.Clip);   // whatever evaluations average over
            var context = new EpochContext(
                epoch, new FeatureExtractor(_experiment, _experiment.Learned, agreed, middle), _experiment.Logger)
            {
                ReadLabels = labels.Read, Stop = stop,
            };
            if (agreed.Run(() => phase.BeforeEpoch(context)))
            {
                return true;
            }

            session.Parallel.ShareWeights();   // sums on a GPU differ in their last bits: one process says which image is in which cluster
            _optimizer.BeginEpoch(epoch);
        }

        _experiment.Module.train();

        return false;
    }

    // On the device, and valid until the one after it is asked for.
    private Batch NextBatch(IEnumerator<HostBatch> batches)
    {
        if (!batches.MoveNext())
        {
            throw new InvalidOperationException($"The loader ended after {_progress.Position.Samples} images of epoch {_progress.Position.Epoch}; it should "
                + $"give {_experiment.Run.StepsPerEpoch} steps of {_experiment.Run.BatchSize} images.");
        }

        callbacks.Steps?.OnBatch(batches.Current);

        return _experiment.ToDevice(batches.Current);
    }

    private StepReport Report(StepResult output, double learningRate, SpeedMeter speed)
    {
        var loss = output.ReadLoss();
        var (imagesPerSecond, remaining) = speed.Read(Step);
        var health = double.IsFinite(loss) ? output.ReadHealth() : null;   // embeddings that are no numbers have none

        return new(Step, _progress.TotalSteps, _progress.EpochOfLastStep, _experiment.Run.Epochs, loss, learningRate, output.ReadDiagnostics(),
            imagesPerSecond, remaining, _timer.TakeSplit(), health)
        {
            AreVideos = _experiment.Run.HasVideos,
        };
    }

    private void StopOnNonFinite(StepReport report)
    {
        if (!double.IsFinite(report.Loss))
        {
            var kept = callbacks.OnNonFinite(report) is { } sentence ? $" {sentence}" : "";
            throw _experiment.World.Fault(FormattableString.Invariant(
                $"The loss is {report.Loss} at step {report.Step} (learning rate {report.LearningRate:G4}); expected a finite number. ")
                + $"{Verdict.OfDivergence}{kept}");
        }
    }
}
