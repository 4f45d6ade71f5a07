namespace Parallax.Host.Tracking;

/// <summary>An axis: where values lie on it, and where its ticks are.</summary>
internal sealed class AxisScale
{
    private readonly Func<double, double> _place;
    private readonly double _first;
    private readonly double _last;

    private AxisScale(Func<double, double> place, IReadOnlyList<double> ticks, double first, double last)
    {
        _place = place;
        _first = place(first);
        _last = place(last);
        Ticks = ticks;
    }

    /// <summary>Values with a label.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>An axis with steps of 1, 2 or 5 times a power of ten; both ends are ticks.</summary>
    /// <param name="values">Values to show; without any the axis runs from 0 to 1.</param>
    /// <param name="wanted">About this many ticks.</param>
    public static AxisScale Linear(IEnumerable<double> values, int wanted)
    {
        var (low, high) = Ends(values, 0, 1);
        if (low == high)
        {
            (low, high) = (low - Math.Max(0.5, Math.Abs(low) / 2), high + Math.Max(0.5, Math.Abs(high) / 2));
        }

        var raw = (high - low) / wanted;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var unit = power * ((raw / power) switch
        {
            <= 1 => 1,
            <= 2 => 2,
            <= 5 => 5,
            _ => 10,
        });
        var first = Math.Floor(low / unit);
        var count = (int)(Math.Ceiling(high / unit) - first);
        var ticks = Enumerable.Range(0, count + 1).Select(i => (first + i) * unit).ToList();
        return new AxisScale(v => v, ticks, ticks[0], ticks[^1]);
    }

    /// <summary>An axis in powers of ten.</summary>
    /// <param name="values">Positive values to show; without any the axis runs from 1 to 10.</param>
    public static AxisScale Logarithmic(IEnumerable<double> values)
    {
        var (low, high) = Ends(values, 1, 10);
        var first = (int)Math.Floor(Math.Log10(low));
        var last = Math.Max((int)Math.Ceiling(Math.Log10(high)), first + 1);
        var every = Math.Max(1, (last - first) / 8);
        var ticks = Enumerable.Range(0, last - first + 1).Where(i => i % every == 0).Select(i => Math.Pow(10, first + i)).ToList();
        return new AxisScale(Math.Log10, ticks, Math.Pow(10, first), Math.Pow(10, last));
    }

    /// <summary>Where a value lies: 0 at the first end, 1 at the last.</summary>
    public double Fraction(double value) => (_place(value) - _first) / (_last - _first);

    private static (double Low, double High) Ends(IEnumerable<double> values, double low, double high)
    {
        var all = values.ToList();
        return all.Count == 0 ? (low, high) : (all.Min(), all.Max());
    }
}
