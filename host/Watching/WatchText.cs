using System.Globalization;
using Parallax.Host.Reports;
using Parallax.Host.Tracking;

namespace Parallax.Host.Watching;

/// <summary>Times, states and verdicts in words.</summary>
internal static class WatchText
{
    /// <summary>A moment in a zone.</summary>
    public static Html Time(DateTimeOffset moment, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(moment, zone);

        return Html.Of($"""<time datetime="{local.ToString("O", CultureInfo.InvariantCulture)}">{local:yyyy-MM-dd HH:mm}</time>""");
    }

    /// <summary>A time that is left, as exactly as it can be known.</summary>
    public static string Left(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => "less than a minute",
        { TotalHours: < 1 } => FormattableString.Invariant($"{time.TotalMinutes:F0} min"),
        { TotalDays: < 1 } => FormattableString.Invariant($"{(int)time.TotalHours} h {time.Minutes} min"),
        _ => FormattableString.Invariant($"{(int)time.TotalDays} d {time.Hours} h"),
    };

    /// <summary>The class of the style sheet for a state.</summary>
    public static string ClassOfState(string status) => status switch
    {
        RunStatus.Finished => "good",
        RunStatus.Failed => "bad",
        RunStatus.Killed => "warning",
        _ => "",
    };
}
