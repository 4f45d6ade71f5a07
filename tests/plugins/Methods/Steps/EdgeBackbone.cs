using Parallax.Contracts;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>A convolution over two channels, for images of any size: every image is encoded by itself.</summary>
internal sealed class EdgeBackbone : Module<Tensor, Tensor>, IBackbone
{
    private readonly Module<Tensor, Tensor> layer = Conv2d(2, 3, 3, padding: 1);

    public EdgeBackbone()
        : base(nameof(EdgeBackbone)) => RegisterComponents();

    public int FeatureDim => 12;

    /// <summary>A factory that gives it, and asserts that two channels are asked for.</summary>
    public static IBackbone Create(int channels)
    {
        Assert.Equal(2, channels);

        return new EdgeBackbone();
    }

    public override Tensor forward(Tensor input) => nn.functional.adaptive_avg_pool2d(layer.call(input), 2).flatten(1);   // [N, 12]
}
