using System.Text.Json.Serialization;

namespace Parallax.Host.Training;

/// <summary>What a <see cref="ThinnedSeries"/> has beside its means, for the checkpoints of a run.</summary>
/// <param name="Each">How many values a mean is of.</param>
/// <param name="Sum">Of the values that wait for their mean.</param>
/// <param name="Pending">How many these are.</param>
/// <param name="First">The first values.</param>
/// <param name="Last">The last ones.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed record SeriesThinning(long Each, double Sum, long Pending, IReadOnlyList<double> First, IReadOnlyList<double> Last);
