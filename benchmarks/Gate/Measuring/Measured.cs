using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parallax.Benchmarks.Gate;

/// <summary>What a process measured of one measurement.</summary>
/// <param name="Name">Its name.</param>
internal sealed record Measured(string Name)
{
    /// <summary>Numbers by the name of their kind.</summary>
    public IReadOnlyDictionary<string, double> Counts { get; init; } = new Dictionary<string, double>();

    /// <summary>Calls by the name of the operator.</summary>
    public IReadOnlyDictionary<string, long> Operators { get; init; } = new Dictionary<string, long>();

    /// <summary>Kinds that were not the same twice.</summary>
    public IReadOnlyList<string> Unsteady { get; init; } = [];

    /// <summary>Milliseconds of processor time per call of the work, one per sample.</summary>
    public IReadOnlyList<double> Body { get; init; } = [];

    /// <summary>The same of its peer, each taken beside the one of the work.</summary>
    public IReadOnlyList<double> Peer { get; init; } = [];

    /// <summary>Why there are no numbers; null when there are.</summary>
    public string? Error { get; init; }
}

/// <summary>The first line of a measuring process.</summary>
/// <param name="Protocol">Version of the lines that follow; see <see cref="MeasuringProcess.Protocol"/>.</param>
/// <param name="Environment">Where it measures.</param>
internal sealed record MeasuredHeading(int Protocol, MeasuringEnvironment Environment);

/// <summary>JSON of the gate.</summary>
internal static class GateJson
{
    /// <summary>On one line.</summary>
    public static JsonSerializerOptions Line { get; } = Options(indented: false);

    /// <summary>To read.</summary>
    public static JsonSerializerOptions Indented { get; } = Options(indented: true);

    private static JsonSerializerOptions Options(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = indented,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,   // a result may be NaN, and must arrive as such
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };
}
