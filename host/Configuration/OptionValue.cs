using System.Globalization;

namespace Parallax.Host.Configuration;

/// <summary>Single values as recipes write them.</summary>
internal static class OptionValue
{
    private static readonly (string Suffix, Func<double, TimeSpan> From)[] Durations =
        [("ms", TimeSpan.FromMilliseconds), ("s", TimeSpan.FromSeconds), ("m", TimeSpan.FromMinutes), ("h", TimeSpan.FromHours), ("d", TimeSpan.FromDays)];

    /// <summary>What a type is called in messages and in the reference.</summary>
    public static string Describe(Type type) => type switch
    {
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(AutoCount) => "a whole number or auto",
        _ when type == typeof(double) || type == typeof(float) => "a number",
        _ when type == typeof(string) => "a text",
        _ when type == typeof(TimeSpan) => "a duration such as 500ms, 30s, 5m, 2h or 00:05:00",
        { IsEnum: true } => "one of " + string.Join(", ", EnumNames.Of(type).Keys),
        _ when ElementType(type) is { } element => $"a list, each {Describe(element)}",
        _ => "a section",
    };

    /// <summary>Type of the elements of a list; null when the type is no list.</summary>
    public static Type? ElementType(Type type) => type switch
    {
        { IsArray: true } => type.GetElementType(),
        { IsGenericType: true } when type.GetGenericTypeDefinition() is var generic
            && (generic == typeof(IReadOnlyList<>) || generic == typeof(IReadOnlyCollection<>) || generic == typeof(IEnumerable<>)
            || generic == typeof(IList<>))
            => type.GetGenericArguments()[0],
        _ => null,
    };

    /// <summary>Whether the type is a section of its own: another record.</summary>
    public static bool IsSection(Type type) => type is { IsClass: true, IsArray: false } && type != typeof(string) && ElementType(type) is null;

    /// <summary>Reads a value.</summary>
    /// <param name="text">As written.</param>
    /// <param name="type">Type of the property.</param>
    /// <returns>Null when the text is no such value.</returns>
    public static object? Parse(string text, Type type)
    {
        const NumberStyles Real = NumberStyles.Float;
        var culture = CultureInfo.InvariantCulture;

        return type switch
        {
            _ when type == typeof(string) => text,
            _ when type == typeof(bool) => text is "true" ? true : text is "false" ? false : null,
            _ when type == typeof(int) => int.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var i) ? i : null,
            _ when type == typeof(long) => long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var l) ? l : null,
            _ when type == typeof(AutoCount) => AutoCount.Parse(text),
            _ when type == typeof(double) => double.TryParse(text, Real, culture, out var d) && double.IsFinite(d) ? d : null,
            _ when type == typeof(float) => float.TryParse(text, Real, culture, out var f) && float.IsFinite(f) ? f : null,
            _ when type == typeof(TimeSpan) => Duration(text),
            { IsEnum: true } => EnumNames.Of(type).GetValueOrDefault(text),
            _ => throw new NotSupportedException($"An option of type {type} cannot be written in a recipe. Use bool, int, long, float, double, string, "
                + "TimeSpan, an enum, a list or a record of these."),
        };
    }

    /// <summary>Writes a value so that <see cref="Parse"/> reads it back.</summary>
    public static string Format(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        Enum => EnumNames.Of(value),
        TimeSpan duration => duration.ToString("c", CultureInfo.InvariantCulture),
        double or float => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture).ToLowerInvariant(),   // 1e-08, as people write it
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static TimeSpan? Duration(string text)
    {
        foreach (var (suffix, from) in Durations)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                return double.IsFinite(number) ? from(number) : null;
            }
        }

        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) ? duration : null;
    }
}
