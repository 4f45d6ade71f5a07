namespace Parallax.Goldens;

/// <summary>What an adapter computed. The output named <c>loss</c> is differentiated when the file lists gradients.</summary>
internal sealed record GoldenResult(IReadOnlyDictionary<string, Tensor> Outputs)
{
    public GoldenResult(params (string Name, Tensor Value)[] outputs)
        : this(outputs.ToDictionary(o => o.Name, o => o.Value))
    {
    }

    /// <summary>Tensors that stand for inputs whose gradient is asked for, where the code under test keeps its own copy (parameters of a layer).</summary>
    public IReadOnlyDictionary<string, Tensor> Leaves { get; private init; } = new Dictionary<string, Tensor>();

    /// <summary>Where <see cref="Leaves"/> lie. TorchSharp's normalisations free their parameters as they are collected, whoever else holds them.</summary>
    public IReadOnlyList<Module> Layers { get; private init; } = [];

    /// <summary>Adds the parameters of a layer to the leaves.</summary>
    /// <param name="layer">It lives as long as the result.</param>
    /// <param name="inFile">The name a parameter has in the file; null for its own.</param>
    public GoldenResult WithLeaves(Module layer, Func<string, string>? inFile = null) => this with
    {
        Leaves = Leaves.Concat(layer.named_parameters().Select(named => KeyValuePair.Create(inFile?.Invoke(named.name) ?? named.name, (Tensor)named.parameter)))
            .ToDictionary(),
        Layers = [.. Layers, layer],
    };
}
