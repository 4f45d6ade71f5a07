namespace Parallax.Plugins.Parts;

/// <summary>A fixed front end: grey images and two Sobel filters, so that the network sees edges and never colour.</summary>
/// <remarks>
/// Caron et al., DeepCluster, ECCV 2018, section 3.3, https://arxiv.org/abs/1807.05520, and its code: grey is the mean of the channels; the filters are those
/// for horizontal and vertical differences, as cross-correlations. Images of one channel are taken as they are.
/// </remarks>
public sealed class SobelFilter : Module<Tensor, Tensor>, IOnnxModule
{
    /// <summary>Channels of the result.</summary>
    public const int Channels = 2;

    private readonly Tensor filters;   // [2, 1, 3, 3]
    private readonly int _padding;

    /// <summary>Makes the filters.</summary>
    /// <param name="padding">Zeros around the image in pixels: 1 keeps the size, as DeepCluster; 2 adds two pixels to each side's length, as
    /// DeeperCluster.</param>
    public SobelFilter(int padding)
        : base(nameof(SobelFilter))
    {
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        _padding = padding;
        filters = tensor(new float[] { 1, 0, -1, 2, 0, -2, 1, 0, -1, 1, 2, 1, 0, 0, 0, -1, -2, -1 }).view(Channels, 1, 3, 3);
        RegisterComponents();
    }

    /// <summary>Filters images.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>[N, 2, H', W'].</returns>
    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();

        return F.conv2d(images.mean([1], keepdim: true), filters, padding: [_padding, _padding]).MoveToOuterDisposeScope();   // [N, 2, H', W']
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var grey = graph.Mean(input, [1], keeps: true);   // [N, 1, H, W]

        return graph.Node(
            "Conv", [grey, graph.Constant(filters)], OnnxOperators.Windows(grey.Shape, Channels, filters.shape[2..], [1, 1], [_padding, _padding]),
            new OnnxAttribute("pads") { Integers = [_padding, _padding, _padding, _padding] });   // [N, 2, H', W']
    }
}
