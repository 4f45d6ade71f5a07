namespace Parallax.Plugins.Backbones;

/// <summary>Convolutions over clips, without bias and with the zeros around them that keep the size at stride 1.</summary>
internal static class ClipConvolution
{
    /// <summary>Over time and space at once.</summary>
    public static Module<Tensor, Tensor> Create(long inputs, long outputs, Extent kernel, Extent stride) =>
        Conv3d(inputs, outputs, kernel.Triple, stride: stride.Triple, padding: kernel.Padding, bias: false);

    /// <summary>Over space, a normalisation and a ReLU, then over time: (2+1)D.</summary>
    /// <remarks>Tran et al., "A Closer Look at Spatiotemporal Convolutions for Action Recognition", CVPR 2018, section 3.5,
    /// https://arxiv.org/abs/1711.11248.</remarks>
    public static Module<Tensor, Tensor> CreateFactored(long inputs, long middle, long outputs, Extent kernel, Extent stride) => Sequential(
        Create(inputs, middle, kernel with { Time = 1 }, stride with { Time = 1 }),
        BatchNorm3d(middle),
        ReLU(inplace: true),
        Create(middle, outputs, kernel with { Side = 1 }, stride with { Side = 1 }));

    /// <summary>Channels between the two convolutions with which they have as many weights as one over time and space:
    /// M = floor(t d² N' N / (d² N' + t N)).</summary>
    public static long Middle(long time, long height, long width, long inputs, long outputs) =>
        time * height * width * inputs * outputs / ((height * width * inputs) + (time * outputs));

    /// <inheritdoc cref="Middle(long, long, long, long, long)"/>
    public static long Middle(Extent kernel, long inputs, long outputs) => Middle(kernel.Time, kernel.Side, kernel.Side, inputs, outputs);

    /// <summary>A convolution, its normalisation and a ReLU.</summary>
    /// <param name="convolution">As made above.</param>
    /// <param name="outputs">Its channels.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static Module<Tensor, Tensor> Activated(Module<Tensor, Tensor> convolution, long outputs, double epsilon = 1e-5) =>
        Sequential(convolution, BatchNorm3d(outputs, eps: epsilon), ReLU(inplace: true));
}
