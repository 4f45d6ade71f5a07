namespace Parallax.Contracts;

/// <summary>A tensor of an ONNX graph.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="Shape">Its sizes, the batch first: <see cref="Batch"/>, or another where there is no batch, as in weights.</param>
public sealed record OnnxValue(string Name, IReadOnlyList<long> Shape)
{
    /// <summary>Stands for the size of the batch, or a multiple of it, which the graph leaves open.</summary>
    public const long Batch = -1;
}
