namespace Parallax.Host.Tracking;

/// <summary>Infinities in stores that keep finite numbers only.</summary>
internal static class SpecialValues
{
    private const double Threshold = 1.79e308;

    /// <summary>Databases hold the largest double for an infinity: from there on it is read as one.</summary>
    public static double FromStored(double value) => value switch
    {
        >= Threshold => double.PositiveInfinity,
        <= -Threshold => double.NegativeInfinity,
        _ => value,
    };
}
