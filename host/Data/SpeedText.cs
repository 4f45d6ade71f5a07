namespace Parallax.Host.Data;

/// <summary>Speeds for people: whole numbers, and decimals where these would tell nothing.</summary>
internal static class SpeedText
{
    private const double Few = 10, Fewer = 1, Fewest = 0.1;

    /// <summary>"1,234 images/s", "0.42 videos/s".</summary>
    /// <param name="perSecond">Samples per second.</param>
    /// <param name="areVideos">Whether these are videos.</param>
    public static string Of(double perSecond, bool areVideos) => $"{Number(perSecond)} {SampleNoun.Of(areVideos)}/s";

    /// <summary>"1,234", "4.2", "0.42".</summary>
    /// <param name="perSecond">Samples per second.</param>
    public static string Number(double perSecond) => perSecond switch
    {
        >= Few or 0 => FormattableString.Invariant($"{perSecond:N0}"),
        >= Fewer => FormattableString.Invariant($"{perSecond:N1}"),
        >= Fewest => FormattableString.Invariant($"{perSecond:N2}"),
        _ => FormattableString.Invariant($"{perSecond:G2}"),
    };
}
