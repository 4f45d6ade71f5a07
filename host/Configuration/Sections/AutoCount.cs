using System.Globalization;

namespace Parallax.Host.Configuration;

/// <summary>A number that a recipe gives, or leaves to a measurement of the machine.</summary>
/// <param name="Number">The number; null for <c>auto</c>.</param>
public readonly record struct AutoCount(int? Number) : IFormattable
{
    private const string Word = "auto";

    /// <summary>Whether it is measured.</summary>
    public bool IsAuto => Number is null;

    /// <summary>A number that is given.</summary>
    public static implicit operator AutoCount(int number) => new(number);

    /// <summary>Reads it as recipes write it; null when it is neither a whole number nor <c>auto</c>.</summary>
    internal static AutoCount? Parse(string text) => text == Word ? new AutoCount(null)
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : null;

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => Number?.ToString(format, formatProvider) ?? Word;

    /// <inheritdoc/>
    public override string ToString() => ToString(null, CultureInfo.InvariantCulture);
}
