namespace Parallax.Host.Weights;

/// <summary>Element types under the names of the format.</summary>
internal static class SafeTensorsType
{
    private static readonly (string Name, ScalarType Type, int Bytes)[] Types =
    [
        ("F64", ScalarType.Float64, 8),
        ("F32", ScalarType.Float32, 4),
        ("F16", ScalarType.Float16, 2),
        ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8),
        ("I32", ScalarType.Int32, 4),
        ("I16", ScalarType.Int16, 2),
        ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1),
        ("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>All names, for messages.</summary>
    public static string Known => string.Join(", ", Types.Select(t => t.Name));

    /// <summary>The type of a name, or null.</summary>
    public static ScalarType? Parse(string? name) => Types.Where(t => t.Name == name).Select(t => (ScalarType?)t.Type).FirstOrDefault();

    /// <summary>Size of an element.</summary>
    public static int ByteSize(ScalarType type) => Find(type).Bytes;

    /// <summary>The format's name.</summary>
    /// <exception cref="ArgumentException">The format lacks the type.</exception>
    public static string Name(ScalarType type) => Find(type).Name;

    private static (string Name, ScalarType Type, int Bytes) Find(ScalarType type) =>
        Types.FirstOrDefault(known => known.Type == type) is { Name: not null } found ? found
        : throw new ArgumentException($"safetensors cannot store {type}; it knows {Known}. Convert the tensor first.", nameof(type));
}
