namespace Parallax.Plugins.Backbones;

/// <summary>1x1, 3x3 and 1x1 convolutions around a shortcut; the output is four times as wide as the inner layers.</summary>
/// <remarks>
/// He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, figure 5 (right), https://arxiv.org/abs/1512.03385. Field names are torchvision's.
/// As in torchvision and MoCo the stride sits in the 3x3 convolution ("v1.5"); the paper has it in the first 1x1.
/// </remarks>
internal sealed class Bottleneck : Module<Tensor, Tensor>, IOnnxModule
{
    /// <summary>Channels of the output per inner channel.</summary>
    public const int Expansion = 4;

    private readonly Module<Tensor, Tensor> conv1, bn1, conv2, bn2, conv3, bn3;
    private readonly Module<Tensor, Tensor>? downsample;
    private readonly bool _endsWithRelu;

    /// <param name="inputs">Channels of the input.</param>
    /// <param name="inner">Channels of the inner layers.</param>
    /// <param name="stride">Stride of the 3x3 convolution.</param>
    /// <param name="norms">Makes the normalisation layers.</param>
    /// <param name="shortcut">Changes the input where its shape differs from the output's; null keeps it.</param>
    /// <param name="endsWithRelu">Whether a ReLU follows on the sum.</param>
    public Bottleneck(long inputs, long inner, long stride, NormFactory norms, Module<Tensor, Tensor>? shortcut, bool endsWithRelu)
        : base(nameof(Bottleneck))
    {
        _endsWithRelu = endsWithRelu;
        conv1 = Conv2d(inputs, inner, 1, bias: false);
        bn1 = norms.Create(inner);
        conv2 = Conv2d(inner, inner, 3, stride: stride, padding: 1, bias: false);
        bn2 = norms.Create(inner);
        conv3 = Conv2d(inner, inner * Expansion, 1, bias: false);
        bn3 = norms.CreateLast(inner * Expansion);
        downsample = shortcut;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)   // [N, inputs, H, W]
    {
        using var scope = NewDisposeScope();
        var x = bn1.call(conv1.call(input)).relu_();   // [N, inner, H, W]
        x = bn2.call(conv2.call(x)).relu_();           // [N, inner, H/stride, W/stride]
        x = bn3.call(conv3.call(x));                   // [N, 4 inner, H/stride, W/stride]
        x = x.add_(downsample is null ? input : downsample.call(input));

        return (_endsWithRelu ? x.relu_() : x).MoveToOuterDisposeScope();
    }

    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var x = graph.Relu(graph.Write(bn1, graph.Write(conv1, input)));   // [N, inner, H, W]
        x = graph.Relu(graph.Write(bn2, graph.Write(conv2, x)));           // [N, inner, H/stride, W/stride]
        x = graph.Write(bn3, graph.Write(conv3, x));                       // [N, 4 inner, H/stride, W/stride]
        x = graph.Add(x, downsample is null ? input : graph.Write(downsample, input));

        return _endsWithRelu ? graph.Relu(x) : x;
    }
}
