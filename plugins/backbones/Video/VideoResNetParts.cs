namespace Parallax.Plugins.Backbones;

/// <summary>Makes the parts of a residual network for clips from its shape.</summary>
/// <param name="shape">Stem, stages and blocks.</param>
/// <param name="options">Width, first scale of the blocks.</param>
internal sealed class VideoResNetParts(VideoResNetShape shape, VideoResNetOptions options)
{
    private static readonly Extent _point = new(1, 1);

    /// <summary>Channels at the network's width.</summary>
    public long Scaled(long channels) => Math.Max(1, (long)Math.Round(channels * options.Width));

    /// <summary>The first convolution, with normalisation and ReLU.</summary>
    public Module<Tensor, Tensor> Stem(long inputs, long outputs)
    {
        if (shape.Form == ConvolutionForm.Whole)
        {
            return ClipConvolution.Activated(ClipConvolution.Create(inputs, outputs, shape.Stem, shape.StemStride), outputs);
        }

        var middle = shape.StemMiddle == 0 ? Math.Max(1, ClipConvolution.Middle(shape.Stem, inputs, outputs)) : Scaled(shape.StemMiddle);

        return Sequential(
            ClipConvolution.Create(inputs, middle, shape.Stem with { Time = 1 }, shape.StemStride with { Time = 1 }),
            BatchNorm3d(middle), ReLU(inplace: true),
            ClipConvolution.Create(middle, outputs, shape.Stem with { Side = 1 }, shape.StemStride with { Side = 1 }),
            BatchNorm3d(outputs), ReLU(inplace: true));
    }

    /// <summary>The blocks of a stage.</summary>
    /// <param name="stage">Its number, from 0.</param>
    /// <param name="inputs">Channels of its input.</param>
    /// <param name="inner">Channels of the inner layers.</param>
    public Module<Tensor, Tensor> Stage(int stage, long inputs, long inner)
    {
        var outputs = inner * shape.Expansion;

        return Sequential(Enumerable.Range(0, shape.Depths[stage]).Select(block =>
            (Module<Tensor, Tensor>)Block(stage, block == 0 ? inputs : outputs, inner, block == 0 ? shape.Stride(stage) : _point)));
    }

    private VideoBlock Block(int stage, long inputs, long inner, Extent stride)
    {
        var (last, outputs) = (shape.KernelTimes[stage].Count - 1, inner * shape.Expansion);
        var layers = new List<Module<Tensor, Tensor>>();
        for (var layer = 0; layer <= last; layer++)
        {
            var (from, to) = (layer == 0 ? inputs : inner, layer == last ? outputs : inner);
            var kernel = shape.Kernel(stage, layer);
            var convolution = Convolution(from, to, shape.Form == ConvolutionForm.FactoredByBlock ? inputs : from, kernel,
                layer == shape.StridedLayer ? stride : _point);
            layers.Add(layer == last ? Sequential(convolution, LastNorm(to)) : ClipConvolution.Activated(convolution, to));
        }

        return new(layers, stride == _point && inputs == outputs ? null : Shortcut(inputs, outputs, stride));
    }

    private Module<Tensor, Tensor> Convolution(long from, long to, long counted, Extent kernel, Extent stride) => shape.Form == ConvolutionForm.Whole
        ? ClipConvolution.Create(from, to, kernel, stride)
        : ClipConvolution.CreateFactored(from, Math.Max(1, ClipConvolution.Middle(kernel, counted, to)), to, kernel, stride);

    private Module<Tensor, Tensor> Shortcut(long inputs, long outputs, Extent stride) => Sequential(
        shape.Form == ConvolutionForm.FactoredEach
            ? Convolution(inputs, outputs, inputs, _point, stride)
            : ClipConvolution.Create(inputs, outputs, _point, stride),
        BatchNorm3d(outputs));

    private BatchNorm3d LastNorm(long channels)
    {
        var norm = BatchNorm3d(channels);
        if (options.ZeroInitResidual)
        {
            init.zeros_(norm.weight!);
        }

        return norm;
    }
}
