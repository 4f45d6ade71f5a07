using System.Text.Json;

namespace Parallax.Host.Evaluation;

/// <summary>Which classes a protocol took for which, as the folder of a run keeps it.</summary>
/// <param name="Protocol">Name of the protocol.</param>
/// <param name="Step">Optimizer steps behind the weights.</param>
/// <param name="Data">Where the held-out samples are.</param>
/// <param name="AreVideos">Whether these are videos.</param>
/// <param name="Classes">Names of the classes.</param>
/// <param name="Counts">See <see cref="ConfusionCounts.Pairs"/>.</param>
internal sealed record KeptConfusion(
    string Protocol, long Step, string Data, bool AreVideos, IReadOnlyList<string> Classes, IReadOnlyList<long[]> Counts)
{
    /// <summary>Name of the file in the folder of a run.</summary>
    public const string FileName = "confusion.json";

    private static readonly JsonSerializerOptions Json = new(CliOutput.JsonOptions) { WriteIndented = false };

    /// <summary>Replaces those that a run keeps by those of a measurement, where it has any.</summary>
    /// <param name="folder">Of the run.</param>
    /// <param name="measured">What was measured.</param>
    /// <param name="step">Optimizer steps behind the weights.</param>
    /// <param name="areVideos">Whether the data are videos.</param>
    /// <param name="report">Receives the reason where the disk does not take them: no number depends on it.</param>
    /// <returns>The file; null where no protocol trained a classifier that names one class of each sample, or the disk did not take it.</returns>
    public static string? Keep(string folder, Measurement measured, long step, bool areVideos, Action<string> report)
    {
        KeptConfusion[] kept =
        [
            .. measured.Results.Select(result => result is { Confusion: { } confusion, Inputs.Test: { } test }
                ? new KeptConfusion(result.Protocol, step, test.Location, areVideos, test.Classes, confusion.Pairs) : null).OfType<KeptConfusion>(),
        ];
        if (kept.Length == 0)
        {
            return null;
        }

        var file = Path.Combine(folder, FileName);
        try
        {
            RunFile.Replace(file, stream => JsonSerializer.Serialize(stream, kept, Json));
        }
        catch (ConfigurationException e)
        {
            report(e.Message);

            return null;
        }

        return file;
    }

    /// <summary>What the folder of a run keeps; nothing where that cannot be read.</summary>
    public static IReadOnlyList<KeptConfusion> Read(string folder)
    {
        try
        {
            var file = Path.Combine(folder, FileName);

            return File.Exists(file) ? JsonSerializer.Deserialize<KeptConfusion[]>(File.ReadAllText(file), Json) ?? [] : [];
        }
        catch (Exception e) when (RunFile.IsOfTheDisk(e) || e is JsonException)
        {
            return [];
        }
    }
}
