using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Parallax.Host.Configuration;

/// <summary>One option as the reference shows it.</summary>
/// <param name="Key">Key in its section.</param>
/// <param name="Type">What kind of value it takes.</param>
/// <param name="Default">Default as a recipe would write it; "required" without one.</param>
/// <param name="Allowed">Range or list of values, else its type.</param>
/// <param name="Summary">Meaning and source.</param>
internal sealed record OptionReference(string Key, string Type, string Default, string Allowed, string Summary)
{
    /// <summary>Options of a record, in the order of its source.</summary>
    public static IReadOnlyList<OptionReference> Of(Type record)
    {
        var defaults = Activator.CreateInstance(record)!;

        return [.. OptionKey.Of(record).SelectMany(key => Of(key, defaults, ""))];
    }

    private static IEnumerable<OptionReference> Of(OptionKey key, object owner, string prefix)
    {
        var value = key.Property.GetValue(owner);
        if (OptionValue.IsSection(key.Type) && value is not null)
        {
            return OptionKey.Of(key.Type).SelectMany(inner => Of(inner, value, $"{prefix}{key.Name}."));
        }

        var required = key.Property.GetCustomAttribute<RequiredAttribute>() is not null && value is null or "";

        return [new(prefix + key.Name, OptionValue.Describe(key.Type), required ? "required" : DefaultText(value), AllowedText(key), XmlDocs.Of(key.Property))];
    }

    private static string DefaultText(object? value) => OptionsTree.Flatten(OptionsTree.FromValue(value)).Select(pair => pair.Value).FirstOrDefault("[]");

    private static string AllowedText(OptionKey key)
    {
        var type = OptionValue.Describe(key.Type);
        var values = key.Property.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed ? string.Join(", ", allowed.Values.Select(OptionValue.Format))
            : null;
        var pattern = key.Property.GetCustomAttribute<RegularExpressionAttribute>()?.Pattern.Replace("|", " or ", StringComparison.Ordinal);
        var text = key.Range is { } range ? $"{type}, {OptionRange.Describe(range)}" : values ?? pattern ?? type;

        return key.IsNullable ? $"{text}, or null" : text;
    }
}
