namespace Parallax.Plugins.Parts;

/// <summary>Multi-head self-attention within square windows of a feature map, shifted or not, with a learned bias per relative position.
/// State-dictionary names are torchvision's: <c>qkv</c>, <c>proj</c>, <c>relative_position_bias_table</c>, <c>relative_position_index</c>.</summary>
/// <remarks>
/// Liu et al., "Swin Transformer", ICCV 2021, section 3.2, https://arxiv.org/abs/2103.14030. Maps whose sides are no multiples of the window are filled up with
/// zeros below and to the right; these positions are attended to, as in the authors' code. A shifted window holds parts of the map that are no neighbours:
/// they do not see each other. As in torchvision, nothing is shifted along a side that one window covers.
/// </remarks>
public sealed class WindowAttention : Module<Tensor, Tensor>, IOnnxModule
{
    private const double BiasStd = 0.02, Apart = -100;

    private readonly Module<Tensor, Tensor> qkv, proj;
    private readonly Parameter relative_position_bias_table;
    private readonly Tensor relative_position_index;
    private readonly long _heads, _window, _shift;

    /// <summary>Makes the layer.</summary>
    /// <param name="width">Channels C, a multiple of the heads.</param>
    /// <param name="heads">Heads of the attention.</param>
    /// <param name="window">Side w of a window in positions.</param>
    /// <param name="isShifted">Whether the windows are moved by half a window.</param>
    public WindowAttention(long width, long heads, long window, bool isShifted)
        : base(nameof(WindowAttention))
    {
        (_heads, _window, _shift) = (heads, window, isShifted ? window / 2 : 0);
        (qkv, proj) = (Linear(width, 3 * width), Linear(width, width));
        relative_position_bias_table = new Parameter(zeros([RelativePositions.Count(window), heads]));
        relative_position_index = RelativePositions.Index(window);
        RegisterComponents();
        TruncatedNormal.Fill(relative_position_bias_table, BiasStd);
    }

    /// <summary>Lets every position attend to those of its window.</summary>
    /// <param name="input">[N, H, W, C].</param>
    /// <returns>[N, H, W, C].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (input.shape[1], input.shape[2]);
        var x = F.pad(input, [0, 0, 0, Missing(width), 0, Missing(height)]);                                  // [N, H', W', C]
        var (down, right) = (ShiftAlong(x.shape[1]), ShiftAlong(x.shape[2]));
        var shifted = down + right > 0 ? x.roll([-down, -right], [1, 2]) : x;
        var attended = Join(Attend(Split(shifted), Bias(x.shape[1], x.shape[2], down, right)), x.shape);      // [N, H', W', C]
        x = down + right > 0 ? attended.roll([down, right], [1, 2]) : attended;

        return x.narrow(1, 0, height).narrow(2, 0, width).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (input.Shape[1], input.Shape[2]);
        var x = graph.Pad(input, 0, Missing(height), Missing(width), 0);                                      // [N, H', W', C]
        var (h, w, c) = (x.Shape[1], x.Shape[2], x.Shape[3]);
        var (down, right) = (ShiftAlong(h), ShiftAlong(w));
        var windows = Split(graph, Rolled(graph, Rolled(graph, x, 1, down), 2, right));                       // [n, w², C]
        var (queries, keys, values) = OnnxAttention.Split(graph, graph.Write(qkv, windows), _heads);
        var attended = OnnxAttention.Attend(graph, queries, keys, values, Bias(h, w, down, right));
        var joined = graph.Reshape(
            graph.Write(proj, OnnxAttention.Join(graph, attended)), OnnxValue.Batch, h / _window, w / _window, _window, _window, c);
        var map = graph.Reshape(graph.Transpose(joined, 0, 1, 3, 2, 4, 5), OnnxValue.Batch, h, w, c);         // [N, H', W', C]
        map = Rolled(graph, Rolled(graph, map, 1, (h - down) % h), 2, (w - right) % w);

        return graph.Slice(graph.Slice(map, 1, 0, height), 2, 0, width);                                      // [N, H, W, C]
    }

    // The first places go behind the last.
    private static OnnxValue Rolled(IOnnxGraph graph, OnnxValue x, int axis, long first) => first == 0 ? x
        : graph.Concatenate(axis, graph.Slice(x, axis, first, x.Shape[axis]), graph.Slice(x, axis, 0, first));

    private OnnxValue Split(IOnnxGraph graph, OnnxValue map)
    {
        var (h, w, c) = (map.Shape[1], map.Shape[2], map.Shape[3]);
        var rows = graph.Reshape(map, OnnxValue.Batch, h / _window, _window, w / _window, _window, c);

        return graph.Reshape(graph.Transpose(rows, 0, 1, 3, 2, 4, 5), OnnxValue.Batch, _window * _window, c);   // [n, w², C]
    }

    private Tensor Attend(Tensor windows, Tensor bias)
    {
        var (count, tokens, width) = (windows.shape[0], windows.shape[1], windows.shape[2]);
        var parts = qkv.call(windows).view(count, tokens, 3, _heads, width / _heads).permute(2, 0, 3, 1, 4);   // [3, n, heads, w², C / heads]

        return proj.call(Attention.Attend(parts[0], parts[1], parts[2], bias).transpose(1, 2).reshape(count, tokens, width));
    }

    /// <summary>What is added to the products: [1, heads, w², w²], or one per window of an image where parts of a window may not see each other.</summary>
    private Tensor Bias(long height, long width, long down, long right)
    {
        var tokens = _window * _window;
        var positions = relative_position_bias_table.index_select(0, relative_position_index).view(tokens, tokens, _heads).permute(2, 0, 1).unsqueeze(0);
        if (down + right == 0)
        {
            return positions;
        }

        var device = relative_position_bias_table.device;
        var parts = (Parts(height, down, device).unsqueeze(1) * 3) + Parts(width, right, device);              // [H', W'], number of the part
        var ids = Split(parts.view(1, height, width, 1)).squeeze(-1);                                          // [windows, w²]
        var apart = (ids.unsqueeze(1) != ids.unsqueeze(2)).to(positions.dtype) * Apart;                        // [windows, w², w²]

        return positions + apart.unsqueeze(1);                                                                 // [windows, heads, w², w²]
    }

    /// <summary>Which part of the map each row or column of the shifted map belongs to: 0, then 1 in the last window, 2 where it comes from the other
    /// side.</summary>
    private Tensor Parts(long side, long shift, Device device)
    {
        var place = arange(side, dtype: int64, device: device);

        return shift == 0 ? zeros_like(place) : (place >= side - _window).to(int64) + (place >= side - shift).to(int64);
    }

    private Tensor Split(Tensor map)
    {
        var (n, h, w, c) = (map.shape[0], map.shape[1], map.shape[2], map.shape[3]);

        return map.view(n, h / _window, _window, w / _window, _window, c).permute(0, 1, 3, 2, 4, 5).reshape(-1, _window * _window, c);   // [n, w², C]
    }

    private Tensor Join(Tensor windows, long[] shape)
    {
        var (n, h, w, c) = (shape[0], shape[1], shape[2], shape[3]);

        return windows.view(n, h / _window, w / _window, _window, _window, c).permute(0, 1, 3, 2, 4, 5).reshape(n, h, w, c);
    }

    private long Missing(long side) => (_window - (side % _window)) % _window;

    private long ShiftAlong(long side) => side <= _window ? 0 : _shift;
}
