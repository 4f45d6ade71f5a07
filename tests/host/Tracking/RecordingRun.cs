using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>A tracked run that keeps what it is given.</summary>
internal sealed class RecordingRun : ITrackedRun
{
    public string RunId => "recorded";

    /// <summary>Files by their path in the run; the last one of a path, as in a store.</summary>
    public Dictionary<string, byte[]> Artifacts { get; } = [];

    public Dictionary<string, string> Tags { get; } = [];

    public bool LogArtifact(string file, string artifactPath)
    {
        Artifacts[artifactPath] = File.ReadAllBytes(file);
        return false;
    }

    public void SetTags(IReadOnlyDictionary<string, string> tags)
    {
        foreach (var (key, value) in tags)
        {
            Tags[key] = value;
        }
    }

    public void LogParameters(IReadOnlyDictionary<string, string> parameters)
    {
    }

    public void LogMetric(string name, double value, long step)
    {
    }

    public void LogDataset(DatasetInfo data, string context)
    {
    }

    public bool LogModel(ModelEntry model, string folder) => false;

    public void Flush()
    {
    }

    public void End(RunOutcome outcome)
    {
    }

    public void Dispose()
    {
    }
}
