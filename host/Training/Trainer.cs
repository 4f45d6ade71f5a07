using Parallax.Host.Configuration;
using Parallax.Host.Data;

namespace Parallax.Host.Training;

/// <summary>The training loop. One optimizer step is <see cref="TrainStep"/>; everything else decides when it runs and who is told.</summary>
internal sealed class Trainer(TrainingSession session, TrainerCallbacks callbacks, TimeProvider time)
{
    private readonly StepTimer _timer = new(time);
    private readonly TrainerOptions _options = session.Configuration.Trainer;

    /// <summary>Trains from the session's position to the end, or until stopping is asked for.</summary>
    /// <returns>False when it was stopped before the end; the position is then in a checkpoint.</returns>
    public bool Run(CancellationToken stop)
    {
        CpuThreads.UseOnThisThread();
        var speed = new SpeedMeter(time, session.Run.BatchSize, session.TotalSteps, session.Position.Step);
        session.RequireSynchronizedBatchNorm();
        var stops = session.EpochEndIsDue && EndEpoch(stop);
        while (!stops && session.Position.Step < session.TotalSteps)
        {
            session.BeforeEpoch();
            stops = TrainEpoch(speed, stop);

            // What is measured at the end of an epoch is part of the state, so a checkpoint there comes after it, or notes that it is due.
            stops = stops || (session.EpochEndIsDue && EndEpoch(stop)) || session.World.Any(stop.IsCancellationRequested);
            if (stops || IsCheckpointStep)
            {
                callbacks.OnCheckpoint(session);
            }
        }

        return session.Position.Step >= session.TotalSteps && !session.EpochEndIsDue;
    }

    /// <summary>Trains what is left of the epoch.</summary>
    /// <returns>True when it was stopped.</returns>
    private bool TrainEpoch(SpeedMeter speed, CancellationToken stop)
    {
        var epoch = session.Position.Epoch;
        var stops = false;
        using var batches = session.RemainingBatches().GetEnumerator();
        while (!stops && !IsOver(epoch))
        {
            var learningRate = session.LearningRate;
            using var result = TrainStep(batches);
            session.Advance();
            session.EpochEndIsDue = IsOver(epoch);
            if (IsLogStep || result.Loss is { } loss && !double.IsFinite(loss))
            {
                session.RequireSynchronizedBatchNorm();
                var report = Report(result, learningRate, speed);
                StopOnNonFinite(report);
                callbacks.OnStep(report);
            }

            stops = AsksToStop(stop);
            if (!stops && IsCheckpointStep && !session.EpochEndIsDue)
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
            session.EpochEndIsDue = false;   // in the checkpoint that OnEpoch writes, too
            callbacks.OnEpoch(session);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            session.EpochEndIsDue = true;
        }

        return session.World.Any(session.EpochEndIsDue);
    }

    // All processes stop after the same step. Several GPUs agree on that only where a step is logged: asking holds them up.
    private bool AsksToStop(CancellationToken stop) =>
        (IsLogStep || !session.StopsAtLoggedSteps) && session.World.Any(stop.IsCancellationRequested);

    private bool IsOver(int epoch) => session.Position.Epoch != epoch || session.Position.Step >= session.TotalSteps;

    private bool IsCheckpointStep => _options.CheckpointEverySteps > 0 && session.Position.Step % _options.CheckpointEverySteps == 0;

    private bool IsLogStep => session.Position.Step % _options.LogEverySteps == 0 || session.Position.Step == 1 || session.Position.Step == session.TotalSteps;

    /// <summary>One optimizer step: momentum pairs, forward and backward per micro-batch, clipping, update, queues.</summary>
    internal StepResult TrainStep(IEnumerator<HostBatch> batches)
    {
        using var scope = torch.NewDisposeScope();
        var result = new StepResult(session.World);
        session.SeedStep();
        session.Momentum.Update(MomentumUpdate.BeforeForward, session.ScheduleStep, session.ScheduleLength);
        session.Optimizer.ZeroGradients();

        for (var micro = 0; micro < _options.Accumulation; micro++)
        {
            _timer.Enter(Phase.Data);
            var batch = session.NextBatch(batches);

            _timer.Enter(Phase.Forward);
            StepOutput output;
            using (session.Autocast())
            {
                output = session.Method.Step(batch, session.Context(micro));
            }

            _timer.Enter(Phase.Backward);
            session.Optimizer.Backward(output.Loss / _options.Accumulation);
            result.Add(output);
        }

        _timer.Enter(Phase.Optimizer);
        if (!session.IsCuda)
        {
            result.ReadLoss();   // free on the CPU; on CUDA the loss is read when it is logged, a read stalls the device
        }

        if (result.Loss is null || double.IsFinite(result.Loss.Value))
        {
            session.AverageGradients();
            result.GradientNorm = session.Optimizer.Step(session.ScheduleStep, _options.ClipGradNorm);
            session.Momentum.Update(MomentumUpdate.AfterOptimizerStep, session.ScheduleStep, session.ScheduleLength);
            result.Remember();
        }

        _timer.Leave();
        return result.KeepBeyond(scope);
    }

    private StepReport Report(StepResult output, double learningRate, SpeedMeter speed)
    {
        var loss = output.ReadLoss();
        var (imagesPerSecond, remaining) = speed.Read(session.Position.Step);

        return new(session.Position.Step, session.TotalSteps, session.EpochOfLastStep, session.Run.Epochs, loss, learningRate, output.ReadDiagnostics(),
            imagesPerSecond, remaining, _timer.TakeSplit(), double.IsFinite(loss) ? output.ReadHealth() : null);   // of embeddings that are no numbers there is nothing to say
    }

    private void StopOnNonFinite(StepReport report)
    {
        if (!double.IsFinite(report.Loss))
        {
            throw session.World.Fault(FormattableString.Invariant(
                $"The loss is {report.Loss} at step {report.Step} (learning rate {report.LearningRate:G4}); expected a finite number. Lower optimizer.baseLearningRate, raise schedule.warmupEpochs, or set trainer.clipGradNorm; the last checkpoint is from before this step."));
        }
    }
}
