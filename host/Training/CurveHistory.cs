using System.Text.Json.Serialization;

namespace Parallax.Host.Training;

/// <summary>A curve of a run, for its checkpoints.</summary>
/// <param name="Steps">Optimizer steps of the points, or means of them.</param>
/// <param name="Values">Their values, or means of as many.</param>
/// <param name="StepThinning">Of the steps; null where each is there.</param>
/// <param name="ValueThinning">Of the values; null where each is there.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed record CurveHistory(
    IReadOnlyList<double> Steps, IReadOnlyList<double> Values, SeriesThinning? StepThinning, SeriesThinning? ValueThinning);
