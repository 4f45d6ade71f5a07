using System.Text.Json.Serialization;

namespace Parallax.Host.Training;

/// <summary>What a <see cref="VerdictWatch"/> has seen, for the checkpoints of a run.</summary>
/// <param name="Losses">Of all reports, as a <see cref="ThinnedSeries"/> holds them.</param>
/// <param name="Ranks">Effective ranks, of those reports that show embeddings.</param>
/// <param name="Gradients">Norms, of those that show them.</param>
/// <param name="Candidate">What the last report spoke for.</param>
/// <param name="Seen">Reports in a row that spoke for it.</param>
/// <param name="Narrow">Reports in a row whose embeddings lay in few directions.</param>
/// <param name="Current">What was told last.</param>
/// <param name="Collapse">What its watch over collapses has seen.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]   // a rank may be no number, where embeddings are none
internal sealed record VerdictHistory(
    IReadOnlyList<double> Losses, IReadOnlyList<double> Ranks, IReadOnlyList<double> Gradients, TrainingState? Candidate, int Seen, int Narrow,
    Verdict? Current, CollapseHistory Collapse)
{
    /// <summary>Of losses, ranks and gradients; null where each is there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SeriesThinning? LossThinning { get; init; }

    /// <inheritdoc cref="LossThinning"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SeriesThinning? RankThinning { get; init; }

    /// <inheritdoc cref="LossThinning"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SeriesThinning? GradientThinning { get; init; }

    /// <summary>The loss of the last report; null before the first.</summary>
    [JsonIgnore]
    public double? LastLoss => LossThinning is { } thinning ? thinning.Last[^1] : Losses.Count > 0 ? Losses[^1] : null;
}
