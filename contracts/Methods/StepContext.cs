namespace Parallax.Contracts;

/// <summary>Where training stands.</summary>
/// <param name="Step">Optimizer step, from 0. After a resume with other batches it is that of a run which had them from its start: schedules go on where
/// they were.</param>
/// <param name="TotalSteps">Optimizer steps of the whole run, counted alike.</param>
/// <param name="Epoch">Epoch, from 0.</param>
/// <param name="Generator">Random numbers of this step and micro-batch on the CPU, the same on all processes; keyed by (seed, step), so nothing needs
/// saving.</param>
public sealed record StepContext(long Step, long TotalSteps, int Epoch, Generator Generator)
{
    /// <summary>The processes that share this step's batch.</summary>
    public IProcesses Processes { get; init; } = SingleProcess.Instance;
}
