using System.Text.RegularExpressions;

namespace Parallax.Host.Tracking;

/// <summary>Removes credentials from text that is about to be stored or shown.</summary>
internal static partial class SecretScrubber
{
    /// <summary>Replaces the user part of every web address in <paramref name="text"/>: <c>http://user:secret@host</c> becomes <c>http://***@host</c>.</summary>
    public static string Scrub(string text) => text.Contains('@', StringComparison.Ordinal) ? UserInfo().Replace(text, "://***@") : text;

    [GeneratedRegex(@"://[^/\s@]+@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();
}
