using System.Globalization;

namespace Parallax.Host.Tracking;

/// <summary>Reads values of MLflow's environment variables, as strictly as MLflow does.</summary>
/// <param name="environment">Reads a variable; null or blank when it is not set.</param>
internal sealed class MlflowEnvironment(Func<string, string?> environment)
{
    /// <summary>The text of a variable, null when it is not set.</summary>
    public string? Text(string name) => environment(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    /// <summary>A switch.</summary>
    /// <exception cref="ConfigurationException">It is neither true nor false.</exception>
    public bool? Flag(string name) => Text(name)?.ToLowerInvariant() switch
    {
        null => null,
        "true" or "1" => true,
        "false" or "0" => false,
        _ => throw new ConfigurationException($"{name} is '{Text(name)}'; expected true, false, 1 or 0. Correct it or unset it."),
    };

    /// <summary>A time in seconds.</summary>
    /// <exception cref="ConfigurationException">It is no positive number.</exception>
    public TimeSpan? Seconds(string name) => Text(name) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 1e6
            ? TimeSpan.FromSeconds(seconds)
            : throw new ConfigurationException($"{name} is '{text}'; expected seconds, a number above 0, for example 120. Correct it or unset it.");

    /// <summary>A number of times.</summary>
    /// <exception cref="ConfigurationException">It is no whole number from 0 on.</exception>
    public int? Count(string name) => Text(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw new ConfigurationException($"{name} is '{text}'; expected a whole number from 0 on, for example 7. Correct it or unset it.");

    /// <summary>The identifier of a run.</summary>
    /// <exception cref="ConfigurationException">No run is called so.</exception>
    public string? RunId(string name) => Text(name) is not { } text ? null
        : text.Length <= 256 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? text
            : throw new ConfigurationException($"{name} is '{text}', which is no identifier of a run; expected 32 hexadecimal digits. Correct it or unset it.");
}
