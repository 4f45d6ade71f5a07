using System.Globalization;
using System.Text.Json.Serialization;
using Parallax.Host.Tracking;

namespace Parallax.Host.Cli;

/// <summary>A run as <c>parallax runs</c> prints it.</summary>
/// <param name="RunId">Identifier in the store.</param>
/// <param name="Name">Name shown.</param>
/// <param name="Status">State.</param>
/// <param name="Start">When it started.</param>
/// <param name="End">When it ended; null while it runs.</param>
/// <param name="Method">The method it trained with; null when it says none.</param>
/// <param name="ArtifactUri">Where its files are.</param>
/// <param name="Metrics">Last value of each metric, those of the machine left out.</param>
/// <param name="Parameters">Parameters.</param>
/// <param name="Tags">Tags.</param>
internal sealed record RunSummary(
    string RunId, string Name, string Status, DateTimeOffset Start, DateTimeOffset? End, string? Method, string ArtifactUri,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyDictionary<string, string> Parameters, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>What was measured on it after its training; null in a list of runs, which does not ask.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LaterNumber>? Later { get; init; }

    /// <summary>A moment for people, in their zone, with its distance from UTC.</summary>
    public static string Text(DateTimeOffset moment, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(moment, zone).ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);

    /// <summary>The zone in a word: <c>Berlin</c> for <c>Europe/Berlin</c>.</summary>
    public static string ZoneName(TimeZoneInfo zone) => zone.Id.Split('/')[^1];

    /// <summary>A moment for people, in their zone, for a column whose heading names it.</summary>
    public static string ShortText(DateTimeOffset moment, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(moment, zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The summary of a stored run.</summary>
    public static RunSummary Of(StoredRun run) => new(
        run.RunId, run.Name, run.Status, run.Started, run.Ended, run.Method, run.ArtifactUri,
        run.Metrics.Values.Where(m => !MetricPoint.IsSystem(m.Key)).OrderBy(m => m.Key, StringComparer.Ordinal).ToDictionary(m => m.Key, m => m.Value),
        run.Params, run.Tags);
}
