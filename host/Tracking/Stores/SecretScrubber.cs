using System.Text.RegularExpressions;

namespace Parallax.Host.Tracking;

/// <summary>Removes credentials from text that is about to be stored or shown.</summary>
internal static partial class SecretScrubber
{
    /// <summary>Replaces the user part of every web address in a text: <c>http://user:secret@host</c> becomes <c>http://***@host</c>.</summary>
    public static string Scrub(string text) => text.Contains('@', StringComparison.Ordinal) ? UserInfo().Replace(text, "://***@") : text;

    /// <summary>One address, whatever its password holds: everything before the last <c>@</c> and behind a <c>?</c> is left out.</summary>
    public static string ScrubAddress(string address)
    {
        var known = address.Split('?')[0] is var head && head.Length < address.Length ? head + "?***" : address;
        var (start, at) = (known.IndexOf("://", StringComparison.Ordinal), known.LastIndexOf('@'));
        return start >= 0 && at > start ? $"{known[..start]}://***{known[at..]}" : known;
    }

    [GeneratedRegex(@"://[^/\s@]+@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();
}
