using System.Text.RegularExpressions;

namespace Parallax.Host.Tracking;

/// <summary>Names that MLflow takes for models.</summary>
internal static partial class ModelNames
{
    /// <summary>Tag of a logged model and of a version that holds <see cref="ModelEntry.Key"/>.</summary>
    public const string KeyTag = "client.model_key";

    private const int Longest = 250;

    /// <summary>Checks the names that a user gives.</summary>
    /// <param name="name">Of the registered model; null registers none.</param>
    /// <param name="alias">Of its version; null for none.</param>
    /// <exception cref="ConfigurationException">MLflow does not take one of them.</exception>
    public static void Require(string? name, string? alias)
    {
        if (name is not null && (string.IsNullOrWhiteSpace(name) || name.Length > Longest || name.IndexOfAny(['/', ':', '"', '\'']) >= 0))
        {
            throw new ConfigurationException($"--register is '{name}', which MLflow's registry does not take: a name has 1 to {Longest} characters and none of "
                + $"/ : \" '.{(string.IsNullOrWhiteSpace(name) ? "" : $" Try '{KeyRules.Cut(Forbidden().Replace(name, "-"), Longest)}'.")}");
        }

        if (alias is not null && name is null)
        {
            throw new ConfigurationException($"--alias is '{alias}', but nothing is registered. Add --register NAME.");
        }

        if (alias is not null && (!Alias().IsMatch(alias) || alias.Length > Longest || Reserved().IsMatch(alias)))
        {
            throw new ConfigurationException($"--alias is '{alias}', which MLflow's registry does not take: an alias has 1 to {Longest} letters, digits, "
                + "_ and -, and is neither 'latest' nor a version such as 'v1'.");
        }
    }

    [GeneratedRegex("""[/:.%"']""")]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"^[\w-]+$")]
    private static partial Regex Alias();

    [GeneratedRegex(@"^(?:latest|v\d+)$", RegexOptions.IgnoreCase)]
    private static partial Regex Reserved();
}
