using Parallax.Host.Distributed;
using Parallax.Host.Experiments;

namespace Parallax.Host.Training;

/// <summary>The random numbers of a step. They are keyed by seed, epoch and step, so a resumed run draws what an uninterrupted one drew.</summary>
internal sealed class StepRandomness(Experiment experiment, TrainingProgress progress) : IDisposable
{
    private const int MicroKey = -100, EpochKey = -99;   // views that no augmentation uses
    private readonly Generator _generator = new(0);
    private readonly StepProcesses _processes = new(experiment.World, experiment.Method);

    /// <summary>Keys the global generator (dropout) to step and process: no two images share their noise.</summary>
    public void SeedStep()
    {
        var random = Draw(MicroKey);
        for (var rank = 0; rank < experiment.World.Rank; rank++)
        {
            random.NextUInt32();
        }

        torch.manual_seed(random.NextUInt32()).Dispose();
    }

    /// <summary>Keys the global generator to the epoch, on all processes alike.</summary>
    public void SeedEpoch() => torch.manual_seed(Draw(EpochKey).NextUInt32()).Dispose();

    /// <summary>What the method is told at a micro-batch. The generator is valid until the next one is asked for.</summary>
    /// <param name="micro">Micro-batch of the step, from 0.</param>
    public StepContext Context(int micro)
    {
        _generator.manual_seed(Draw(MicroKey - 1 - micro).NextUInt32());

        return new(progress.ScheduleStep, progress.ScheduleLength, progress.Position.Epoch, _generator) { Processes = _processes };
    }

    public void Dispose() => _generator.Dispose();

    private CounterRandom Draw(int key) => new(experiment.Run.Seed, progress.Position.Epoch, progress.ScheduleStep, view: key);
}
