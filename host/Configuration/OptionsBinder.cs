using System.Collections;
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
    public object Bind(Type record, YamlMappingNode? section, string prefix, IReadOnlyCollection<string>? foreign = null) =>
        Bind(record, Entries(section), prefix, foreign);

    /// <summary>Binds keys with their values, each a node of a recipe or a value such as a method gives for its views.</summary>
    public object Bind(Type record, IEnumerable<(string Key, object Value)> entries, string prefix, IReadOnlyCollection<string>? foreign = null)
    {
        var options = Activator.CreateInstance(record)!;
        var keys = OptionKey.Of(record);
        var before = faults.Count;
        var bad = new HashSet<string>();
        foreach (var (name, value) in entries)
        {
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

    /// <summary>The keys of a section with their values.</summary>
    public static IEnumerable<(string Key, object Value)> Entries(YamlMappingNode? section) =>
        (section ?? []).Children.Select(pair => (RecipeTree.Text(pair.Key), (object)pair.Value));

    /// <summary>The message for a key nobody knows.</summary>
    public static string Unknown(string name, string prefix, IReadOnlyCollection<string> known)
    {
        var full = prefix.Length == 0 ? name : $"{prefix}.{name}";

        return $"{full} is not a known key.{NearestName.Hint(name, known.Distinct())}";
    }

    private void SetProperty(object options, OptionKey key, object given, string fullKey, HashSet<string> bad)
    {
        var before = faults.Count;
        var value = IsNull(given) && key.IsNullable ? null : Read(given, key.Type, fullKey);
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

    private object? Read(object given, Type type, string fullKey)
    {
        var value = type switch
        {
            _ when OptionValue.ElementType(type) is { } element => Elements(given) is { } list ? ReadList(list, element, fullKey) : null,
            _ when OptionValue.IsSection(type) => given is YamlMappingNode section ? Bind(type, section, fullKey) : null,
            _ => Text(given) is { } text ? OptionValue.Parse(text, type) : null,
        };

        return value ?? Wrong(given, type, fullKey);
    }

    private Array ReadList(List<object> list, Type element, string fullKey)
    {
        var values = Array.CreateInstance(element, list.Count);
        for (var i = 0; i < values.Length; i++)
        {
            values.SetValue(Read(list[i], element, $"{fullKey}[{i}]"), i);
        }

        return values;
    }

    private object? Wrong(object given, Type type, string fullKey)
    {
        var text = Text(given);
        var what = IsNull(given) ? "empty" : text is not null ? $"'{text}'" : Elements(given) is not null ? "a list" : "a section";
        var nearest = type.IsEnum && text is not null && NearestName.Of(text, EnumNames.Of(type).Keys) is { } name ? $" Did you mean '{name}'?" : "";
        faults.Add($"{fullKey} is {what}; expected {OptionValue.Describe(type)}.{nearest}");

        return type.IsValueType ? Activator.CreateInstance(type) : null;
    }

    // The elements of a list, or null.
    private static List<object>? Elements(object given) => given switch
    {
        YamlSequenceNode list => [.. list.Children],
        YamlNode or string => null,
        IEnumerable list => [.. list.Cast<object>()],
        _ => null,
    };

    // A single value as text, or null.
    private static string? Text(object given) => given switch
    {
        _ when IsNull(given) => null,
        YamlScalarNode scalar => scalar.Value ?? "",
        YamlNode => null,
        _ => Elements(given) is null ? OptionValue.Format(given) : null,
    };

    private static bool IsNull(object given) => given is YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or null };
}
