using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Bounds;

/// <summary>A place in a recipe that takes a number.</summary>
/// <param name="Row">Record and key, as <c>bounds.txt</c> names it.</param>
/// <param name="Key">Full key in the recipe, as messages name it.</param>
/// <param name="Type">Type of the value.</param>
/// <param name="Set">Changes to the recipe that give it a value.</param>
internal sealed record NumberOption(string Row, string Key, Type Type, Func<string, string[]> Set);

/// <summary>What <c>bounds.txt</c> says about one option.</summary>
/// <param name="Low">Lower bound; null without.</param>
/// <param name="LowIsIn">Whether the bound itself is allowed.</param>
/// <param name="High">Upper bound; null without.</param>
/// <param name="HighIsIn">Whether the bound itself is allowed.</param>
internal sealed record Interval(double? Low, bool LowIsIn, double? High, bool HighIsIn)
{
    /// <summary>Reads <c>(0, 1]</c> or <c>[0, inf)</c>.</summary>
    public static Interval Parse(string text)
    {
        var ends = text[1..^1].Split(", ");

        return new(End(ends[0]), text[0] == '[', End(ends[1]), text[^1] == ']');

        static double? End(string end) => end is "inf" or "-inf" ? null : double.Parse(end, CultureInfo.InvariantCulture);
    }
}

/// <summary>The table and the options it is about.</summary>
internal static class BoundTable
{
    /// <summary>Rows of <c>bounds.txt</c>.</summary>
    public static IReadOnlyDictionary<string, string> Rows { get; } = Read();

    /// <summary>Every option of every record that takes a number; records that several plugins share, once.</summary>
    public static IReadOnlyList<NumberOption> Options { get; } =
    [
        .. HostSections.All.SelectMany(section => Of(section.Value, section.Key, key => value => [$"{section.Key}.{key}={value}"])),
        .. Plugins(PluginKind.Method).SelectMany(plugin => Of(plugin.OptionsType!, "method",
            key => value => [$"method={{name: {plugin.Name}, {key}: {value}}}"])),
        .. Plugins(PluginKind.Backbone).SelectMany(plugin => Of(plugin.OptionsType!, "backbone",
            key => value => [$"backbone={{name: {plugin.Name}, {key}: {value}}}"])),
        .. Plugins(PluginKind.Dataset).SelectMany(plugin => Of(plugin.OptionsType!, "data", key => value => [$"data={{name: {plugin.Name}, {key}: {value}}}"])),
        .. Plugins(PluginKind.Evaluator).SelectMany(plugin =>
            Of(plugin.OptionsType!, $"evaluation.{plugin.Name}", key => value => [$"evaluation.{plugin.Name}.{key}={value}"])),
        .. Plugins(PluginKind.Augmentation).SelectMany(plugin =>
            Of(plugin.OptionsType!, $"views[0].augmentations[0].{plugin.Name}",
                key => value => [$"views=[{{augmentations: [{{{plugin.Name}: {{{key}: {value}}}}}]}}]"])),
    ];

    /// <summary>Whether the recipe reader allows a value: other faults, such as rules across values, do not count.</summary>
    public static bool Allows(NumberOption option, string value)
    {
        try
        {
            ConformanceHost.Configuration("simclr", option.Set(value));
        }
        catch (ConfigurationException fault)
        {
            Assert.DoesNotContain(fault.Faults, text => text.StartsWith($"{option.Key} is", StringComparison.Ordinal)
                && text.Contains("expected", StringComparison.Ordinal));

            return !fault.Faults.Any(text => text.StartsWith($"{option.Key} is ", StringComparison.Ordinal)
                && text.Contains("; allowed: ", StringComparison.Ordinal));
        }

        return true;
    }

    private static IEnumerable<PluginDescriptor> Plugins(PluginKind kind) =>
        ConformanceHost.Catalog.Of(kind).Where(plugin => plugin.OptionsType is not null).DistinctBy(plugin => plugin.OptionsType);

    private static IEnumerable<NumberOption> Of(Type record, string section, Func<string, Func<string, string[]>> set) =>
        from key in OptionKey.Of(record)
        where key.Type == typeof(int) || key.Type == typeof(long) || key.Type == typeof(double) || key.Type == typeof(TimeSpan)
            || key.Property.GetCustomAttributes(typeof(RangeAttribute), inherit: true).Length > 0
        select new NumberOption($"{record.Name}.{key.Name}", $"{section}.{key.Name}", key.Type, set(key.Name));

    private static Dictionary<string, string> Read()
    {
        using var stream = typeof(BoundTable).Assembly.GetManifestResourceStream("bounds.txt")!;
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(line => line[0] != '#');

        return lines.Select(line => line.Split(' ', 2)).ToDictionary(row => row[0], row => row[1]);
    }
}
