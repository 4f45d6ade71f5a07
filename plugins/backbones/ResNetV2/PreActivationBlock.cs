namespace Parallax.Plugins.Backbones;

/// <summary>Two 3x3 convolutions, or 1x1, 3x3 and 1x1, each behind a normalisation and a ReLU, beside a shortcut. Names are timm's.</summary>
/// <remarks>He et al., "Identity Mappings in Deep Residual Networks", ECCV 2016, figure 4 (e), https://arxiv.org/abs/1603.05027. The stride sits in the 3x3
/// convolution; where the shape changes, the shortcut is a 1x1 convolution of the activated input.</remarks>
internal sealed class PreActivationBlock : Module<Tensor, Tensor>, IOnnxModule
{
    private readonly Module<Tensor, Tensor> norm1, conv1, norm2, conv2;
    private readonly Module<Tensor, Tensor>? norm3, conv3, downsample;

    /// <param name="inputs">Channels of the input.</param>
    /// <param name="inner">Channels of the inner layers.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="stride">Stride of the block.</param>
    /// <param name="isBottleneck">Three convolutions instead of two.</param>
    /// <param name="norms">Makes the normalisation layers.</param>
    public PreActivationBlock(long inputs, long inner, long outputs, long stride, bool isBottleneck, NormFactory norms)
        : base(nameof(PreActivationBlock))
    {
        norm1 = norms.Create(inputs);
        norm2 = norms.Create(inner);
        if (isBottleneck)
        {
            conv1 = Conv2d(inputs, inner, 1, bias: false);
            conv2 = Conv2d(inner, inner, 3, stride: stride, padding: 1, bias: false);
            norm3 = norms.Create(inner);
            conv3 = Conv2d(inner, outputs, 1, bias: false);
        }
        else
        {
            conv1 = Conv2d(inputs, inner, 3, stride: stride, padding: 1, bias: false);
            conv2 = Conv2d(inner, outputs, 3, padding: 1, bias: false);
        }

        downsample = stride != 1 || inputs != outputs ? Sequential(("conv", Conv2d(inputs, outputs, 1, stride: stride, bias: false))) : null;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)   // [N, inputs, H, W]
    {
        using var scope = NewDisposeScope();
        var activated = norm1.call(input).relu_();                                    // [N, inputs, H, W]
        var shortcut = downsample is null ? input : downsample.call(activated);       // [N, outputs, H/stride, W/stride]

        return Convolve(activated).add_(shortcut).MoveToOuterDisposeScope();
    }

    /// <summary>What the block adds to its shortcut.</summary>
    /// <param name="input">[N, inputs, H, W].</param>
    /// <returns>[N, outputs, H/stride, W/stride].</returns>
    public Tensor Branch(Tensor input)
    {
        using var scope = NewDisposeScope();

        return Convolve(norm1.call(input).relu_()).MoveToOuterDisposeScope();
    }

    private Tensor Convolve(Tensor activated)
    {
        var x = conv2.call(norm2.call(conv1.call(activated)).relu_());                // [N, inner or outputs, H/stride, W/stride]

        return conv3 is null ? x : conv3.call(norm3!.call(x).relu_());                // [N, outputs, H/stride, W/stride]
    }

    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var activated = graph.Relu(graph.Write(norm1, input));                                       // [N, inputs, H, W]
        var shortcut = downsample is null ? input : graph.Write(downsample, activated);              // [N, outputs, H/stride, W/stride]

        return graph.Add(Convolve(graph, activated), shortcut);
    }

    /// <inheritdoc cref="Branch(Tensor)"/>
    public OnnxValue Branch(IOnnxGraph graph, OnnxValue input) => Convolve(graph, graph.Relu(graph.Write(norm1, input)));

    private OnnxValue Convolve(IOnnxGraph graph, OnnxValue activated)
    {
        var x = graph.Write(conv2, graph.Relu(graph.Write(norm2, graph.Write(conv1, activated))));   // [N, inner or outputs, H/stride, W/stride]

        return conv3 is null ? x : graph.Write(conv3, graph.Relu(graph.Write(norm3!, x)));           // [N, outputs, H/stride, W/stride]
    }
}
