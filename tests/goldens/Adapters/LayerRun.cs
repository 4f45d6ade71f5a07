namespace Parallax.Goldens;

/// <summary>Layers with the weights of a golden file.</summary>
internal static class LayerRun
{
    /// <summary>Gives the layer the file's weights, by name, and runs it.</summary>
    public static GoldenResult Of(GoldenCase golden, Module<Tensor, Tensor> layer, string output = "y") => Of(golden, layer, layer.call, output);

    /// <summary>The same with a call of one's own.</summary>
    public static GoldenResult Of(GoldenCase golden, Module layer, Func<Tensor, Tensor> forward, string output)
    {
        layer.load_state_dict(layer.state_dict()
            .ToDictionary(entry => entry.Key, entry => golden.HasInput(entry.Key) ? golden.Input(entry.Key).detach() : entry.Value));
        var y = forward(golden.Input("x"));
        return new GoldenResult((output, y), ("loss", (y * golden.Input("probe")).sum()))
            .WithLeaves(layer);
    }
}
