using System.Globalization;
using System.Text.Json;
using Parallax.Host.Configuration;

namespace Parallax.Host.Training;

/// <summary>What a checkpoint knows besides tensors.</summary>
/// <param name="Format">Version of the layout; a reader refuses what it does not know.</param>
/// <param name="RunId">The tracked run it belongs to.</param>
/// <param name="Position">Where training stands.</param>
/// <param name="BestAccuracy">Best online accuracy so far, a fraction; null before the first evaluation.</param>
internal sealed record CheckpointState(int Format, string RunId, TrainingPosition Position, double? BestAccuracy)
{
    /// <summary>2: the position counts images, not steps, and the file holds a hash of itself.</summary>
    public const int CurrentFormat = 2;

    private const int StepsFormat = 1;

    /// <summary>Whether the position is behind the end of an epoch, or the run, at which nothing was measured yet.</summary>
    public bool EpochEndIsDue { get; init; }

    /// <summary>What the verdicts on the run rest on; null where the file does not say.</summary>
    public VerdictHistory? Verdicts { get; init; }

    /// <summary>The curves of the run so far, by their names; null where the file does not say.</summary>
    public IReadOnlyDictionary<string, CurveHistory>? Curves { get; init; }

    /// <summary>What the run had read; null where the file does not say.</summary>
    public TrainedData? Data { get; init; }

    /// <summary>Reads the state of any format known here.</summary>
    /// <param name="json">As stored.</param>
    /// <param name="recipe">The recipe stored beside it: the first format counts steps of its batch size.</param>
    /// <exception cref="JsonException">It is no state.</exception>
    /// <exception cref="NotSupportedException">The format is unknown; the message names it and those that are known.</exception>
    public static CheckpointState Parse(string json, string recipe)
    {
        using var document = JsonDocument.Parse(json);
        var state = document.RootElement;
        if (state.ValueKind != JsonValueKind.Object || !state.TryGetProperty(nameof(Format), out var value) || !value.TryGetInt32(out var format))
        {
            throw new JsonException("The state names no format.");
        }

        return format switch
        {
            CurrentFormat => JsonSerializer.Deserialize<CheckpointState>(json)!,
            StepsFormat => JsonSerializer.Deserialize<InSteps>(json)!.Convert(recipe),
            _ => throw new NotSupportedException($"has checkpoint format {format}; this version reads formats {StepsFormat} and {CurrentFormat}"),
        };
    }

    /// <summary>The batch size of a stored recipe; null where it has none.</summary>
    public static int? BatchSizeOf(string recipe)
    {
        var options = OptionsTree.Flatten(RecipeTree.Parse(recipe, "the recipe of the checkpoint"));
        var value = options.FirstOrDefault(option => option.Key == "trainer.batchSize").Value;

        return int.TryParse(value, CultureInfo.InvariantCulture, out var size) ? size : null;
    }

    /// <summary>The first format.</summary>
    private sealed record InSteps(string RunId, StepPosition Position, double? BestAccuracy)
    {
        public CheckpointState Convert(string recipe)
        {
            var batchSize = BatchSizeOf(recipe) ?? throw new JsonException("The recipe has no trainer.batchSize.");

            return new(StepsFormat, RunId, new(Position.Step, Position.Epoch, Position.StepInEpoch * batchSize), BestAccuracy);
        }
    }

    private sealed record StepPosition(long Step, int Epoch, long StepInEpoch);
}
