using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Parallax.Host.Configuration;

/// <summary>Fills options records from sections of a recipe and notes every fault, with its full key.</summary>
/// <param name="faults">Receives one message per fault.</param>
internal sealed class OptionsBinder(ICollection<string> faults)
{
    /// <summary>Binds a section to a new record. Keys that are absent keep their defaults.</summary>
    /// <param name="record">Type of the record.</param>
    /// <param name="section">The section; null when the recipe has none.</param>
    /// <param name="prefix">Full key of the section.</param>
    /// <param name="foreign">Keys of the section that belong to another record.</param>
    /// <returns>The record; where faults were noted, with defaults in their place.</returns>
    public object Bind(Type record, YamlMappingNode? section, string prefix, IReadOnlyCollection<string>? foreign = null)
    {
        var options = Activator.CreateInstance(record)!;
        var keys = OptionKey.Of(record);
        var before = faults.Count;
        var bad = new HashSet<string>();
        foreach (var (keyNode, value) in section ?? [])
        {
            var name = RecipeTree.Text(keyNode);
            if (keys.FirstOrDefault(key => key.Name == name) is { } key)
            {
                SetProperty(options, key, value, $"{prefix}.{name}", bad);
            }
            else if (foreign?.Contains(name) != true)
            {
                faults.Add(Unknown(name, prefix, [.. keys.Select(known => known.Name), .. foreign ?? []]));
            }
        }

        OptionsValidator.Validate(options, keys.Where(key => !bad.Contains(key.Name)), prefix, faults, acrossValues: faults.Count == before);

        return options;
    }

    /// <summary>The message for a key nobody knows.</summary>
    public static string Unknown(string name, string prefix, IReadOnlyCollection<string> known)
    {
        var full = prefix.Length == 0 ? name : $"{prefix}.{name}";

        return $"{full} is not a known key.{NearestName.Hint(name, known.Distinct())}";
    }

    private void SetProperty(object options, OptionKey key, YamlNode node, string fullKey, HashSet<string> bad)
    {
        var before = faults.Count;
        var value = IsNull(node) && key.IsNullable ? null : Read(node, key.Type, fullKey);
        if (key.IsPath && value is string path)
        {
            value = Expand(path, fullKey);
        }

        if (faults.Count > before)
        {
            bad.Add(key.Name);
            return;
        }

        key.Property.SetValue(options, value);
    }

    private string Expand(string path, string fullKey)
    {
        try
        {
            return UserPath.Expand(path, fullKey);
        }
        catch (ConfigurationException e)
        {
            faults.Add(e.Message);

            return path;
        }
    }

    private object? Read(YamlNode node, Type type, string fullKey)
    {
        if (OptionValue.ElementType(type) is { } element)
        {
            return node is YamlSequenceNode list ? ReadList(list, element, fullKey) : Wrong(node, type, fullKey);
        }

        if (OptionValue.IsSection(type))
        {
            return node is YamlMappingNode section ? Bind(type, section, fullKey) : Wrong(node, type, fullKey);
        }

        if (node is not YamlScalarNode scalar || IsNull(node))
        {
            return Wrong(node, type, fullKey);
        }

        return OptionValue.Parse(scalar.Value ?? "", type) ?? Wrong(node, type, fullKey);
    }

    private Array ReadList(YamlSequenceNode list, Type element, string fullKey)
    {
        var values = Array.CreateInstance(element, list.Children.Count);
        for (var i = 0; i < values.Length; i++)
        {
            values.SetValue(Read(list.Children[i], element, $"{fullKey}[{i}]"), i);
        }

        return values;
    }

    private object? Wrong(YamlNode node, Type type, string fullKey)
    {
        var given = node switch
        {
            _ when IsNull(node) => "empty",
            YamlScalarNode scalar => $"'{scalar.Value}'",
            YamlSequenceNode => "a list",
            _ => "a section",
        };
        var nearest = type.IsEnum && node is YamlScalarNode { Value: { } text } && NearestName.Of(text, EnumNames.Of(type).Keys) is { } name
            ? $" Did you mean '{name}'?"
            : "";
        faults.Add($"{fullKey} is {given}; expected {OptionValue.Describe(type)}.{nearest}");

        return type.IsValueType ? Activator.CreateInstance(type) : null;
    }

    private static bool IsNull(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or null };
}
