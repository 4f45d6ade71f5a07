using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Parallax.Host.Configuration;

/// <summary>Reads recipes as trees and lays one over another.</summary>
internal static class RecipeTree
{
    // A section whose name changes belongs to another plugin: what the plugin before was told no longer means anything.
    private static readonly Dictionary<string, string[]> KeptWhenNameChanges = new()
    {
        ["data"] = ["onError", "imageSize", "evaluationResize"],
        ["method"] = [],
        ["backbone"] = [],
        ["imageModel"] = [],
    };

    /// <summary>Reads YAML text.</summary>
    /// <param name="text">A mapping, or nothing.</param>
    /// <param name="origin">File or option, for messages.</param>
    /// <exception cref="ConfigurationException">The text is no YAML mapping, or has a key twice.</exception>
    /// <remarks>Aliases and merge keys are resolved; what stands under <c>x-NAME</c> at the top is there for them alone and left out.</remarks>
    public static YamlMappingNode Parse(string text, string origin) => ParseNode(text, origin) switch
    {
        null => [],
        YamlMappingNode mapping =>
            new(((YamlMappingNode)YamlAliases.Resolve(mapping, origin)).Children.Where(pair => !Text(pair.Key).StartsWith("x-", StringComparison.Ordinal))),
        var other => throw new ConfigurationException($"{origin}, line {other.Start.Line}: expected keys such as 'method:', but this is no mapping."),
    };

    /// <summary>Lays changes over a tree: sections are merged key by key, everything else is replaced.</summary>
    public static YamlMappingNode Merge(YamlMappingNode under, YamlMappingNode over)
    {
        var result = Clone(under);
        foreach (var (key, value) in over)
        {
            var below = Child(result, key);
            result.Children[key] = below is YamlMappingNode mapping && value is YamlMappingNode changes
                ? Merge(WithoutOtherPlugin(Text(key), mapping, changes), changes)
                : value;
        }

        return result;
    }

    /// <summary>The tree of overrides of the form <c>a.b=value</c>, value in YAML.</summary>
    /// <param name="overrides">What the user gave with --set.</param>
    /// <param name="faults">Receives what cannot be understood.</param>
    public static YamlMappingNode FromOverrides(IEnumerable<string> overrides, ICollection<string> faults)
    {
        var root = new YamlMappingNode();
        foreach (var text in overrides)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            var path = equals < 1 ? [] : text[..equals].Trim().Split('.');
            if (path.Length == 0 || path.Any(string.IsNullOrWhiteSpace))
            {
                faults.Add($"--set {text}: expected KEY=VALUE, for example --set trainer.epochs=10.");
                continue;
            }

            try
            {
                Put(root, path, ParseValue(text[(equals + 1)..], $"--set {text}"));
            }
            catch (ConfigurationException e)
            {
                faults.Add(e.Message);
            }
        }

        return root;
    }

    /// <summary>What stands under a key; null when nothing does.</summary>
    public static YamlNode? Child(YamlMappingNode? section, YamlNode key) =>
        section is not null && section.Children.TryGetValue(key, out var child) ? child : null;

    /// <summary>Text of a scalar key; empty for anything else.</summary>
    public static string Text(YamlNode node) => (node as YamlScalarNode)?.Value ?? "";

    private static YamlNode ParseValue(string text, string origin) =>
        ParseNode(text, origin) is { } value ? YamlAliases.Resolve(value, origin) : new YamlScalarNode("") { Style = ScalarStyle.DoubleQuoted };

    private static YamlNode? ParseNode(string text, string origin)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (AnchorNotFoundException)
        {
            throw YamlAliases.NoAnchor(text, origin);
        }
        catch (YamlException e)
        {
            throw new ConfigurationException($"{origin}, line {e.End.Line}, column {e.End.Column}: {e.InnerException?.Message ?? e.Message} Correct the "
                + "YAML there.");
        }

        return stream.Documents.Count switch
        {
            0 => null,
            1 => stream.Documents[0].RootNode is YamlScalarNode { Value: "", Style: ScalarStyle.Plain }
                ? null
                : stream.Documents[0].RootNode,
            _ => throw new ConfigurationException($"{origin}: holds several YAML documents, expected one. Remove the lines '---' between them."),
        };
    }

    private static void Put(YamlMappingNode root, string[] path, YamlNode value)
    {
        var section = root;
        foreach (var key in path[..^1])
        {
            if (Child(section, key) is not YamlMappingNode next)
            {
                section.Children[key] = next = [];
            }

            section = next;
        }

        section.Children[path[^1]] = value;
    }

    private static YamlMappingNode WithoutOtherPlugin(string section, YamlMappingNode under, YamlMappingNode over)
    {
        if (!KeptWhenNameChanges.TryGetValue(section, out var kept)
            || !over.Children.TryGetValue("name", out var name) || !under.Children.TryGetValue("name", out var before) || Text(name) == Text(before))
        {
            return under;
        }

        return new(under.Children.Where(pair => kept.Contains(Text(pair.Key))));
    }

    private static YamlMappingNode Clone(YamlMappingNode node) => new(node.Children);
}
