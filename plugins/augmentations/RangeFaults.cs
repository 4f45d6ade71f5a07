using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Parallax.Plugins.Augmentations;

/// <summary>The rule on two options that are the ends of a range.</summary>
internal static class RangeFaults
{
    /// <summary>What is wrong when the lower end lies above the upper one.</summary>
    public static IEnumerable<ValidationResult> Of(
        double min, double max, [CallerArgumentExpression(nameof(min))] string minName = "", [CallerArgumentExpression(nameof(max))] string maxName = "") =>
        min > max ? [new($"{Key(minName)} is {min}, above {Key(maxName)} {max}. Swap them.", [minName])] : [];

    private static string Key(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
