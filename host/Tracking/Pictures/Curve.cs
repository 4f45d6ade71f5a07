namespace Parallax.Host.Tracking;

/// <summary>One curve of a chart.</summary>
/// <param name="Name">Name in the legend.</param>
/// <param name="Points">Points by step; values that are not finite leave a gap.</param>
internal sealed record Curve(string Name, IReadOnlyList<(long Step, double Value)> Points);
