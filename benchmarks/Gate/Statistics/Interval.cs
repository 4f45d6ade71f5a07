namespace Parallax.Benchmarks.Gate;

/// <summary>An estimate and the range in which it lies with 95 % confidence.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="Middle">The estimate.</param>
/// <param name="High">Upper end.</param>
internal readonly record struct Interval(double Low, double Middle, double High)
{
    /// <summary>Half of its width.</summary>
    public double HalfWidth => (High - Low) / 2;

    /// <summary>Whether all three are numbers.</summary>
    public bool IsFinite => double.IsFinite(Low) && double.IsFinite(Middle) && double.IsFinite(High);
}
