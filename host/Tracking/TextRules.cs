using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Parallax.Host.Tracking;

/// <summary>Makes keys and values of a run acceptable to MLflow, and says once for each what had to be changed. Thread-safe.</summary>
internal sealed class TextRules(ILogger logger)
{
    private readonly ConcurrentDictionary<string, string> _keys = new();
    private readonly ConcurrentDictionary<string, bool> _cut = new();

    /// <summary>The key that is logged in place of this one.</summary>
    public string Key(string key) => _keys.GetOrAdd(key, k =>
    {
        var clean = KeyRules.Sanitize(k);
        if (clean != k)
        {
            logger.LogWarning("'{Key}' is no key that MLflow takes; it is logged as '{Clean}'. Use letters, digits and _ - . / and at most {Length} " +
                "characters.", k, clean, KeyRules.MaxKeyLength);
        }

        return clean;
    });

    /// <summary>The value of a parameter, without credentials and no longer than MLflow takes.</summary>
    public string Parameter(string key, string value) => Cut("parameter", key, SecretScrubber.Scrub(value), KeyRules.MaxParamLength);

    /// <summary>The value of a tag, without credentials and no longer than MLflow takes.</summary>
    public string Tag(string key, string value) => Cut("tag", key, SecretScrubber.Scrub(value), KeyRules.MaxTagLength);

    /// <summary>Tags under the keys they are logged with. Of two that get the same key, the later one counts.</summary>
    public Dictionary<string, string> Tags(IEnumerable<KeyValuePair<string, string>> tags)
    {
        var clean = new Dictionary<string, string>();
        var origin = new Dictionary<string, string>();
        foreach (var (key, value) in tags)
        {
            var name = Key(key);
            if (origin.TryGetValue(name, out var earlier) && earlier != key)
            {
                logger.LogWarning("The tags '{First}' and '{Second}' are one tag for MLflow, '{Clean}': the second one is kept.", earlier, key, name);
            }

            (clean[name], origin[name]) = (Tag(name, value), key);
        }

        return clean;
    }

    /// <summary>The path that a file is stored under in place of this one.</summary>
    public string Path(string path)
    {
        var clean = KeyRules.SanitizePath(path);
        if (clean != path.Replace('\\', '/').Trim('/') && _cut.TryAdd("path " + path, true))
        {
            logger.LogWarning("'{Path}' is no path that MLflow servers take; the file is stored as '{Clean}'.", path, clean);
        }

        return clean;
    }

    private string Cut(string kind, string key, string value, int length)
    {
        var cut = KeyRules.Cut(value, length);
        if (cut.Length < value.Length && _cut.TryAdd($"{kind} {key}", true))
        {
            logger.LogWarning("The {Kind} '{Key}' has {Length} characters and is cut to {Limit}, as much as every MLflow " +
                "takes.", kind, key, value.Length, cut.Length);
        }

        return cut;
    }
}
