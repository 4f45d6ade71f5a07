namespace Parallax.Goldens;

/// <summary>What an adapter computed. The output named <c>loss</c> is differentiated when the file lists gradients.</summary>
internal sealed record GoldenResult(IReadOnlyDictionary<string, Tensor> Outputs)
{
    public GoldenResult(params (string Name, Tensor Value)[] outputs)
        : this(outputs.ToDictionary(o => o.Name, o => o.Value))
    {
    }

    /// <summary>Tensors that stand for inputs whose gradient is asked for, where the code under test keeps its own copy (parameters of a layer).</summary>
    public IReadOnlyDictionary<string, Tensor> Leaves { get; init; } = new Dictionary<string, Tensor>();
}
