namespace Parallax.Plugins.Backbones;

/// <summary>Four branches over a map, side by side: a point, two separable convolutions behind a point, a pooling before a point. Names are torchvision's;
/// those of gates are CoCLR's.</summary>
/// <remarks>Xie et al., "Rethinking Spatiotemporal Feature Learning", ECCV 2018, figure 5, https://arxiv.org/abs/1712.04851.</remarks>
internal sealed class SeparableInception : Module<Tensor, Tensor>, IOnnxModule
{
    private static readonly Extent _point = new(1, 1);

    private readonly Module<Tensor, Tensor> branch0, branch1, branch2, branch3;
    private readonly Module<Tensor, Tensor>? gating_b0, gating_b1, gating_b2, gating_b3;

    /// <param name="inputs">Channels of the input.</param>
    /// <param name="widths">Channels of the branches.</param>
    /// <param name="isGated">Whether each branch ends with a gate.</param>
    /// <param name="epsilon">Added to variances.</param>
    public SeparableInception(long inputs, InceptionWidths widths, bool isGated, double epsilon)
        : base(nameof(SeparableInception))
    {
        branch0 = Point(inputs, widths.Point);
        branch1 = Sequential(Point(inputs, widths.FirstReduced), Separable(widths.FirstReduced, widths.First, 3, 1, epsilon));
        branch2 = Sequential(Point(inputs, widths.SecondReduced), Separable(widths.SecondReduced, widths.Second, 3, 1, epsilon));
        branch3 = Sequential(MaxPool3d(3, stride: 1, padding: 1), Point(inputs, widths.Pooled));
        if (isGated)
        {
            (gating_b0, gating_b1) = (new SelfGating(widths.Point), new SelfGating(widths.First));
            (gating_b2, gating_b3) = (new SelfGating(widths.Second), new SelfGating(widths.Pooled));
        }

        RegisterComponents();

        Module<Tensor, Tensor> Point(long from, long to) => ClipConvolution.Activated(ClipConvolution.Create(from, to, _point, _point), to, epsilon);
    }

    /// <summary>A convolution over space, then one over time, each with normalisation and ReLU.</summary>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of both.</param>
    /// <param name="kernel">Frames, and pixels per side.</param>
    /// <param name="stride">The same for the steps.</param>
    /// <param name="epsilon">Added to variances.</param>
    public static Module<Tensor, Tensor> Separable(long inputs, long outputs, long kernel, long stride, double epsilon) => Sequential(
        ClipConvolution.Activated(ClipConvolution.Create(inputs, outputs, new(1, kernel), new(1, stride)), outputs, epsilon),
        ClipConvolution.Activated(ClipConvolution.Create(outputs, outputs, new(kernel, 1), new(stride, 1)), outputs, epsilon));

    public override Tensor forward(Tensor input)   // [N, inputs, T, H, W]
    {
        using var scope = NewDisposeScope();

        return cat([Branch(branch0, gating_b0), Branch(branch1, gating_b1), Branch(branch2, gating_b2), Branch(branch3, gating_b3)], 1)
            .MoveToOuterDisposeScope();   // [N, sum of the branches, T, H, W]

        Tensor Branch(Module<Tensor, Tensor> branch, Module<Tensor, Tensor>? gate) => gate is null ? branch.call(input) : gate.call(branch.call(input));
    }

    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        return graph.Concatenate(1, Branch(branch0, gating_b0), Branch(branch1, gating_b1), Branch(branch2, gating_b2), Branch(branch3, gating_b3));

        OnnxValue Branch(Module<Tensor, Tensor> branch, Module<Tensor, Tensor>? gate)
        {
            var map = graph.Write(branch, input);

            return gate is null ? map : graph.Write(gate, map);
        }
    }
}

/// <summary>Channels of the branches of a block.</summary>
/// <param name="Point">Of the branch of a point alone.</param>
/// <param name="FirstReduced">Before the first separable convolution.</param>
/// <param name="First">Of the first separable convolution.</param>
/// <param name="SecondReduced">Before the second.</param>
/// <param name="Second">Of the second.</param>
/// <param name="Pooled">Of the branch behind the pooling.</param>
internal sealed record InceptionWidths(long Point, long FirstReduced, long First, long SecondReduced, long Second, long Pooled)
{
    /// <summary>Channels of the block's output.</summary>
    public long Sum => Point + First + Second + Pooled;

    /// <summary>Every number changed alike.</summary>
    public InceptionWidths Scaled(Func<long, long> scale) =>
        new(scale(Point), scale(FirstReduced), scale(First), scale(SecondReduced), scale(Second), scale(Pooled));
}
