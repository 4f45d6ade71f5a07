namespace Parallax.Host.Export;

/// <summary>TorchSharp's layers as ONNX operators, in evaluation: one method for each kind.</summary>
internal static class OnnxLayers
{
    private const double MostOfReLU6 = 6;

    /// <summary>Adds a layer to a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="module">The layer.</param>
    /// <param name="x">What it is given.</param>
    /// <returns>What it returns; null where it is none that can be written.</returns>
    public static OnnxValue? Write(IOnnxGraph graph, Module module, OnnxValue x) => module switch
    {
        Sequential layers => layers.children().Aggregate(x, (value, layer) => graph.Write(layer, value)),
        Convolution layer => Convolve(graph, layer, x),
        BatchNorm { running_mean: { } mean, running_var: { } variance } layer => graph.BatchNorm(x, layer.weight, layer.bias, mean, variance, layer.eps),
        LayerNorm layer => Normalise(graph, layer, x),
        GroupNorm layer => Normalise(graph, layer, x),
        LocalResponseNorm layer => Normalise(graph, layer, x),
        Linear layer => graph.Linear(x, layer.weight!, layer.bias),
        MaxPool2d layer => MaxPool(graph, x, layer.kernel_size, layer.stride, layer.padding, layer.dilation, layer.ceil_mode),
        MaxPool3d layer => MaxPool(graph, x, layer.kernel_size, layer.stride, layer.padding, layer.dilation, layer.ceil_mode),
        AvgPool2d layer => AveragePool(graph, layer, x),
        AdaptiveAvgPool2d { output_size: [var side, var other] } when side == other => graph.AdaptiveMean(x, side),
        AdaptiveAvgPool2d { output_size: [var side] } => graph.AdaptiveMean(x, side),
        Flatten { start_dim: 1, end_dim: -1 } => graph.Reshape(x, OnnxValue.Batch, x.Shape.Skip(1).Aggregate(1L, (all, side) => all * side)),
        Dropout _ or Dropout2d _ or Dropout3d _ or Identity _ => x,
        ReLU _ => graph.Relu(x),
        ReLU6 _ => graph.Node("Clip", [x, graph.Number(0), graph.Number(MostOfReLU6)], x.Shape),
        GELU layer => graph.Gelu(x, layer.approximate == TorchSharp.Modules.GELU.Approximate.tanh),
        SiLU _ => graph.Multiply(x, graph.Sigmoid(x)),
        LeakyReLU layer => graph.Node("LeakyRelu", [x], x.Shape, new OnnxAttribute("alpha") { Number = layer.negative_slope }),
        Sigmoid _ => graph.Sigmoid(x),
        Tanh _ => graph.Node("Tanh", [x], x.Shape),
        _ => null,
    };

    private static OnnxValue? Convolve(IOnnxGraph graph, Convolution layer, OnnxValue x)
    {
        if (layer.transposed || layer.padding_type is not null || layer.padding is not { } zeros || layer.padding_mode != PaddingModes.Zeros)
        {
            return null;
        }

        var weight = layer.weight;
        var kernel = weight.shape[2..];
        var (stride, padding, dilation) = (Sides(layer.stride, kernel), Sides(zeros, kernel), Sides(layer.dilation, kernel));
        long[] extent = [.. kernel.Zip(dilation, (side, holes) => ((side - 1) * holes) + 1)];

        return graph.Node(
            "Conv", layer.bias is { } bias ? [x, graph.Constant(weight), graph.Constant(bias)] : [x, graph.Constant(weight)],
            OnnxOperators.Windows(x.Shape, weight.shape[0], extent, stride, padding), Ints("kernel_shape", kernel), Ints("strides", stride),
            Ints("pads", [.. padding, .. padding]), Ints("dilations", dilation), new OnnxAttribute("group") { Integer = layer.groups });
    }

    private static OnnxValue Normalise(IOnnxGraph graph, LayerNorm layer, OnnxValue x) =>
        graph.LayerNorm(x, layer.weight ?? torch.ones(layer.normalized_shape), layer.bias, layer.eps);

    // Instance normalisation of groups as channels, then scale and shift: the operator for groups scales them as wholes before set 21.
    private static OnnxValue Normalise(IOnnxGraph graph, GroupNorm layer, OnnxValue x)
    {
        var (groups, channels) = (layer.num_groups, x.Shape[1]);
        var size = x.Shape.Skip(1).Aggregate(1L, (all, side) => all * side);
        var one = graph.Constant(torch.ones(groups));
        var grouped = graph.Reshape(x, OnnxValue.Batch, groups, size / groups);
        var normalised = graph.Node("InstanceNormalization", [grouped, one, graph.Constant(torch.zeros(groups))], grouped.Shape,
            new OnnxAttribute("epsilon") { Number = layer.eps });
        var map = graph.Reshape(normalised, [.. x.Shape]);
        if (layer.weight is not { } weight || layer.bias is not { } bias)
        {
            return map;
        }

        long[] shape = [channels, .. x.Shape.Skip(2).Select(_ => 1L)];

        return graph.Add(graph.Multiply(map, graph.Constant(weight.view(shape))), graph.Constant(bias.view(shape)));
    }

    private static OnnxValue Normalise(IOnnxGraph graph, LocalResponseNorm layer, OnnxValue x) => graph.Node(
        "LRN", [x], x.Shape, new OnnxAttribute("size") { Integer = layer.size }, new OnnxAttribute("alpha") { Number = layer.alpha },
        new OnnxAttribute("beta") { Number = layer.beta }, new OnnxAttribute("bias") { Number = layer.k });

    private static OnnxValue? MaxPool(IOnnxGraph graph, OnnxValue x, long[] kernel, long[]? stride, long[]? padding, long[]? dilation, bool roundsUp)
    {
        long[] sides = [.. x.Shape.Skip(2)], whole = Sides(kernel, sides);
        var isPlain = !roundsUp && (dilation ?? []).All(step => step == 1);

        return isPlain ? graph.MaxPool(x, whole, Sides(stride ?? kernel, sides), Sides(padding ?? [0], sides)) : null;
    }

    private static OnnxValue? AveragePool(IOnnxGraph graph, AvgPool2d layer, OnnxValue x)
    {
        if (layer.ceil_mode || layer.divisor_override is not null)
        {
            return null;
        }

        long[] sides = [.. x.Shape.Skip(2)], kernel = Sides(layer.kernel_size, sides);
        var (stride, padding) = (Sides(layer.stride ?? layer.kernel_size, sides), Sides(layer.padding ?? [0], sides));

        return graph.Node(
            "AveragePool", [x], OnnxOperators.Windows(x.Shape, x.Shape[1], kernel, stride, padding), Ints("kernel_shape", kernel), Ints("strides", stride),
            Ints("pads", [.. padding, .. padding]), new OnnxAttribute("count_include_pad") { Integer = layer.count_include_pad ? 1 : 0 });
    }

    // One number stands for all sides.
    private static long[] Sides(long[] numbers, long[] like) => numbers.Length == like.Length ? numbers : [.. like.Select(_ => numbers[0])];

    private static OnnxAttribute Ints(string name, IReadOnlyList<long> values) => new(name) { Integers = values };
}
