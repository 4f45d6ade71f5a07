using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Parallax.Host.Configuration;

/// <summary>Puts in place of aliases and merge keys (<c>&lt;&lt;: *NAME</c>, <c>&lt;&lt;: [*A, *B]</c>) what they stand for.</summary>
internal static class YamlAliases
{
    /// <summary>A copy of a node in which no section or list stands in two places.</summary>
    /// <param name="node">As YAML is read: an alias is the node of its anchor itself.</param>
    /// <param name="origin">File or option, for messages.</param>
    /// <exception cref="ConfigurationException">A section holds an alias of itself, or what is merged is no section.</exception>
    public static YamlNode Resolve(YamlNode node, string origin) => Resolve(node, origin, new(ReferenceEqualityComparer.Instance));

    /// <summary>What to tell of text with an alias that stands for nothing.</summary>
    public static ConfigurationException NoAnchor(string text, string origin)
    {
        var (parser, anchors, aliases) = (new Parser(new StringReader(text)), new HashSet<AnchorName>(), new List<AnchorAlias>());
        while (parser.MoveNext() && aliases.TrueForAll(alias => anchors.Contains(alias.Value) || parser.Current is not DocumentEnd))
        {
            switch (parser.Current)
            {
                case AnchorAlias alias:
                    aliases.Add(alias);
                    break;
                case NodeEvent node:
                    anchors.Add(node.Anchor);
                    break;
                case DocumentEnd:
                    anchors.Clear();   // they belong to their document
                    aliases.Clear();
                    break;
            }
        }

        var first = aliases.First(alias => !anchors.Contains(alias.Value));

        return new($"{origin}, line {first.Start.Line}: the alias '*{first.Value}' has no anchor. Write '&{first.Value}' before the section it stands for.");
    }

    private static bool IsMerge(YamlNode key) => key is YamlScalarNode { Value: "<<", Style: ScalarStyle.Plain };

    private static YamlNode Resolve(YamlNode node, string origin, HashSet<YamlNode> above)
    {
        if (node is YamlScalarNode)
        {
            return node;
        }

        if (!above.Add(node))
        {
            throw new ConfigurationException(
                $"{origin}, line {node.Start.Line}: the section or list that begins here holds an alias of itself. Remove the alias.");
        }

        YamlNode copy = node is YamlMappingNode mapping
            ? Merged(mapping, origin, above)
            : new YamlSequenceNode(((YamlSequenceNode)node).Children.Select(child => Resolve(child, origin, above)));
        above.Remove(node);

        return copy;
    }

    // The keys of the section win over merged ones, and of merged sections the first wins.
    private static YamlMappingNode Merged(YamlMappingNode mapping, string origin, HashSet<YamlNode> above)
    {
        var copy = new YamlMappingNode(mapping.Children.Where(pair => !IsMerge(pair.Key))
            .Select(pair => KeyValuePair.Create(pair.Key, Resolve(pair.Value, origin, above))));
        foreach (var merged in mapping.Children.Where(pair => IsMerge(pair.Key)).Select(pair => pair.Value))
        {
            foreach (var source in merged is YamlSequenceNode list ? list.Children : [merged])
            {
                var section = source as YamlMappingNode ?? throw new ConfigurationException(
                    $"{origin}, line {source.Start.Line}: '<<' takes the keys of another section; expected an alias of one, or a list of such: "
                    + "'<<: *NAME' where '&NAME' stands before that section.");
                foreach (var (key, value) in ((YamlMappingNode)Resolve(section, origin, above)).Children)
                {
                    copy.Children.TryAdd(key, value);
                }
            }
        }

        return copy;
    }
}
