using Microsoft.Extensions.Logging;
using Parallax.Host.Experiments;

namespace Parallax.Host.Tracking;

/// <summary>
/// The run that a launcher (<c>mlflow run</c>, a scheduler) made for this process and names by <c>MLFLOW_RUN_ID</c>: the first run at the top goes on with
/// it, nothing else does.
/// </summary>
/// <param name="runId">Its identifier; null when there is none.</param>
/// <param name="experiment">The experiment that recipe or environment ask for; null when they ask for none.</param>
/// <param name="logger">Told when it is not used.</param>
internal sealed class EnvironmentRun(string? runId, string? experiment, ILogger logger)
{
    /// <summary>What to start: the run that the launcher made when it is the one to take, else what was asked for.</summary>
    public RunDescription Take(RunDescription run)
    {
        if (runId is null || run.ParentRunId == runId || run.ResumeRunId == runId)
        {
            return run;
        }

        if (run.ResumeRunId is { } resumed)
        {
            logger.LogWarning("MLFLOW_RUN_ID is {RunId} and is not used: run {Resumed} is resumed.", runId, resumed);
            return run;
        }

        if (run.ParentRunId is { } parent)
        {
            logger.LogInformation("MLFLOW_RUN_ID is {RunId} and is not used: '{Name}' is a run of its own, part of run {Parent}.", runId, run.Name, parent);
            return run;
        }

        return run with { ResumeRunId = runId };
    }

    /// <summary>
    /// What must be known before anything is written: whether the launcher's run can be logged into, and in which experiment a run is that another one holds.
    /// </summary>
    /// <param name="run">What <see cref="Take"/> gave.</param>
    /// <param name="store">Where the run will be.</param>
    /// <param name="address">Its address, for messages.</param>
    /// <param name="cancellation">Ends the wait for the store.</param>
    /// <returns>The run; of one that is part of another, in that one's experiment when the store knows it.</returns>
    /// <exception cref="ConfigurationException">The launcher's run cannot be logged into.</exception>
    public async Task<RunDescription> PrepareAsync(RunDescription run, ITrackingStore store, TrackingAddress address, CancellationToken cancellation)
    {
        try
        {
            if (runId is not null && run.ResumeRunId == runId)
            {
                await CheckAsync(runId, store, address, cancellation);
            }
            else if (run is { ParentRunId: { } parent, ResumeRunId: null }
                && await store.FindRunAsync(parent, cancellation) is { ExperimentId: { Length: > 0 } experimentOfParent })
            {
                return run with { Experiment = ExperimentReference.ById(experimentOfParent) };
            }
        }
        catch (Exception e) when (e is StoreException or OperationCanceledException)
        {
            // Who binds the run to the store says that it is away, or what it refuses. For a part of another run the experiment of the recipe has to do.
        }

        return run;
    }

    private async Task CheckAsync(string id, ITrackingStore store, TrackingAddress address, CancellationToken cancellation)
    {
        var found = await store.FindRunAsync(id, cancellation)
            ?? throw new ConfigurationException($"MLFLOW_RUN_ID is {id}, but there is no such run in {address.Display}. Name a run that is there " +
                "('parallax runs' lists them), or unset MLFLOW_RUN_ID to start a new one.");
        if (found.IsDeleted)
        {
            throw new ConfigurationException($"MLFLOW_RUN_ID is {id}, a run that is deleted. Restore it with 'mlflow runs restore --run-id {id}', or " +
                "unset MLFLOW_RUN_ID to start a new one.");
        }

        if (experiment is not null && !await IsInAsync(experiment, found, store, cancellation))
        {
            var asked = ExperimentReference.IdOf(experiment) is { } number ? $"number {number}" : $"'{experiment}'";
            throw new ConfigurationException(
                $"MLFLOW_RUN_ID is {id}, a run of the experiment with number {found.ExperimentId}, but experiment {asked} is asked for (tracking.experiment, " +
                    "MLFLOW_EXPERIMENT_NAME or MLFLOW_EXPERIMENT_ID). Leave out one of the two.");
        }
    }

    // The run itself is in its experiment, so a search there finds at least one.
    private static async Task<bool> IsInAsync(string experiment, StoredRun run, ITrackingStore store, CancellationToken cancellation)
    {
        if (ExperimentReference.IdOf(experiment) is { } id)
        {
            return id == run.ExperimentId;
        }

        return await store.SearchRunsAsync(experiment, 1, cancellation) is [var other, ..] && other.ExperimentId == run.ExperimentId;
    }
}
