namespace Parallax.Contracts;

/// <summary>Operators of an ONNX graph by the names that they have in tensor code. Sizes are those of the values; a batch stays open.</summary>
public static class OnnxOperators
{
    /// <summary>max(x, 0).</summary>
    public static OnnxValue Relu(this IOnnxGraph graph, OnnxValue x) => graph.Node(nameof(Relu), [x], x.Shape);

    /// <summary>1 / (1 + exp(-x)).</summary>
    public static OnnxValue Sigmoid(this IOnnxGraph graph, OnnxValue x) => graph.Node(nameof(Sigmoid), [x], x.Shape);

    /// <summary>Gaussian error linear unit.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="isTanh">Whether it is the approximation by a hyperbolic tangent.</param>
    public static OnnxValue Gelu(this IOnnxGraph graph, OnnxValue x, bool isTanh = false) =>
        graph.Node(nameof(Gelu), [x], x.Shape, new OnnxAttribute("approximate") { Text = isTanh ? "tanh" : "none" });

    /// <summary>a + b, spread to each other.</summary>
    public static OnnxValue Add(this IOnnxGraph graph, OnnxValue a, OnnxValue b) => graph.Node(nameof(Add), [a, b], Spread(a.Shape, b.Shape));

    /// <summary>a * b, spread to each other.</summary>
    public static OnnxValue Multiply(this IOnnxGraph graph, OnnxValue a, OnnxValue b) => graph.Node("Mul", [a, b], Spread(a.Shape, b.Shape));

    /// <summary>Matrix product of the last two dimensions; those before are spread to each other.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="a">[..., L, D].</param>
    /// <param name="b">[..., D, S].</param>
    /// <returns>[..., L, S].</returns>
    public static OnnxValue MatMul(this IOnnxGraph graph, OnnxValue a, OnnxValue b) => graph.Node(
        nameof(MatMul), [a, b], [.. Spread([.. a.Shape.SkipLast(2)], [.. b.Shape.SkipLast(2)]), a.Shape[^2], b.Shape[^1]]);

    /// <summary>Mean over some dimensions, which are left out, or kept with size 1.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The dimensions, counted from 0.</param>
    /// <param name="keeps">Whether they are kept.</param>
    public static OnnxValue Mean(this IOnnxGraph graph, OnnxValue x, IReadOnlyList<long> axes, bool keeps = false) =>
        graph.Reduce("ReduceMean", x, axes, keeps);

    /// <summary>Another reduction than the mean, in the same way.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="operation">The operator, which takes its axes as an input.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The dimensions, counted from 0.</param>
    /// <param name="keeps">Whether they are kept.</param>
    public static OnnxValue Reduce(this IOnnxGraph graph, string operation, OnnxValue x, IReadOnlyList<long> axes, bool keeps) => graph.Node(
        operation, [x, graph.Numbers(axes)],
        [.. x.Shape.Index().Where(side => keeps || !axes.Contains(side.Index)).Select(side => axes.Contains(side.Index) ? 1 : side.Item)],
        new OnnxAttribute("keepdims") { Integer = keeps ? 1 : 0 });

    /// <summary>The same numbers in another shape.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="shape">The sizes, of which one may be <see cref="OnnxValue.Batch"/>, which follows from the others.</param>
    public static OnnxValue Reshape(this IOnnxGraph graph, OnnxValue x, params IReadOnlyList<long> shape) =>
        graph.Node(nameof(Reshape), [x, graph.Numbers(shape)], shape);

    /// <summary>The dimensions in another order.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="order">For each dimension of the result, which it was.</param>
    public static OnnxValue Transpose(this IOnnxGraph graph, OnnxValue x, params IReadOnlyList<long> order) =>
        graph.Node(nameof(Transpose), [x], [.. order.Select(axis => x.Shape[(int)axis])], new OnnxAttribute("perm") { Integers = order });

    /// <summary>Values behind each other along a dimension.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="axis">The dimension, counted from 0.</param>
    /// <param name="values">Of equal sizes but for that dimension.</param>
    public static OnnxValue Concatenate(this IOnnxGraph graph, int axis, params IReadOnlyList<OnnxValue> values) => graph.Node(
        "Concat", values, [.. values[0].Shape.Index().Select(side => side.Index == axis ? values.Sum(value => value.Shape[axis]) : side.Item)],
        new OnnxAttribute("axis") { Integer = axis });

    /// <summary>A part of a dimension.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="axis">The dimension, counted from 0.</param>
    /// <param name="start">Its first place.</param>
    /// <param name="end">The place behind its last.</param>
    /// <param name="step">From one place to the next.</param>
    public static OnnxValue Slice(this IOnnxGraph graph, OnnxValue x, int axis, long start, long end, long step = 1) => graph.Node(
        nameof(Slice), [x, graph.Numbers([start]), graph.Numbers([end]), graph.Numbers([axis]), graph.Numbers([step])],
        [.. x.Shape.Index().Select(side => side.Index == axis ? (end - start + step - 1) / step : side.Item)]);

    /// <summary>Zeros behind the last places.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="after">How many, for each dimension.</param>
    public static OnnxValue Pad(this IOnnxGraph graph, OnnxValue x, params IReadOnlyList<long> after) => after.All(count => count == 0) ? x : graph.Node(
        nameof(Pad), [x, graph.Numbers([.. after.Select(_ => 0L), .. after])],
        [.. x.Shape.Zip(after, (side, more) => side == OnnxValue.Batch ? side : side + more)]);

    /// <summary>A constant once for each sample of a batch.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="constant">[1, ...].</param>
    /// <param name="like">Has the batch.</param>
    /// <returns>[N, ...].</returns>
    public static OnnxValue Repeat(this IOnnxGraph graph, OnnxValue constant, OnnxValue like)
    {
        var batch = graph.Node("Shape", [like], [1], new OnnxAttribute("start") { Integer = 0 }, new OnnxAttribute("end") { Integer = 1 });
        var sizes = graph.Concatenate(0, batch, graph.Numbers([.. constant.Shape.Skip(1)]));

        return graph.Node("Expand", [constant, sizes], [OnnxValue.Batch, .. constant.Shape.Skip(1)]);
    }

    /// <summary>The largest value of each window of a map.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">[N, C, H, W], or of clips [N, C, T, H, W].</param>
    /// <param name="kernel">Sides of a window.</param>
    /// <param name="stride">Steps from one to the next.</param>
    /// <param name="padding">Places beyond both ends of a side, which are never the largest.</param>
    /// <returns>[N, C, H', W'].</returns>
    public static OnnxValue MaxPool(
        this IOnnxGraph graph, OnnxValue x, IReadOnlyList<long> kernel, IReadOnlyList<long> stride, IReadOnlyList<long> padding) => graph.Node(
        nameof(MaxPool), [x], Windows(x.Shape, x.Shape[1], kernel, stride, padding), new OnnxAttribute("kernel_shape") { Integers = kernel },
        new OnnxAttribute("strides") { Integers = stride }, new OnnxAttribute("pads") { Integers = [.. padding, .. padding] });

    /// <summary>Sizes behind a convolution or pooling, rounded down.</summary>
    /// <param name="shape">Sizes before it, batch and channels first.</param>
    /// <param name="channels">Channels behind it.</param>
    /// <param name="kernel">Sides of a window, with the holes of a dilated one.</param>
    /// <param name="stride">Steps from one to the next.</param>
    /// <param name="padding">Places beyond both ends of a side.</param>
    public static IReadOnlyList<long> Windows(
        IReadOnlyList<long> shape, long channels, IReadOnlyList<long> kernel, IReadOnlyList<long> stride, IReadOnlyList<long> padding) =>
        [shape[0], channels, .. kernel.Select((side, i) => ((shape[i + 2] + (2 * padding[i]) - side) / stride[i]) + 1)];

    /// <summary>A map averaged to a square of another side, whose windows may overlap: adaptive average pooling.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="side">Side wanted.</param>
    /// <returns>[N, C, side, side].</returns>
    public static OnnxValue AdaptiveMean(this IOnnxGraph graph, OnnxValue x, long side)
    {
        using var scope = NewDisposeScope();
        var rows = graph.MatMul(graph.Constant(Averages(x.Shape[2], side)), x);                      // [N, C, side, W]

        return graph.MatMul(rows, graph.Constant(Averages(x.Shape[3], side).t()));                   // [N, C, side, side]
    }

    /// <summary>Batch normalisation with running statistics.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">[N, C, ...].</param>
    /// <param name="weight">Scale, [C]; null for 1.</param>
    /// <param name="bias">Shift, [C]; null for 0.</param>
    /// <param name="mean">[C].</param>
    /// <param name="variance">[C].</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static OnnxValue BatchNorm(this IOnnxGraph graph, OnnxValue x, Tensor? weight, Tensor? bias, Tensor mean, Tensor variance, double epsilon)
    {
        using var scope = NewDisposeScope();

        return graph.Node(
            "BatchNormalization",
            [
                x, graph.Constant(weight ?? ones_like(mean)), graph.Constant(bias ?? zeros_like(mean)), graph.Constant(mean), graph.Constant(variance),
            ],
            x.Shape, new OnnxAttribute("epsilon") { Number = epsilon });
    }

    /// <summary>Layer normalisation over the last dimensions.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">[..., D].</param>
    /// <param name="weight">Scale, of the shape that is normalised over.</param>
    /// <param name="bias">Shift, likewise; null for 0.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static OnnxValue LayerNorm(this IOnnxGraph graph, OnnxValue x, Tensor weight, Tensor? bias, double epsilon) => graph.Node(
        "LayerNormalization",
        bias is null ? [x, graph.Constant(weight)] : [x, graph.Constant(weight), graph.Constant(bias)],
        x.Shape, new OnnxAttribute("axis") { Integer = -weight.dim() }, new OnnxAttribute("epsilon") { Number = epsilon });

    /// <summary>x Wᵀ + b.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">[..., D].</param>
    /// <param name="weight">[E, D].</param>
    /// <param name="bias">[E]; null for 0.</param>
    /// <returns>[..., E].</returns>
    public static OnnxValue Linear(this IOnnxGraph graph, OnnxValue x, Tensor weight, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var product = graph.MatMul(x, graph.Constant(weight.t()));   // [..., E]

        return bias is null ? product : graph.Add(product, graph.Constant(bias));
    }

    /// <summary>A number, for sums and products.</summary>
    public static OnnxValue Number(this IOnnxGraph graph, double value)
    {
        using var scope = NewDisposeScope();

        return graph.Constant(tensor((float)value));
    }

    private static OnnxValue Numbers(this IOnnxGraph graph, IReadOnlyList<long> values)
    {
        using var scope = NewDisposeScope();

        return graph.Constant(tensor(values.ToArray()));
    }

    private static long[] Spread(IReadOnlyList<long> a, IReadOnlyList<long> b)
    {
        var shape = new long[Math.Max(a.Count, b.Count)];
        for (var i = 1; i <= shape.Length; i++)
        {
            var (left, right) = (i > a.Count ? 1 : a[^i], i > b.Count ? 1 : b[^i]);
            shape[^i] = left == OnnxValue.Batch || right == OnnxValue.Batch ? OnnxValue.Batch : Math.Max(left, right);
        }

        return shape;
    }

    // Row i averages the places from floor(i L / side) to ceil((i + 1) L / side).
    private static Tensor Averages(long length, long side)
    {
        var weights = zeros([side, length]);
        for (var i = 0L; i < side; i++)
        {
            var (start, end) = (i * length / side, (((i + 1) * length) + side - 1) / side);
            weights[i].narrow(0, start, end - start).fill_(1.0 / (end - start));
        }

        return weights;   // [side, length]
    }
}
