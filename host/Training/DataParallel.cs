using Parallax.Host.Distributed;
using Parallax.Host.Experiments;

namespace Parallax.Host.Training;

/// <summary>Data parallelism: every process holds the whole module and a part of each batch. One process alone has nothing to exchange.</summary>
internal sealed class DataParallel(Experiment experiment)
{
    private readonly World _world = experiment.World;
    private readonly bool _overlaps = experiment.Configuration.Trainer.OverlapGradients ?? experiment.World.Environment.HasOtherMachines;
    private readonly GradientReducer? _gradients = experiment.World.Group is { } group
        ? new([.. experiment.Module.parameters().Where(p => p.requires_grad)], group)
        : null;

    /// <summary>Whether a request to stop is answered where a step is logged only: several GPUs would be held up by asking each other after each.</summary>
    public bool StopsAtLoggedSteps => _world.Count > 1 && experiment.Placement.IsCuda;

    /// <summary>Gives all processes the weights of the first. The same seed gives the same weights on equal machines; this makes it true on any.</summary>
    public void ShareWeights() => _world.ShareFirst(experiment.Module.state_dict().Values);

    /// <summary>The backward pass that follows is the last one before <see cref="AverageGradients"/>: what it has computed may be exchanged at once.</summary>
    public void ExpectLastBackward()
    {
        if (_overlaps)
        {
            _gradients?.Begin();
        }
    }

    /// <summary>Makes the gradients those of the whole batch: the mean over all processes.</summary>
    public void AverageGradients() => _gradients?.Reduce();

    /// <summary>Stops a network that skips the exchange of its normalisations; asked before the first step and at logged ones.</summary>
    /// <exception cref="ConfigurationException">It does; all processes find it.</exception>
    public void RequireSynchronizedBatchNorm()
    {
        try
        {
            SynchronizedBatchNorm.RequireCalls(experiment.Module);
        }
        catch (InvalidOperationException e)
        {
            throw _world.Fault($"{e.Message} With trainer.batchNorm: local each process normalises its own images.");
        }
    }
}
