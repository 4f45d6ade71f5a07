namespace Parallax.Plugins.Evaluators;

/// <summary>A residual network that keeps the side of its map: blocks, the mean over all positions, a linear layer.</summary>
/// <remarks>Blocks are those of He et al., CVPR 2016, figure 5 (right), https://arxiv.org/abs/1512.03385; each starts as an identity, but for its last
/// ReLU.</remarks>
internal sealed class ResidualHead : Module<Tensor, Tensor>
{
    /// <summary>Channels of a block per channel inside it.</summary>
    public const int Reduction = 4;

    private const double InitialStd = 0.01;

    private readonly Module<Tensor, Tensor>? projection;
    private readonly Module<Tensor, Tensor> blocks, linear;

    /// <param name="channels">Channels of the map.</param>
    /// <param name="width">Channels of the blocks, a multiple of <see cref="Reduction"/>.</param>
    /// <param name="count">Blocks.</param>
    /// <param name="classes">Classes.</param>
    public ResidualHead(long channels, long width, int count, long classes)
        : base(nameof(ResidualHead))
    {
        projection = channels == width ? null : Sequential(
            ("conv", Conv2d(channels, width, 1, bias: false)), ("norm", BatchNorm2d(width)), ("relu", ReLU(inplace: true)));
        blocks = Sequential(Enumerable.Range(0, count).Select(_ => new ResidualHeadBlock(width, width / Reduction)).ToArray<Module<Tensor, Tensor>>());
        linear = Linear(width, classes);
        init.normal_(linear.get_parameter("weight")!, 0, InitialStd);
        init.zeros_(linear.get_parameter("bias")!);
        RegisterComponents();
        foreach (var convolution in modules().OfType<Conv2d>())
        {
            init.kaiming_normal_(convolution.weight, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
        }
    }

    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, classes] float32.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = blocks.call(projection is null ? input : projection.call(input)).mean([2, 3]);   // [N, width]
        using var precision = Precision.Float32();

        return linear.call(x.to(float32)).MoveToOuterDisposeScope();
    }
}

/// <summary>1x1, 3x3 and 1x1 convolutions around a shortcut.</summary>
internal sealed class ResidualHeadBlock : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> conv1, bn1, conv2, bn2, conv3, bn3;

    /// <param name="width">Channels of input and output.</param>
    /// <param name="inner">Channels of the inner layers.</param>
    public ResidualHeadBlock(long width, long inner)
        : base(nameof(ResidualHeadBlock))
    {
        conv1 = Conv2d(width, inner, 1, bias: false);
        bn1 = BatchNorm2d(inner);
        conv2 = Conv2d(inner, inner, 3, padding: 1, bias: false);
        bn2 = BatchNorm2d(inner);
        conv3 = Conv2d(inner, width, 1, bias: false);
        bn3 = BatchNorm2d(width);
        init.zeros_(bn3.get_parameter("weight")!);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)   // [N, width, H, W]
    {
        using var scope = NewDisposeScope();
        var x = bn1.call(conv1.call(input)).relu_();   // [N, inner, H, W]
        x = bn2.call(conv2.call(x)).relu_();           // [N, inner, H, W]

        return bn3.call(conv3.call(x)).add_(input).relu_().MoveToOuterDisposeScope();
    }
}
