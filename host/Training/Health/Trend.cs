namespace Parallax.Host.Training;

/// <summary>The straight line through equally spaced values, by least squares.</summary>
/// <param name="First">Where the line begins.</param>
/// <param name="Last">Where it ends.</param>
/// <param name="Significance">Its slope over the standard error of the slope: how clearly it stands out of the noise around the line. Values that follow each
/// other closely make it larger than it would be for independent ones.</param>
internal readonly record struct Trend(double First, double Last, double Significance)
{
    /// <summary>Mean of the values.</summary>
    public double Mean => (First + Last) / 2;

    /// <summary>Fits the line.</summary>
    /// <param name="values">At least three.</param>
    public static Trend Of(IReadOnlyList<double> values)
    {
        var (count, middle) = (values.Count, (values.Count - 1) / 2.0);
        var mean = values.Average();
        var (spread, slope) = (0.0, 0.0);
        for (var i = 0; i < count; i++)
        {
            spread += (i - middle) * (i - middle);
            slope += (i - middle) * (values[i] - mean);
        }

        slope /= spread;
        var residual = values.Select((value, i) => value - mean - (slope * (i - middle))).Sum(distance => distance * distance);
        var error = Math.Sqrt(residual / (count - 2) / spread);

        return new(mean - (slope * middle), mean + (slope * middle), slope == 0 ? 0 : error == 0 ? Math.Sign(slope) * double.MaxValue : slope / error);
    }
}
