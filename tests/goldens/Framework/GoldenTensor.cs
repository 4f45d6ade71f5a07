using System.Globalization;
using System.Text.Json;

namespace Parallax.Goldens;

/// <summary>A tensor as a golden file writes it: shape, type and row-major values.</summary>
internal sealed record GoldenTensor(long[] Shape, string Type, double[] Values)
{
    private bool IsInteger => Type is "int64" or "int32" or "bool";

    public static GoldenTensor Read(JsonElement json)
    {
        var shape = json.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        var values = json.GetProperty("data").EnumerateArray().Select(Number).ToArray();
        var count = shape.Aggregate(1L, (product, size) => product * size);
        if (values.Length != count)
        {
            throw new InvalidDataException($"A tensor of shape [{string.Join(", ", shape)}] needs {count} values, the file has {values.Length}.");
        }

        return new(shape, json.GetProperty("dtype").GetString()!, values);
    }

    /// <summary>The values on the CPU in the file's type.</summary>
    public Tensor ToTensor(bool requiresGrad = false) => Type switch
    {
        "float32" => torch.tensor(Array.ConvertAll(Values, value => (float)value), Shape, requires_grad: requiresGrad),
        "float64" => torch.tensor(Values, Shape, requires_grad: requiresGrad),
        "int64" => torch.tensor(Array.ConvertAll(Values, value => (long)value), Shape),
        "int32" => torch.tensor(Array.ConvertAll(Values, value => (int)value), Shape),
        "bool" => torch.tensor(Array.ConvertAll(Values, value => value != 0), Shape),
        _ => throw new InvalidDataException($"Unknown tensor type '{Type}'; expected float32, float64, int64, int32 or bool."),
    };

    /// <summary>What is different in a computed tensor, or null when shape and all values agree.</summary>
    public string? Difference(Tensor? actual, double relative, double absolute)
    {
        if (actual is null)
        {
            return "expected a tensor, got none";
        }

        if (!actual.shape.SequenceEqual(Shape))
        {
            return $"expected shape [{string.Join(", ", Shape)}], got [{string.Join(", ", actual.shape)}]";
        }

        using var values = actual.detach().cpu().to(torch.float64);
        var got = values.data<double>().ToArray();
        var (worst, excess) = (-1, 0.0);
        for (var i = 0; i < got.Length; i++)
        {
            var tolerance = IsInteger ? 0 : absolute + (relative * Math.Abs(Values[i]));
            var beyond = Math.Abs(got[i] - Values[i]) - tolerance;
            var same = got[i].Equals(Values[i]) || beyond <= 0;   // Equals: NaN and infinities of the file must come back
            if (!same && (worst < 0 || double.IsNaN(beyond) || beyond > excess))
            {
                (worst, excess) = (i, beyond);
            }
        }

        return worst < 0 ? null : string.Create(CultureInfo.InvariantCulture, $"at flat index {worst}: expected {Values[worst]:R}, got {got[worst]:R}");
    }

    private static double Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        JsonValueKind.String => double.Parse(value.GetString()!, CultureInfo.InvariantCulture),
        _ => value.GetDouble(),
    };
}
