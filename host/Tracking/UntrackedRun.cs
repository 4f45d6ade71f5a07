using Microsoft.Extensions.Logging;

namespace Parallax.Host.Tracking;

/// <summary>A run of which nothing can be kept: there is no place to write to. What is logged is lost; a warning at the start tells so.</summary>
/// <param name="runId">Identifier that it goes by.</param>
internal sealed class UntrackedRun(string runId) : ITrackedRun
{
    /// <summary>Says that a run is not tracked, and gives what takes its place.</summary>
    public static UntrackedRun Instead(RunDescription run, string reason, ILogger logger)
    {
        logger.LogWarning("'{Name}' is not tracked: {Reason}", run.Name, reason);
        return new UntrackedRun(run.ResumeRunId ?? Guid.NewGuid().ToString("N"));
    }

    /// <inheritdoc/>
    public string RunId { get; } = runId;

    /// <inheritdoc/>
    public void LogParameters(IReadOnlyDictionary<string, string> parameters)
    {
    }

    /// <inheritdoc/>
    public void LogMetric(string name, double value, long step)
    {
    }

    /// <inheritdoc/>
    public void SetTags(IReadOnlyDictionary<string, string> tags)
    {
    }

    /// <inheritdoc/>
    public void LogDataset(DatasetInfo data, string context)
    {
    }

    /// <inheritdoc/>
    public bool LogArtifact(string file, string artifactPath) => false;

    /// <inheritdoc/>
    public bool LogModel(ModelEntry model, string folder) => false;

    /// <inheritdoc/>
    public void Flush()
    {
    }

    /// <inheritdoc/>
    public void End(RunOutcome outcome)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
