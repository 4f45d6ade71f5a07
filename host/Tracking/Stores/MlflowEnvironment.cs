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
    public bool? Flag(string name) => Read<bool?>(name, "; expected true, false, 1 or 0", text => text.ToLowerInvariant() switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => null,
    });

    /// <summary>A time in seconds.</summary>
    /// <exception cref="ConfigurationException">It is no positive number.</exception>
    public TimeSpan? Seconds(string name) => Read<TimeSpan?>(name, "; expected seconds, a number above 0, for example 120", text =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 1e6
            ? TimeSpan.FromSeconds(seconds)
            : null);

    /// <summary>A number of times.</summary>
    /// <exception cref="ConfigurationException">It is no whole number from 0 on.</exception>
    public int? Count(string name) => Read<int?>(name, "; expected a whole number from 0 on, for example 7", text =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null);

    /// <summary>The identifier of a run.</summary>
    /// <exception cref="ConfigurationException">No run is called so.</exception>
    public string? RunId(string name) => Read(name, ", which is no identifier of a run; expected 32 hexadecimal digits", text =>
        text.Length <= 256 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? text : null);

    private T? Read<T>(string name, string fault, Func<string, T?> parse) => Text(name) is not { } text
        ? default
        : parse(text) ?? throw new ConfigurationException($"{name} is '{text}'{fault}. Correct it or unset it.");
}
