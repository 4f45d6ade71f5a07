using System.Text.Json;

namespace Parallax.Goldens;

/// <summary>One golden file: an operation, its options and inputs, and what must come out.</summary>
internal sealed class GoldenCase
{
    private readonly Dictionary<string, JsonElement> _options;
    private readonly Dictionary<string, Tensor> _inputs;

    private GoldenCase(JsonElement json)
    {
        Operation = json.GetProperty("op").GetString()!;
        _options = json.TryGetProperty("options", out var options) ? options.EnumerateObject().ToDictionary(o => o.Name, o => o.Value.Clone()) : [];
        Outputs = Section(json, "outputs");
        Gradients = Section(json, "grads");
        _inputs = Section(json, "inputs").ToDictionary(i => i.Key, i => i.Value.ToTensor(requiresGrad: Gradients.ContainsKey(i.Key)));
        var tolerance = json.GetProperty("tolerance");
        Relative = tolerance.GetProperty("rtol").GetDouble();
        Absolute = tolerance.GetProperty("atol").GetDouble();
    }

    public string Operation { get; }

    public double Relative { get; }

    public double Absolute { get; }

    public IReadOnlyDictionary<string, GoldenTensor> Outputs { get; }

    public IReadOnlyDictionary<string, GoldenTensor> Gradients { get; }

    public static GoldenCase Read(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        return new(json.RootElement);
    }

    /// <summary>An input; it requires a gradient where the file lists one for it.</summary>
    public Tensor Input(string name) =>
        _inputs.TryGetValue(name, out var tensor) ? tensor
            : throw new InvalidDataException($"Input '{name}' is missing; the file has: {string.Join(", ", _inputs.Keys)}.");

    /// <summary>The first of these inputs that the file has; files of different origin name the same thing differently.</summary>
    public Tensor InputOf(params string[] names) => Input(names.FirstOrDefault(_inputs.ContainsKey) ?? names[0]);

    public bool HasInput(string name) => _inputs.ContainsKey(name);

    public double Double(string name, double? fallback = null) =>
        _options.TryGetValue(name, out var value) ? value.GetDouble() : fallback ?? throw Missing(name);

    public long Long(string name, long? fallback = null) =>
        _options.TryGetValue(name, out var value) ? (long)value.GetDouble() : fallback ?? throw Missing(name);

    public bool Bool(string name, bool? fallback = null) =>
        _options.TryGetValue(name, out var value) ? value.GetBoolean() : fallback ?? throw Missing(name);

    public string Text(string name, string? fallback = null) =>
        _options.TryGetValue(name, out var value) ? value.GetString()! : fallback ?? throw Missing(name);

    public bool HasOption(string name) => _options.ContainsKey(name);

    private static Dictionary<string, GoldenTensor> Section(JsonElement json, string name) =>
        json.TryGetProperty(name, out var section) && section.ValueKind == JsonValueKind.Object
            ? section.EnumerateObject().ToDictionary(t => t.Name, t => GoldenTensor.Read(t.Value))
            : [];

    private InvalidDataException Missing(string name) =>
        new($"Option '{name}' is missing; the file has: {string.Join(", ", _options.Keys)}.");
}
