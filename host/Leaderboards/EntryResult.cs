using System.Text.Json.Serialization;
using Parallax.Host.Evaluation;

namespace Parallax.Host.Leaderboards;

/// <summary>What one run of a leaderboard gave.</summary>
/// <param name="Name">Name of the row.</param>
/// <param name="Method">Method; empty for features that were never trained.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Reference">Whether the row is a reference.</param>
/// <param name="Accuracy">Accuracy by protocol, fractions in [0, 1].</param>
/// <param name="Seconds">Time of the training, without the final evaluation.</param>
/// <param name="ImagesPerSecond">Images (not views) per second of training.</param>
/// <param name="PeakMemoryBytes">Highest resident memory of the process, evaluation included.</param>
/// <param name="RunId">Identifier in the tracking store.</param>
/// <param name="Configuration">Hash of the settings: a run with other settings does not count as done.</param>
/// <param name="LeftOut">Images that could not be read and do not count; null when all could.</param>
internal sealed record EntryResult(
    string Name, string Method, long Seed, bool Reference, IReadOnlyDictionary<string, double> Accuracy, double Seconds, double ImagesPerSecond,
        long PeakMemoryBytes,
    string RunId, string Configuration, LeftOutImages? LeftOut = null)
{
    /// <summary>Name and options of the backbone, so that the row without training of the same one can be found; empty for results of an earlier
    /// version.</summary>
    public string Backbone { get; init; } = "";

    /// <summary>How the numbers came about, by protocol; empty for results of an earlier version.</summary>
    public IReadOnlyDictionary<string, ProtocolRecord> Protocols { get; init; } = new Dictionary<string, ProtocolRecord>();

    /// <summary>The numbers beside each protocol's, by layer for example; empty for results of an earlier version.</summary>
    public IReadOnlyDictionary<string, ProtocolDetails> Details { get; init; } = new Dictionary<string, ProtocolDetails>();

    /// <summary>Whether the images are videos.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AreVideos { get; init; }

    /// <summary>Test images that a training image equals; null when they were not compared.</summary>
    public DuplicateImages? Duplicates { get; init; }
}
