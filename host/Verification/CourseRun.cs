using Parallax.Host.Configuration;
using Parallax.Host.Training;

namespace Parallax.Host.Verification;

/// <summary>Trains the first steps of a run with the trainer of every run, and keeps what they did. Nothing is tracked.</summary>
/// <param name="session">The training; at its start, or restored from a checkpoint.</param>
/// <param name="steps">The step after which it ends.</param>
/// <param name="time">The clock.</param>
internal sealed class CourseRun(TrainingSession session, long steps, TimeProvider time)
{
    private readonly List<double> _losses = [];
    private readonly List<IReadOnlyList<HashedCall>> _calls = [];
    private Dictionary<string, Tensor> _gradients = [];

    /// <summary>The step whose gradients are kept, from 1.</summary>
    public required long GradientsOf { get; init; }

    /// <summary>Whether the calls of modules are noted.</summary>
    public bool NotesCalls { get; init; }

    /// <summary>Is given the session after the first step at which the recipe wants a checkpoint; null for nobody.</summary>
    public Action<TrainingSession>? OnFirstCheckpoint { get; init; }

    /// <summary>The recipe as it is trained here: each step reports, and a checkpoint is due where it is asked for.</summary>
    /// <param name="configuration">The recipe.</param>
    /// <param name="checkpointStep">After how many steps; 0 for never.</param>
    public static ResolvedConfiguration Observed(ResolvedConfiguration configuration, int checkpointStep = 0) =>
        configuration with { Trainer = configuration.Trainer with { LogEverySteps = 1, CheckpointEverySteps = checkpointStep } };

    /// <summary>Trains.</summary>
    /// <param name="stop">Asks to stop: what was trained until then is no course.</param>
    /// <exception cref="OperationCanceledException">It is to stop.</exception>
    /// <exception cref="ConfigurationException">The loss is no finite number.</exception>
    public Course Train(CancellationToken stop)
    {
        var start = Copies(session.Experiment.Module.state_dict());
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var trace = NotesCalls ? new CallTrace(session.Experiment.Module) : null;
        var (isSaved, seen) = (false, 0);
        new Trainer(session, new(OnStep, _ => { }, OnCheckpoint), time).Run(end.Token);
        stop.ThrowIfCancellationRequested();

        return new(_losses, _gradients, start, State()) { Calls = _calls };

        void OnStep(StepReport report)
        {
            _losses.Add(report.Loss);
            _calls.Add([.. (trace?.Calls ?? []).Skip(seen)]);
            seen = trace?.Calls.Count ?? 0;
            if (report.Step == GradientsOf)
            {
                _gradients = Gradients.Of(session.Experiment.Module);
            }

            if (report.Step >= steps)
            {
                end.Cancel();
            }
        }

        void OnCheckpoint(TrainingSession at)
        {
            if (!isSaved)
            {
                isSaved = true;
                OnFirstCheckpoint?.Invoke(at);
            }
        }
    }

    private Dictionary<string, Tensor> State()
    {
        using var scope = torch.NewDisposeScope();   // numbers of the optimizer become tensors

        return Copies(session.StateTensors());
    }

    private static Dictionary<string, Tensor> Copies(Dictionary<string, Tensor> tensors) =>
        tensors.ToDictionary(entry => entry.Key, entry => entry.Value.detach().clone().DetachFromDisposeScope());
}
