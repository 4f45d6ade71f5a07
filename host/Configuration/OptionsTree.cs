using System.Collections;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Parallax.Host.Configuration;

/// <summary>Options records as trees again: every key with its value, defaults included.</summary>
internal static class OptionsTree
{
    /// <summary>A section with every key of a record.</summary>
    public static YamlMappingNode FromRecord(object options)
    {
        var section = new YamlMappingNode();
        foreach (var key in OptionKey.Of(options.GetType()))
        {
            section.Add(key.Name, FromValue(key.Property.GetValue(options)));
        }

        return section;
    }

    /// <summary>A value of a recipe: null, a scalar, a list or a record.</summary>
    public static YamlNode FromValue(object? value) => value switch
    {
        string text => Scalar(text),
        null or bool or Enum or TimeSpan or IFormattable => new YamlScalarNode(OptionValue.Format(value)),
        IEnumerable list => FromList(list),
        _ => FromRecord(value),
    };

    /// <summary>Leaves by dotted key, values as in YAML; lists of scalars in one line.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Flatten(YamlNode node, string prefix = "") => node switch
    {
        YamlMappingNode map => map.Children.SelectMany(pair => Flatten(pair.Value, Join(prefix, RecipeTree.Text(pair.Key)))),
        YamlSequenceNode list when list.Children.All(child => child is YamlScalarNode) =>
            [KeyValuePair.Create(prefix, $"[{string.Join(", ", list.Children.Select(RecipeTree.Text))}]")],
        YamlSequenceNode list =>
            list.Children.SelectMany((child, index) => Flatten(child, Join(prefix, index.ToString(System.Globalization.CultureInfo.InvariantCulture)))),
        _ => [KeyValuePair.Create(prefix, RecipeTree.Text(node))],
    };

    private static YamlSequenceNode FromList(IEnumerable list)
    {
        var sequence = new YamlSequenceNode(list.Cast<object?>().Select(FromValue));
        sequence.Style = sequence.Children.All(child => child is YamlScalarNode)
            ? YamlDotNet.Core.Events.SequenceStyle.Flow
            : YamlDotNet.Core.Events.SequenceStyle.Block;

        return sequence;
    }

    // Left to itself, the emitter writes a line break as it is, and reading folds it away.
    private static YamlScalarNode Scalar(string text) =>
        new(text) { Style = text is "" or "~" or "null" || text.Any(char.IsControl) ? ScalarStyle.DoubleQuoted : ScalarStyle.Any };

    private static string Join(string prefix, string key) => prefix.Length == 0 ? key : $"{prefix}.{key}";
}
