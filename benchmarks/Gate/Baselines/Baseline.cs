using System.Text.Json;
using System.Text.Json.Nodes;
using Parallax.Contracts;
using Parallax.Host.Files;

namespace Parallax.Benchmarks.Gate;

/// <summary>Growth of a number that passes: the larger of the two.</summary>
/// <param name="Relative">A fraction of the baseline.</param>
/// <param name="Absolute">In the number's own unit.</param>
internal sealed record Tolerance(double Relative, double Absolute)
{
    /// <summary>The largest number that passes.</summary>
    public double LimitOf(double baseline) => baseline + Math.Max(baseline * Relative, Absolute);

    /// <summary>Whether a number is better by more than the tolerance, so that accepting it holds more.</summary>
    public bool IsBetter(double baseline, double number) => LimitOf(number) < baseline;
}

/// <summary>The numbers that were accepted: <c>benchmarks/baseline.json</c>, one line for each so that a change can be read.</summary>
/// <param name="Environment">Where they were measured.</param>
/// <param name="Tolerances">By the name of the kind.</param>
/// <param name="Measurements">Numbers by measurement and kind.</param>
internal sealed record Baseline(
    MeasuringEnvironment Environment,
    IReadOnlyDictionary<string, Tolerance> Tolerances,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Measurements)
{
    private const string About = "Numbers that 'parallax bench --check' compares with; 'parallax bench --check --accept' writes them. See docs/performance.md.";

    /// <summary>Tolerances of a new baseline.</summary>
    public static IReadOnlyDictionary<string, Tolerance> UsualTolerances { get; } =
        NumberKind.All.ToDictionary(kind => kind.Name, kind => new Tolerance(kind.Relative, kind.Absolute));

    /// <summary>Growth of a kind that passes.</summary>
    public Tolerance ToleranceOf(NumberKind kind) => Tolerances.TryGetValue(kind.Name, out var tolerance) ? tolerance : UsualTolerances[kind.Name];

    /// <summary>A number; null when there is none.</summary>
    public double? NumberOf(string measurement, NumberKind kind) =>
        Measurements.TryGetValue(measurement, out var numbers) && numbers.TryGetValue(kind.Name, out var number) ? number : null;

    /// <summary>Reads the file.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="ConfigurationException">It is no baseline.</exception>
    public static Baseline? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var read = JsonSerializer.Deserialize<Baseline>(File.ReadAllText(path), GateJson.Indented);
            if (read is { Environment: not null, Tolerances: not null, Measurements: not null })
            {
                return read;
            }
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new ConfigurationException($"{path} is no baseline: {e.Message.TrimEnd('.')}. Take it from the repository again, or write a new one: delete "
                + "it and run 'parallax bench --check --accept'.");
        }

        throw new ConfigurationException($"{path} is no baseline: expected an object of environment, tolerances and measurements. Take it from the "
            + "repository again, or write a new one: delete it and run 'parallax bench --check --accept'.");
    }

    /// <summary>Writes the file: sorted, one number a line, whole or not at all.</summary>
    public void Write(string path)
    {
        var tolerances = new JsonObject(Sorted(Tolerances).Select(t => KeyValuePair.Create(t.Key, JsonSerializer.SerializeToNode(t.Value, GateJson.Indented))));
        var measurements = new JsonObject(Sorted(Measurements).Select(m => KeyValuePair.Create(
            m.Key, (JsonNode?)new JsonObject(Sorted(m.Value).Select(n => KeyValuePair.Create(n.Key, (JsonNode?)JsonValue.Create(n.Value)))))));
        var file = new JsonObject
        {
            ["about"] = About,
            ["environment"] = JsonSerializer.SerializeToNode(Environment, GateJson.Indented),
            ["tolerances"] = tolerances,
            ["measurements"] = measurements,
        };
        AtomicFile.Replace(path, file.ToJsonString(GateJson.Indented) + "\n");
    }

    private static IEnumerable<KeyValuePair<string, T>> Sorted<T>(IReadOnlyDictionary<string, T> values) =>
        values.OrderBy(value => value.Key, StringComparer.Ordinal);
}
