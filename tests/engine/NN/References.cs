using System.Text.Json;

namespace Parallax.Engine.Tests.NN;

/// <summary>What PyTorch 1.13.1 computed: written by <c>eng/references/nn_references.py</c>.</summary>
internal static class References
{
    private static readonly JsonDocument Document = Read();

    public static JsonElement Modules => Document.RootElement.GetProperty("modules");

    public static JsonElement Functions => Document.RootElement.GetProperty("functions");

    public static JsonElement Initialisations => Document.RootElement.GetProperty("initialisations");

    public static Tensor[] Tensors(JsonElement list) => [.. list.EnumerateArray().Select(ToTensor)];

    public static Tensor ToTensor(JsonElement element)
    {
        var shape = element.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64()).ToArray();
        var values = element.GetProperty("values");
        return element.GetProperty("dtype").GetString() switch
        {
            "float32" => torch.tensor(values.EnumerateArray().Select(e => e.GetSingle()).ToArray()).reshape(shape),
            "int64" => torch.tensor(values.EnumerateArray().Select(e => e.GetInt64()).ToArray()).reshape(shape),
            var other => throw new InvalidOperationException($"The references hold float32 and int64, got {other}."),
        };
    }

    /// <summary>Compares a tensor with a reference; float32 kernels differ in the order of sums, hence a tolerance of a few units in the last place.</summary>
    public static void AssertClose(JsonElement expected, Tensor? actual, string what, double tolerance = 2e-6)
    {
        Assert.NotNull(actual);
        using var wanted = ToTensor(expected);
        Assert.True(
            wanted.shape.SequenceEqual(actual.shape),
            $"{what}: shape [{string.Join(", ", actual.shape)}], expected [{string.Join(", ", wanted.shape)}]");
        Assert.Equal(wanted.dtype, actual.dtype);
        if (wanted.numel() == 0)
        {
            return;
        }

        var scale = Math.Max(1, wanted.to(float64).abs().max().item<double>());
        var error = (actual.detach().to(float64) - wanted.to(float64)).abs().max().item<double>();
        Assert.True(error <= tolerance * scale, $"{what}: differs by {error:g3}, allowed {tolerance * scale:g3}");
    }

    private static JsonDocument Read()
    {
        using var stream = typeof(References).Assembly.GetManifestResourceStream("nn-references.json")!;
        return JsonDocument.Parse(stream);
    }
}
