using System.Globalization;
using System.Reflection;
using Parallax.Contracts;
using Parallax.Plugins.Augmentations;

namespace Parallax.Plugins.Tests.Recipes;

/// <summary>Views as text: every augmentation with all its options, those that a plan leaves at their defaults included; <c>perFrame</c>, which the papers
/// do not have, and <c>square</c> only where they are set.</summary>
internal static class ViewText
{
    private static readonly Dictionary<string, Type> _options = typeof(RandomResizedCrop).Assembly.GetTypes()
        .Select(type => type.GetCustomAttribute<PluginAttribute>()).OfType<PluginAttribute>().ToDictionary(plugin => plugin.Name, plugin => plugin.Options!);

    /// <summary>One line per view; views that follow each other and are equal share one, with their number before it.</summary>
    public static string[] Of(ViewPlan plan)
    {
        List<(string Text, int Count)> lines = [];
        foreach (var text in plan.Views.Select(view => string.Join(" | ", view.Steps.Select(Of))))
        {
            if (lines.Count > 0 && lines[^1].Text == text)
            {
                lines[^1] = (text, lines[^1].Count + 1);
            }
            else
            {
                lines.Add((text, 1));
            }
        }

        return [.. lines.Select(line => $"{line.Count} x {line.Text}")];
    }

    private static string Of(AugmentationSpec step)
    {
        var options = Activator.CreateInstance(_options[step.Name])!;
        foreach (var (key, value) in step.Options)
        {
            var property = options.GetType().GetProperty(char.ToUpperInvariant(key[0]) + key[1..])!;
            property.SetValue(options, property.PropertyType.IsEnum
                ? Enum.Parse(property.PropertyType, value.ToString()!, ignoreCase: true)
                : Convert.ChangeType(value, property.PropertyType, CultureInfo.InvariantCulture));
        }

        var numbers = options.GetType().GetProperties()
            .Where(property => property.PropertyType != typeof(IReadOnlyList<double>)
                && (property.Name, property.GetValue(options)) is not ("PerFrame" or "Square", false))
            .Select(property => Text(property.GetValue(options)!));

        return string.Join(' ', numbers.Prepend(step.Name));
    }

    private static string Text(object value) =>
        value is double number ? Math.Round(number, 4).ToString(CultureInfo.InvariantCulture) : value.ToString()!.ToLowerInvariant();
}
