using System.Globalization;

namespace Parallax.Host.Reports;

/// <summary>Numbers for people.</summary>
internal static class NumberText
{
    /// <summary>Four digits or all of an integer: <c>12,000</c>, <c>0.02513</c>, <c>1E-5</c>.</summary>
    public static string Of(double value) => Math.Abs(value) switch
    {
        > 0 and < 1e-3 or >= 1e9 => value.ToString("0.###E0", CultureInfo.InvariantCulture),
        >= 1e3 => value.ToString("#,0", CultureInfo.InvariantCulture),
        double.NaN => "not a number",
        _ => value.ToString("G4", CultureInfo.InvariantCulture),
    };

    /// <summary>A fraction as a percentage.</summary>
    public static string Percent(double fraction) => fraction.ToString("P1", CultureInfo.InvariantCulture);
}
