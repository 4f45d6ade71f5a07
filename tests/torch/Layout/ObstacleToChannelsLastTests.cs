using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Parallax.Torch.Tests.Layout;

public sealed class ObstacleToChannelsLastTests
{
    [Theory]
    [InlineData(1, 2, true)]
    [InlineData(3, 2, true)]
    [InlineData(15, 2, true)]
    [InlineData(16, 2, false)]
    [InlineData(17, 2, false)]
    [InlineData(3, 1, false)]
    public void Obstacle_ConvolutionOfOnePixel_IsNarrowAndStrided(long channels, long stride, bool isObstacle)
    {
        using var network = Sequential(("wide", Conv2d(20, channels, 3, stride: 2)), ("narrow", Conv2d(channels, 8, 1, stride: stride)));

        Assert.Equal(isObstacle ? "narrow.weight" : null, network.ObstacleToChannelsLast());
    }

    [Fact]
    public void Obstacle_StridedAlongOneSideOnly_IsOne()
    {
        using var network = Conv2d(4, 8, (1, 1), stride: (1, 2));

        Assert.Equal("weight", network.ObstacleToChannelsLast());
    }

    [Fact]
    public void Obstacle_FewChannelsPerGroup_IsOne()
    {
        using var network = Conv2d(32, 32, 1, stride: 2, groups: 4);

        Assert.Equal("weight", network.ObstacleToChannelsLast());
    }

    [Fact]
    public void Obstacle_LargerKernel_IsNone()
    {
        using var network = Conv2d(4, 8, (1, 3), stride: (2, 2));

        Assert.Null(network.ObstacleToChannelsLast());
    }

    [Fact]
    public void Obstacle_WeightOfAFunction_CountsSinceItsStrideIsHidden()
    {
        using var network = new Functional();

        Assert.Equal("kernel", network.ObstacleToChannelsLast());
    }

    [Fact]
    public void ToChannelsLast_ModuleWithAnObstacle_IsRefusedByName()
    {
        using var network = Sequential(("narrow", Conv2d(4, 8, 1, stride: 2)));

        var refusal = Assert.Throws<InvalidOperationException>(() => network.ToChannelsLast());

        Assert.StartsWith("'narrow.weight' cannot run in channels-last order", refusal.Message, StringComparison.Ordinal);
    }

    private sealed class Functional : Module<Tensor, Tensor>
    {
        private readonly Parameter kernel = new(ones(8, 4, 1, 1));

        public Functional()
            : base(nameof(Functional)) => RegisterComponents();

        public override Tensor forward(Tensor images) => functional.conv2d(images, kernel, strides: [2, 2]);
    }
}
