using Parallax.Host.Data;
using Parallax.Host.Experiments;

namespace Parallax.Host.Training;

/// <summary>The parts of a training. <see cref="Trainer"/> runs it, <see cref="SessionState"/> takes it to a checkpoint and back.</summary>
internal sealed class TrainingSession : IDisposable
{
    /// <param name="experiment">What is trained; disposed with this, as everything else.</param>
    /// <param name="loader">Its batches.</param>
    /// <param name="optimizer">Its optimizer.</param>
    public TrainingSession(Experiment experiment, BatchLoader loader, OptimizerDriver optimizer)
    {
        (Experiment, Loader, Optimizer) = (experiment, loader, optimizer);
        Progress = new(TrainingPlan.Of(experiment.Run, experiment.Configuration.Trainer.MaxSteps));
        Randomness = new(experiment, Progress);
        Parallel = new(experiment);
    }

    public Experiment Experiment { get; }

    public BatchLoader Loader { get; }

    public OptimizerDriver Optimizer { get; }

    /// <summary>How far it has come.</summary>
    public TrainingProgress Progress { get; }

    /// <summary>The random numbers of its steps.</summary>
    public StepRandomness Randomness { get; }

    /// <summary>The exchange with the other processes.</summary>
    public DataParallel Parallel { get; }

    public void Dispose()
    {
        Loader.Dispose();
        Optimizer.Dispose();
        Randomness.Dispose();
        Experiment.Dispose();
    }
}
