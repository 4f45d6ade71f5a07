using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Parallax.Host.Configuration;

/// <summary>Checks an options record and says what is wrong with full key, value and allowed range, which the attributes alone do not know.</summary>
internal static class OptionsValidator
{
    /// <summary>Checks single values, then, when nothing else is wrong, the rules across values.</summary>
    /// <param name="options">The record.</param>
    /// <param name="keys">Keys to check.</param>
    /// <param name="prefix">Full key of its section.</param>
    /// <param name="faults">Receives one message per fault.</param>
    /// <param name="acrossValues">Whether rules across values make sense.</param>
    public static void Validate(object options, IEnumerable<OptionKey> keys, string prefix, ICollection<string> faults, bool acrossValues)
    {
        var before = faults.Count;
        foreach (var key in keys)
        {
            var given = key.Property.GetValue(options);
            var value = given is AutoCount count ? count.Number : given;   // a range is that of the number
            var context = new ValidationContext(options) { MemberName = key.Name, DisplayName = $"{prefix}.{key.Name}" };
            foreach (var rule in key.Property.GetCustomAttributes<ValidationAttribute>())
            {
                if (rule.GetValidationResult(value, context) is { } failure)
                {
                    faults.Add(Message($"{prefix}.{key.Name}", value, rule, failure));
                }
            }
        }

        if (acrossValues && faults.Count == before && options is IValidatableObject whole)
        {
            foreach (var failure in whole.Validate(new(options)))
            {
                faults.Add(SectionFaults.Of(prefix, failure.ErrorMessage ?? "is not valid."));
            }
        }
    }

    private static string Message(string key, object? value, ValidationAttribute rule, ValidationResult failure) => rule switch
    {
        RequiredAttribute => $"{key} is missing. Give it in the recipe or with --set {key}=VALUE.",
        RangeAttribute range => $"{key} is {OptionValue.Format(value)}; allowed: {OptionRange.Describe(range)}.",
        RegularExpressionAttribute expression => $"{key} is '{value}'; allowed: {expression.Pattern.Replace("|", " | ", StringComparison.Ordinal)}.",
        AllowedValuesAttribute allowed => $"{key} is {OptionValue.Format(value)}; allowed: {string.Join(", ", allowed.Values.Select(OptionValue.Format))}.",
        _ => $"{key}: {failure.ErrorMessage}",
    };
}
