using System.Reflection;
using System.Runtime.Serialization;
using System.Text.Json;

namespace Parallax.Host.Configuration;

/// <summary>Names of enumeration values in recipes: kebab-case, or what <see cref="EnumMemberAttribute"/> says.</summary>
internal static class EnumNames
{
    /// <summary>All names of a type with their values.</summary>
    public static IReadOnlyDictionary<string, object> Of(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).ToDictionary(Name, field => field.GetValue(null)!);

    /// <summary>Name of a value.</summary>
    public static string Of(object value) => Name(value.GetType().GetField(value.ToString()!)!);

    private static string Name(FieldInfo field) =>
        field.GetCustomAttribute<EnumMemberAttribute>()?.Value ?? JsonNamingPolicy.KebabCaseLower.ConvertName(field.Name);
}
