using Parallax.Host.Configuration;
using Parallax.Host.Training;

namespace Parallax.Host.Reports;

/// <summary>What the folder of a run says where the tracking store does not: its recipe, and its newest checkpoint.</summary>
/// <param name="Method">The method; null where there is no recipe.</param>
/// <param name="Name">Name of the run, by its recipe.</param>
/// <param name="Step">Optimizer steps of the checkpoint; null where there is none.</param>
/// <param name="Loss">The loss that was logged last before it.</param>
/// <param name="Verdict">What the run did then.</param>
internal sealed record FolderFacts(string? Method, string? Name, long? Step, double? Loss, Verdict? Verdict)
{
    /// <summary>Reads them. What cannot be read is null: the page says what is missing.</summary>
    public static FolderFacts Of(RunDirectory directory)
    {
        var recipe = Recipe(directory.RecipePath);
        string? Text(string key) => recipe.GetValueOrDefault(key) is { Length: > 0 } text && text != "null" ? text : null;
        var state = new CheckpointStore(directory.CheckpointDirectory, keep: 1).NewestState;
        var name = Text("method.name") is { } method ? Text("tracking.runName") ?? $"{method}-{Text("data.name")}-{Text("backbone.name")}" : null;

        return new(Text("method.name"), name, state?.Position.Step, state?.Verdicts?.LastLoss, state?.Verdicts?.Current);
    }

    private static Dictionary<string, string> Recipe(string path)
    {
        try
        {
            return File.Exists(path) ? OptionsTree.Flatten(RecipeTree.Parse(File.ReadAllText(path), path)).ToDictionary() : [];
        }
        catch (Exception e) when (e is ConfigurationException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
