using System.Runtime.InteropServices;
using System.Text.Json;
using Parallax.Contracts;

namespace Parallax.Plugins.Tests.Augmentations;

/// <summary>The values that <c>eng/references/torchvision_reference.py</c> wrote.</summary>
internal static class TorchvisionReference
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<ValueCase> Values { get; } = ReadValues();

    public static IReadOnlyList<CropMoments> Crops { get; } =
        [.. Open("torchvision-draws.json").RootElement.GetProperty("crops").EnumerateArray().Select(e => e.Deserialize<CropMoments>(Json)!)];

    private static List<ValueCase> ReadValues()
    {
        var root = Open("torchvision-values.json").RootElement;
        var inputs = root.GetProperty("inputs").EnumerateObject().ToDictionary(
            p => p.Name, p => (Size: Numbers(p.Value.GetProperty("size")), Pixels: Floats(p.Value.GetProperty("pixels"))));

        return [.. root.GetProperty("cases").EnumerateArray().Select((e, number) =>
        {
            var (size, pixels) = inputs[e.GetProperty("input").GetString()!];

            return new ValueCase(
                $"{number:D2} {e.GetProperty("augmentation").GetString()} of {e.GetProperty("input").GetString()}",
                e.GetProperty("augmentation").GetString()!,
                e.GetProperty("options"),
                [.. e.GetProperty("parameters").EnumerateArray().Select(v => v.GetSingle())],
                Images.Of(size[0], size[1], size[2], pixels),
                Numbers(e.GetProperty("size")),
                Floats(e.GetProperty("output")));
        })];
    }

    private static JsonDocument Open(string file)
    {
        using var stream = typeof(TorchvisionReference).Assembly.GetManifestResourceStream(file)!;

        return JsonDocument.Parse(stream);
    }

    private static int[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(v => v.GetInt32())];

    private static float[] Floats(JsonElement base64) => MemoryMarshal.Cast<byte, float>(base64.GetBytesFromBase64()).ToArray();
}

/// <summary>What an augmentation must make of an image, given its decisions.</summary>
internal sealed record ValueCase(
    string Name, string Augmentation, JsonElement Options, float[] Parameters, ImageBuffer Input, int[] Size, float[] Output);

/// <summary>Mean and standard deviation of what torchvision draws for a random resized crop.</summary>
internal sealed record CropMoments(int Height, int Width, double[] Scale, double[] Ratio, int Draws, Dictionary<string, double[]> Moments);
