namespace Parallax.Host.Tracking;

/// <summary>How a run is announced.</summary>
/// <param name="Experiment">Experiment it belongs to.</param>
/// <param name="Name">Name shown; null lets the store choose.</param>
/// <param name="Tags">Tags set at the start.</param>
internal sealed record RunDescription(string Experiment, string? Name, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>Continue this run instead of starting one.</summary>
    public string? ResumeRunId { get; init; }

    /// <summary>The run this one is part of (an evaluation of a pretraining); null at the top.</summary>
    public string? ParentRunId { get; init; }
}

/// <summary>
/// One run. Every call returns at once: values go through a bounded queue and a spool on disk, a store that is slow or down costs nothing and loses nothing.
/// Nothing here throws because of the store. Thread-safe.
/// </summary>
internal interface ITrackedRun : IDisposable
{
    /// <summary>Identifier in the store; a checkpoint keeps it so that a resumed training continues the same run.</summary>
    string RunId { get; }

    /// <summary>Parameters; the same key again keeps the first value, with a warning when they differ.</summary>
    void LogParameters(IReadOnlyDictionary<string, string> parameters);

    /// <summary>One value of a curve. NaN and infinities are kept as such.</summary>
    /// <param name="name">For example <c>train/loss</c>.</param>
    /// <param name="value">Value.</param>
    /// <param name="step">Optimizer step.</param>
    void LogMetric(string name, double value, long step);

    /// <summary>Sets tags; the last value counts.</summary>
    void SetTags(IReadOnlyDictionary<string, string> tags);

    /// <summary>The data the run reads.</summary>
    /// <param name="data">The split.</param>
    /// <param name="context">For example <c>training</c>.</param>
    void LogDataset(DatasetInfo data, string context);

    /// <summary>Stores a file under the run, as it is now.</summary>
    /// <param name="file">Path of the local file.</param>
    /// <param name="artifactPath">Path under the run, with forward slashes, for example <c>checkpoints/last.safetensors</c>.</param>
    /// <returns>True when the file itself is sent later, because there is no room for a copy: then it must stay where it is.</returns>
    bool LogArtifact(string file, string artifactPath);

    /// <summary>Logs a model with the run: its files as they are now.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">The folder with its files.</param>
    /// <returns>True when the files themselves are sent later, because there is no room for copies: then they must stay where they are.</returns>
    bool LogModel(ModelEntry model, string folder);

    /// <summary>
    /// Waits until everything logged so far is on this machine's disk, whatever the store does. Called before a checkpoint: a run that is killed later
    /// and resumed from it has its curves up to there.
    /// </summary>
    void Flush();

    /// <summary>Ends the run and waits a bounded time for what is still on its way; the rest stays in the spool and is sent by the next run.</summary>
    void End(RunOutcome outcome);
}

/// <summary>How a run ended.</summary>
internal enum RunOutcome
{
    /// <summary>Everything was done.</summary>
    Finished,

    /// <summary>An error stopped it.</summary>
    Failed,

    /// <summary>The user or the system stopped it.</summary>
    Killed,
}
