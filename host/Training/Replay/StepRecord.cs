namespace Parallax.Host.Training;

/// <summary>What is kept of one step.</summary>
/// <param name="Step">Number of the step, from 1: optimizer steps that are done after it.</param>
/// <param name="Epoch">Its epoch, from 0.</param>
/// <param name="Sample">Images of the epoch that were trained before it.</param>
/// <param name="ScheduleStep">Where schedules stand; with seed and epoch the key of everything random in the step.</param>
internal sealed record StepRecord(long Step, int Epoch, long Sample, long ScheduleStep)
{
    /// <summary>Checksum of each micro-batch that was read.</summary>
    public IReadOnlyList<string> Batches { get; init; } = [];

    /// <summary>Its loss; null when it did not come to one, or when it was not read back from a GPU.</summary>
    public double? Loss { get; init; }
}

/// <summary>What a run that failed leaves about its last steps: <c>black-box/steps.json</c>.</summary>
/// <param name="RunId">Identifier of the run.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Processes">Processes that trained it together; the checksums of batches are those of the first one's share.</param>
/// <param name="Threads">Threads of the arithmetic; another number changes the last bits.</param>
/// <param name="Device">Where it was computed.</param>
/// <param name="FirstStep">Steps that were done when the process began: recipe and settings are those of the steps after it.</param>
/// <param name="Weights">Checksum of the trained parameters as the end left them; null when they could not be read.</param>
/// <param name="WeightsStep">Steps whose updates they hold.</param>
/// <param name="Steps">The last steps, oldest first; the last one is that of the end.</param>
internal sealed record BlackBoxRecord(
    string RunId, string Reason, long Seed, int Processes, int Threads, string Device, long FirstStep, string? Weights, long WeightsStep,
    IReadOnlyList<StepRecord> Steps);
