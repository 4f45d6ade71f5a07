using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Parallax.Host.Configuration;

/// <summary>Ranges as a reader writes them: [0, 1), at least 1, above 0.</summary>
internal static class OptionRange
{
    /// <summary>The allowed range.</summary>
    public static string Describe(RangeAttribute range)
    {
        var (low, high) = (Text(range.Minimum), Text(range.Maximum));
        if (IsOpen(range.Maximum))
        {
            return range.MinimumIsExclusive ? $"above {low}" : $"at least {low}";
        }

        return $"{(range.MinimumIsExclusive ? '(' : '[')}{low}, {high}{(range.MaximumIsExclusive ? ')' : ']')}";
    }

    private static bool IsOpen(object maximum) => maximum switch
    {
        int.MaxValue => true,
        double number => number is double.MaxValue or double.PositiveInfinity || number == long.MaxValue,
        string text => text == long.MaxValue.ToString(CultureInfo.InvariantCulture),
        long.MaxValue => true,
        _ => false,
    };

    private static string Text(object bound) => OptionValue.Format(bound);
}
