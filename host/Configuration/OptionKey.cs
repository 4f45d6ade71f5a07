using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;

namespace Parallax.Host.Configuration;

/// <summary>One property of an options record and its key in a recipe.</summary>
/// <param name="Name">Key, camelCase.</param>
/// <param name="Property">The property.</param>
internal sealed record OptionKey(string Name, PropertyInfo Property)
{
    /// <summary>Keys of a record in the order of its source, before those it inherits.</summary>
    public static IReadOnlyList<OptionKey> Of(Type record) =>
    [
        .. record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
            .OrderBy(property => property.DeclaringType == record ? 0 : 1).ThenBy(property => property.MetadataToken)
            .Select(property => new OptionKey(JsonNamingPolicy.CamelCase.ConvertName(property.Name), property)),
    ];

    /// <summary>Whether the value may be null.</summary>
    public bool IsNullable => Nullable.GetUnderlyingType(Property.PropertyType) is not null
        || (!Property.PropertyType.IsValueType && new NullabilityInfoContext().Create(Property).WriteState == NullabilityState.Nullable);

    /// <summary>Whether the value is a path, by its name: <c>~</c> and environment variables in it count.</summary>
    public bool IsPath => Type == typeof(string)
        && (Name is "path" or "spool" || Array.Exists(["Path", "File", "Folder", "Directory"], ending => Name.EndsWith(ending, StringComparison.Ordinal)));

    /// <summary>Range of allowed values; null without one.</summary>
    public RangeAttribute? Range => Property.GetCustomAttribute<RangeAttribute>();

    /// <summary>Type of the value, without its nullability.</summary>
    public Type Type => Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;
}
