using System.Globalization;

namespace Parallax.Host.Reports;

/// <summary>Where values lie along one side of a chart.</summary>
/// <param name="From">Value at the beginning.</param>
/// <param name="To">Value at the end.</param>
/// <param name="Ticks">Values that are named.</param>
/// <param name="IsLogarithmic">Whether equal factors are equal distances.</param>
internal sealed record ChartAxis(double From, double To, IReadOnlyList<double> Ticks, bool IsLogarithmic = false)
{
    private const int Intervals = 4;
    private const double Slack = 1e-9;   // of a step: 3 * 0.1 is not 0.3

    /// <summary>From the smallest value to the largest.</summary>
    public static ChartAxis Exact(IReadOnlyCollection<double> values)
    {
        var (from, to) = Range(values);
        var step = Step(from, to);

        return new(from, to, Multiples(step, Math.Ceiling((from / step) - Slack), Math.Floor((to / step) + Slack)));
    }

    /// <summary>Somewhat wider than the values, so that it begins and ends with a tick.</summary>
    public static ChartAxis Round(IReadOnlyCollection<double> values)
    {
        var (from, to) = Range(values);
        var step = Step(from, to);
        var ticks = Multiples(step, Math.Floor((from / step) + Slack), Math.Ceiling((to / step) - Slack));

        return new(ticks[0], ticks[^1], ticks);
    }

    /// <summary>Of factors, from 1, 2 or 5 times a power of ten to another.</summary>
    /// <param name="values">Positive ones.</param>
    public static ChartAxis Logarithmic(IReadOnlyCollection<double> values)
    {
        var (from, to) = values.Count == 0 ? (1, 10) : (values.Min(), values.Max());
        var (low, high) = (Math.Floor(Math.Log10(from) + Slack), Math.Ceiling(Math.Log10(to) - Slack));
        high = Math.Max(high, low + 1);
        double[] steps = high - low <= 2 ? [1, 2, 5] : [1];
        var between = Math.Max(1, Math.Ceiling((high - low) / (2 * Intervals)));   // decades from tick to tick
        List<double> ticks = [];
        for (var power = low; power <= high; power += between)
        {
            ticks.AddRange(steps.Select(step => step * Math.Pow(10, power)).Where(tick => tick <= Math.Pow(10, high) * (1 + Slack)));
        }

        return new(Math.Pow(10, low), Math.Pow(10, high), ticks, IsLogarithmic: true);
    }

    /// <summary>Where a value lies: 0 at the beginning, 1 at the end.</summary>
    public double Share(double value) => Math.Clamp(   // rounding may put an end outside
        IsLogarithmic ? (Math.Log10(value) - Math.Log10(From)) / (Math.Log10(To) - Math.Log10(From)) : (value - From) / (To - From), 0, 1);

    /// <summary>A tick with as many digits as tell it from its neighbours.</summary>
    public string Name(double tick)
    {
        var largest = Math.Max(Math.Abs(From), Math.Abs(To));
        if (IsLogarithmic || Ticks.Count < 2 || largest is >= 1e6 or < 1e-3)
        {
            return NumberText.Of(tick);
        }

        var digits = Math.Max(0, -(int)Math.Floor(Math.Log10(Ticks[1] - Ticks[0]) + Slack));

        return tick.ToString($"#,0.{new string('0', Math.Min(digits, 12))}", CultureInfo.InvariantCulture);
    }

    private static (double From, double To) Range(IReadOnlyCollection<double> values)
    {
        if (values.Count == 0)
        {
            return (0, 1);
        }

        var (from, to) = (values.Min(), values.Max());
        var margin = to > from ? 0 : from == 0 ? 1 : Math.Abs(from) / 2;

        return (from - margin, to + margin);
    }

    // The one of 1, 2 and 5 times a power of ten with which there are nearest to four intervals.
    private static double Step(double from, double to)
    {
        var raw = (to - from) / Intervals;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));

        return (raw / power) switch { < 1.4142 => 1, < 3.1623 => 2, < 7.0711 => 5, _ => 10 } * power;   // halfway between neighbours, as factors
    }

    private static double[] Multiples(double step, double first, double last) =>
        [.. Enumerable.Range(0, (int)(last - first) + 1).Select(at => (first + at) * step)];
}
