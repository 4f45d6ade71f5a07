using System.Globalization;
using System.Text.Json.Nodes;

namespace Parallax.Host.Tests.Tracking;

/// <summary>A run of <see cref="FakeMlflowServer"/>.</summary>
internal sealed class FakeRun(string id, string experimentId, string artifactUri, long startTime)
{
    private readonly HashSet<(string Key, double Value, long Time, long Step)> _metrics = [];

    public string Id { get; } = id;

    public string ExperimentId { get; } = experimentId;

    public long StartTime { get; } = startTime;

    public string Status { get; private set; } = "RUNNING";

    public string Stage { get; set; } = "active";

    public Dictionary<string, string> Params { get; } = [];

    public Dictionary<string, string> Tags { get; } = [];

    public List<JsonNode> Inputs { get; } = [];

    public string ArtifactUri { get; } = artifactUri;

    /// <summary>Logged models that it made, each with its step.</summary>
    public List<(string ModelId, long Step)> Outputs { get; } = [];

    /// <summary>Points of a metric as (step, value), by step.</summary>
    public IReadOnlyList<(long Step, double Value)> Curve(string key) =>
        [.. _metrics.Where(m => m.Key == key).OrderBy(m => m.Step).Select(m => (m.Step, m.Value))];

    public int MetricCount => _metrics.Count;

    public string Update(JsonNode json)
    {
        Status = (string)json["status"]!;
        return "{}";
    }

    public string AddInput(JsonNode json)
    {
        Inputs.Add(json["datasets"]![0]!.DeepClone());
        return "{}";
    }

    /// <summary>Stores all of it or nothing.</summary>
    /// <returns>The fault, or null.</returns>
    public string? TryLog(JsonArray newMetrics, JsonArray newParams, JsonArray newTags)
    {
        if (Stage == "deleted")
        {
            return "The run must be in the 'active' state";
        }

        var points = newMetrics.Select(m => ((string)m!["key"]!, Number(m["value"]!), (long)m["timestamp"]!, (long)m["step"]!)).ToList();
        var pairs = newParams.Select(p => ((string)p!["key"]!, (string)p["value"]!)).ToList();
        if (points.Any(p => p.Item1.Contains("poison", StringComparison.Ordinal)))
        {
            return "Invalid value for parameter 'metrics[0].name'";
        }

        if (pairs.Any(p => Params.TryGetValue(p.Item1, out var stored) && stored != p.Item2))
        {
            return "Changing param values is not allowed";
        }

        _metrics.UnionWith(points);
        pairs.ForEach(p => Params[p.Item1] = p.Item2);
        foreach (var tag in newTags)
        {
            Tags[(string)tag!["key"]!] = (string)tag["value"]!;
        }

        return null;
    }

    public string History(string key, string? maxResults)
    {
        // as from 3.1.1 on
        var points = maxResults is null ? [] : _metrics.Where(m => m.Key == key).OrderBy(m => (m.Time, m.Step, m.Value)).Select(Point).ToArray();
        return new JsonObject { ["metrics"] = new JsonArray([.. points]) }.ToJsonString();
    }

    public JsonObject ToJson() => new()
    {
        ["info"] = new JsonObject
        {
            ["run_id"] = Id,
            ["run_uuid"] = Id,
            ["experiment_id"] = ExperimentId,
            ["status"] = Status,
            ["start_time"] = StartTime.ToString(CultureInfo.InvariantCulture),   // other servers send 64-bit numbers as text
            ["artifact_uri"] = ArtifactUri,
            ["lifecycle_stage"] = Stage,
        },
        ["data"] = new JsonObject
        {
            ["metrics"] = new JsonArray([.. _metrics.GroupBy(m => m.Key).Select(g => Point(g.OrderBy(m => (m.Step, m.Time, m.Value)).Last()))]),
            ["params"] = Pairs(Params),
            ["tags"] = Pairs(Tags),
        },
        ["outputs"] = new JsonObject
        {
            ["model_outputs"] = new JsonArray([.. Outputs.Select(o => new JsonObject { ["model_id"] = o.ModelId, ["step"] = o.Step })]),
        },
    };

    private static JsonArray Pairs(Dictionary<string, string> pairs) => new([.. pairs.Select(p => new JsonObject { ["key"] = p.Key, ["value"] = p.Value })]);

    private static JsonObject Point((string Key, double Value, long Time, long Step) m) => new()
    {
        ["key"] = m.Key,
        ["value"] = double.IsFinite(m.Value) ? m.Value : double.IsNaN(m.Value) ? "NaN" : m.Value > 0 ? double.MaxValue : -double.MaxValue,
        ["timestamp"] = m.Time,
        ["step"] = m.Step,
    };

    private static double Number(JsonNode value) => value.GetValueKind() == System.Text.Json.JsonValueKind.String
        ? (string)value! switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var other => throw new FormatException(other),
        }
        : (double)value;
}
