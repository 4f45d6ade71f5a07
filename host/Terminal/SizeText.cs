namespace Parallax.Host.Terminal;

/// <summary>Sizes of files and of memory for people.</summary>
internal static class SizeText
{
    private const double Kilo = 1e3, Mega = 1e6;

    /// <summary>In powers of ten: <c>512 B</c>, <c>30 kB</c>, <c>1.3 MB</c>, <c>1,200 MB</c>.</summary>
    public static string Of(double bytes) => bytes switch
    {
        < 999.5 => FormattableString.Invariant($"{bytes:N0} B"),
        < 999.5 * Kilo => FormattableString.Invariant($"{bytes / Kilo:N0} kB"),
        < 99.95 * Mega => FormattableString.Invariant($"{bytes / Mega:N1} MB"),
        _ => FormattableString.Invariant($"{bytes / Mega:N0} MB"),
    };
}
