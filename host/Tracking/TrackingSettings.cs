using Parallax.Host.Experiments;

namespace Parallax.Host.Tracking;

/// <summary>How tracking behaves. Every duration has a default that suits a training of hours.</summary>
internal sealed record TrackingSettings
{
    /// <summary>Address of the store; null takes <c>MLFLOW_TRACKING_URI</c>, else <see cref="TrackingAddress.Default"/>.</summary>
    public string? Uri { get; init; }

    /// <summary>The experiment that recipe or environment ask for, a name or an <see cref="ExperimentReference"/>; null when they ask for none.</summary>
    public string? Experiment { get; init; }

    /// <summary>The run that a launcher made for this process; null when there is none. See <see cref="EnvironmentRun"/>.</summary>
    public string? RunId { get; init; }

    /// <summary>Folder for what the store does not have yet; null takes <c>~/.parallax/spool</c>.</summary>
    public string? SpoolFolder { get; init; }

    /// <summary>How often the machine is measured; zero switches it off. MLflow's own default is 10 seconds.</summary>
    public TimeSpan SystemMetricsInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A start fails when the server cannot be reached; else the run begins on disk.</summary>
    public bool RequiresServer { get; init; }

    /// <summary>How long the start waits for the first answer of a server.</summary>
    public TimeSpan ContactDeadline { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Values are collected this long before they are written and sent together.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the end waits for what is still on its way.</summary>
    public TimeSpan EndDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the end of a run that was stopped waits: whoever stopped it kills it soon.</summary>
    public TimeSpan StoppedDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Number of values kept in memory when the disk of the spool hangs.</summary>
    public int QueueCapacity { get; init; } = 100_000;

    /// <summary>Files above this size are recorded by path, not stored.</summary>
    public long LargestArtifactBytes { get; init; } = 1L << 30;

    /// <summary>The folder for what the store does not have yet.</summary>
    public string EffectiveSpoolFolder => SpoolFolder ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".parallax", "spool");
}
