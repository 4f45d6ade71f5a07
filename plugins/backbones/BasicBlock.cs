namespace Parallax.Plugins.Backbones;

/// <summary>Two 3x3 convolutions around a shortcut.</summary>
/// <remarks>He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, figure 5 (left), https://arxiv.org/abs/1512.03385. Field names are
/// torchvision's.</remarks>
internal sealed class BasicBlock : Module<Tensor, Tensor>, IOnnxModule
{
    private readonly Module<Tensor, Tensor> conv1, bn1, conv2, bn2;
    private readonly Module<Tensor, Tensor>? downsample;
    private readonly bool _endsWithRelu;

    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="stride">Stride of the first convolution.</param>
    /// <param name="norms">Makes the normalisation layers.</param>
    /// <param name="shortcut">Changes the input where its shape differs from the output's; null keeps it.</param>
    /// <param name="endsWithRelu">Whether a ReLU follows on the sum.</param>
    public BasicBlock(long inputs, long outputs, long stride, NormFactory norms, Module<Tensor, Tensor>? shortcut, bool endsWithRelu)
        : base(nameof(BasicBlock))
    {
        _endsWithRelu = endsWithRelu;
        conv1 = Conv2d(inputs, outputs, 3, stride: stride, padding: 1, bias: false);
        bn1 = norms.Create(outputs);
        conv2 = Conv2d(outputs, outputs, 3, padding: 1, bias: false);
        bn2 = norms.CreateLast(outputs);
        downsample = shortcut;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)   // [N, inputs, H, W]
    {
        using var scope = NewDisposeScope();
        var x = bn1.call(conv1.call(input)).relu_();   // [N, outputs, H/stride, W/stride]; in place: batch normalisation keeps its input, not its output
        x = bn2.call(conv2.call(x));                   // [N, outputs, H/stride, W/stride]
        x = x.add_(downsample is null ? input : downsample.call(input));

        return (_endsWithRelu ? x.relu_() : x).MoveToOuterDisposeScope();
    }

    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var x = graph.Relu(graph.Write(bn1, graph.Write(conv1, input)));   // [N, outputs, H/stride, W/stride]
        x = graph.Write(bn2, graph.Write(conv2, x));
        x = graph.Add(x, downsample is null ? input : graph.Write(downsample, input));

        return _endsWithRelu ? graph.Relu(x) : x;
    }
}
