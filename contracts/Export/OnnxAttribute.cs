namespace Parallax.Contracts;

/// <summary>A setting of an ONNX operator; one of the values is set.</summary>
/// <param name="Name">Its name in the operator's description.</param>
public sealed record OnnxAttribute(string Name)
{
    /// <summary>A whole number.</summary>
    public long? Integer { get; init; }

    /// <summary>Whole numbers.</summary>
    public IReadOnlyList<long>? Integers { get; init; }

    /// <summary>A float32 number.</summary>
    public double? Number { get; init; }

    /// <summary>A word.</summary>
    public string? Text { get; init; }
}
