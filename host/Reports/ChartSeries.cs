namespace Parallax.Host.Reports;

/// <summary>A curve of a chart.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="Points">By rising X; a value that is not finite leaves a gap.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<ChartPoint> Points);

/// <summary>A point of a curve.</summary>
/// <param name="X">Step or epoch.</param>
/// <param name="Y">Value.</param>
internal readonly record struct ChartPoint(double X, double Y);
