namespace Parallax.Host.Leaderboards;

/// <summary>A straight line by least squares.</summary>
/// <param name="Intercept">Its value at 0.</param>
/// <param name="Slope">What it gains from 0 to 1.</param>
internal readonly record struct FittedLine(double Intercept, double Slope)
{
    /// <summary>The line through points, of which two or more have different places.</summary>
    public static FittedLine Through(IReadOnlyList<double> places, IReadOnlyList<double> values)
    {
        var (place, value) = (places.Average(), values.Average());
        var slope = places.Zip(values, (x, y) => (x - place) * (y - value)).Sum() / places.Sum(x => (x - place) * (x - place));

        return new(value - (slope * place), slope);
    }

    /// <summary>Its value.</summary>
    public double At(double place) => Intercept + (Slope * place);

    /// <summary>The share of the variance of values that it explains; 1 where they are all the same.</summary>
    public double Explained(IReadOnlyList<double> places, IReadOnlyList<double> values)
    {
        var (line, mean) = (this, values.Average());
        var all = values.Sum(value => (value - mean) * (value - mean));

        return all == 0 ? 1 : 1 - (places.Zip(values, (x, y) => (y - line.At(x)) * (y - line.At(x))).Sum() / all);
    }
}
