using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Parallax.Host.Tracking;

/// <summary>Makes keys and values acceptable to every MLflow since 2.0.</summary>
internal static class KeyRules
{
    /// <summary>Longest key.</summary>
    public const int MaxKeyLength = 250;

    /// <summary>Longest value of a parameter.</summary>
    public const int MaxParamLength = 6000;

    /// <summary>How tags of <see cref="ResumedParam"/> begin; the number of the session follows.</summary>
    public const string ResumedPrefix = "param.resumed.";

    /// <summary>Longest value of a run tag; newer servers take 8000.</summary>
    public const int MaxTagLength = 5000;

    /// <summary>
    /// The nearest valid key: letters, digits and <c>_ - . space /</c>, in normal form as a path, at most <see cref="MaxKeyLength"/> characters.
    /// A key that had to be cut ends with a hash of the whole, so that two long keys stay two.
    /// </summary>
    public static string Sanitize(string key)
    {
        var clean = new StringBuilder(key.Length);
        foreach (var c in key)
        {
            clean.Append(char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or ' ' or '/' ? c : '_');
        }

        var segments = clean.ToString().Split('/', StringSplitOptions.RemoveEmptyEntries).Select(s => s is "." or ".." ? new string('_', s.Length) : s);
        var normal = string.Join('/', segments);
        if (normal.Length == 0)
        {
            return "_";
        }

        return normal.Length <= MaxKeyLength ? normal : string.Concat(normal.AsSpan(0, MaxKeyLength - 9).TrimEnd('/'), "-", Hash(key));
    }

    /// <summary>The tag that has a parameter's value of a later session, where it is not the one that the run keeps.</summary>
    /// <param name="session">How often the run was resumed before.</param>
    /// <param name="key">Key of the parameter.</param>
    public static string ResumedParam(int session, string key) => Sanitize(string.Create(CultureInfo.InvariantCulture, $"{ResumedPrefix}{session}.{key}"));

    /// <summary>The nearest valid path of an artifact: forward slashes, no <c>.</c> or <c>..</c>, no character that servers refuse in addresses.</summary>
    public static string SanitizePath(string path)
    {
        var segments = path.Replace('\\', '/').Replace('#', '_').Split('/', StringSplitOptions.RemoveEmptyEntries).Where(s => s is not ("." or ".."));
        var normal = string.Join('/', segments);
        return normal.Length == 0 ? "_" : normal;
    }

    /// <summary>Cuts a value to a length without splitting a character in two.</summary>
    public static string Cut(string value, int length)
    {
        if (value.Length <= length)
        {
            return value;
        }

        return value[..(char.IsHighSurrogate(value[length - 1]) ? length - 1 : length)];
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..8];
}
