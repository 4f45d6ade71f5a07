using Parallax.Plugins.Backbones;

namespace Parallax.Plugins.Tests.Backbones;

public sealed class ResNetV2Tests
{
    [Fact]
    public void Parameters_OfFifty_ArePublishedOnes_LessTheClassifier() =>   // timm's resnetv2_50
        Assert.Equal(25_549_352 - 2_049_000, Parameters(new ResNet50V2(new(), TestRuns.Of())));

    [Fact]
    public void Parameters_OfEighteen_AreThoseOfTheFirstVersionLessTheNormalisationsOfItsShortcuts()
    {
        var first = Parameters(new ResNet18(new(), TestRuns.Of()));

        // by hand: v1 normalises the stem (64), both convolutions of each block (3840) and shortcuts (896);
        // v2 the inputs of both (1472, 1920) and the end (512)
        Assert.Equal(first - (2 * (64 + 3840 + 896 - 1472 - 1920 - 512)), Parameters(new ResNet18V2(new(), TestRuns.Of())));
    }

    [Fact]
    public void Width_OfAHalfMore_WidensEveryLayer()
    {
        using var network = new ResNet50V2(new() { Width = 1.5 }, TestRuns.Of());

        Assert.Equal([96, 3, 7, 7], network.state_dict()["stem.conv.weight"].shape);
        Assert.Equal(3072, network.FeatureDim);   // 512 k with k = 6
    }

    [Fact]
    public void Names_AreTimms()
    {
        using var network = new ResNet50V2(new() { Width = 0.125 }, TestRuns.Of());
        var state = network.state_dict();

        Assert.Contains("stages.0.blocks.0.downsample.conv.weight", state.Keys);
        Assert.Contains("stages.3.blocks.2.norm3.running_var", state.Keys);
        Assert.Contains("norm.weight", state.Keys);
        Assert.DoesNotContain("stages.0.blocks.1.downsample.conv.weight", state.Keys);
        Assert.Equal((8, 16), (state["stages.1.blocks.0.norm1.weight"].shape[0] / 4, state["stages.1.blocks.0.conv2.weight"].shape[0]));
    }

    [Fact]
    public void Block_WhoseLastConvolutionIsZero_IsTheIdentity()
    {
        using var noGradients = no_grad();
        using var network = new ResNet18V2(new() { Width = 0.125, Stem = Stem.Cifar }, TestRuns.Of());
        init.zeros_(network.state_dict()["stages.0.blocks.0.conv2.weight"]);
        init.zeros_(network.state_dict()["stages.0.blocks.1.conv2.weight"]);
        network.eval();
        var images = Tensors.Normal(1, 2, 3, 16, 16);

        Tensors.AssertClose(F.conv2d(images, network.state_dict()["stem.conv.weight"], padding: [1, 1]), network.Maps(images)[0], 1e-5);
    }

    [Theory]
    [InlineData(Stem.Imagenet, 8)]
    [InlineData(Stem.Cifar, 32)]
    [InlineData(Stem.CifarMaxpool, 16)]
    [InlineData(Stem.ImagenetStride1, 16)]
    [InlineData(Stem.ImagenetStride1, 16, 1)]
    public void Maps_OfAStem_HaveTheDeclaredStrides(Stem stem, int side, int lastStride = 2)
    {
        using var noGradients = no_grad();
        using var network = new ResNet18V2(new() { Width = 0.125, Stem = stem, LastStride = lastStride }, TestRuns.Of());
        network.eval();
        var images = Tensors.Normal(1, 2, 3, 32, 32);

        var maps = network.Maps(images);

        Assert.Equal(network.Stages.Select(stage => 32L / stage.Stride), maps.Select(map => map.shape[2]));
        Assert.Equal(side, maps[0].shape[2]);
        Tensors.AssertClose(maps[^1].mean([2, 3]), network.call(images));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, -1)]
    public void FinalRelu_LeftOut_GivesFeaturesOfBothSigns(bool finalRelu, int sign)
    {
        using var noGradients = no_grad();
        manual_seed(1);
        using var network = new ResNet18V2(new() { Width = 0.5, Stem = Stem.Cifar, FinalRelu = finalRelu }, TestRuns.Of());

        Assert.Equal(sign, Math.Sign(network.call(Tensors.Normal(1, 4, 3, 8, 8)).min().item<float>()));
    }

    private static long Parameters(Module network) => network.parameters().Sum(parameter => parameter.numel());
}
