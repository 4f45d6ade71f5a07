using Parallax.Contracts;
using Parallax.Plugins.Backbones;

namespace Parallax.Plugins.Tests.Backbones;

/// <summary>AlexNet, VGG and network in network; numbers of parameters are torchvision 0.14's, less the classifier.</summary>
public sealed class PlainNetworkTests
{
    private static readonly AlexNetOptions _torchvision = new() { Norm = AlexNetNorm.None, FullyConnectedNorm = false, Dropout = 0.5 };

    [Fact]
    public void AlexNet_WithoutNormalisation_HasTorchvisionsParameters() =>
        Assert.Equal(57_003_840, Parameters(new AlexNet(_torchvision, Run(224))));

    [Fact]
    public void AlexNet_OfDeepCluster_HasItsChannelsAndParameters()
    {
        using var network = new AlexNet(new() { Widths = AlexNetWidths.Wide, FullyConnectedNorm = false, Dropout = 0.5, FullyConnected = 8 }, Run(224));

        Assert.Equal([96, 256, 384, 384, 256], network.Stages.Select(stage => stage.Channels));
        Assert.Equal([4, 8, 16, 16, 16], network.Stages.Select(stage => stage.Stride));
        Assert.Equal([8, 256 * 6 * 6], network.state_dict()["classifier.1.weight"].shape);
        Assert.Equal(   // weights and biases of convolutions, two numbers per channel, the small fully connected layers
            (363L * 96) + (25 * 96 * 256) + (9 * 256 * 384) + (9 * 384 * 384) + (9 * 384 * 256) + (3L * 1376) + (9217 * 8) + (9 * 8), Parameters(network));
    }

    [Fact]
    public void AlexNet_Groups_HalveTheInputsOfThreeConvolutions()
    {
        using var network = new AlexNet(new() { Widths = AlexNetWidths.Wide, Grouped = true, FullyConnected = 0 }, Run(64));
        var state = network.state_dict();

        Assert.Equal([256, 48, 5, 5], state["conv2.weight"].shape);
        Assert.Equal([384, 256, 3, 3], state["conv3.weight"].shape);
        Assert.Equal([384, 192, 3, 3], state["conv4.weight"].shape);
        Assert.Equal([256, 192, 3, 3], state["conv5.weight"].shape);
    }

    [Theory]
    [InlineData(64)]    // a tile: 29, 14, 6 and 2 positions, by hand
    [InlineData(224)]   // a whole image
    public void AlexNet_OfJigsawPuzzles_GivesAllValuesOfTwoByTwoPositions(int side)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var options = new AlexNetOptions { Widths = AlexNetWidths.Wide, Width = 0.25, FullyConnected = 0, StemStride = 2, FlattenedSide = 2 };
        var network = new AlexNet(options, Run(255));
        network.eval();
        var images = Tensors.Normal(1, 2, 3, side, side);

        var features = network.call(images);

        var pooled = F.max_pool2d(network.Maps(images)[^1], 3, stride: 2);   // [2, 64, 2, 2] of a tile
        Assert.Equal((256, side == 64), (network.FeatureDim, pooled.shape[2] == 2));
        Tensors.AssertClose(F.adaptive_avg_pool2d(pooled, 2).flatten(1), features);
        Assert.Equal(Parameters(new AlexNet(options with { FlattenedSide = 0 }, Run(255))), Parameters(network));
    }

    [Fact]
    public void AlexNet_FlattenedSideBesideFullyConnectedLayers_IsAFault() => Assert.StartsWith(
        "backbone.flattenedSide is 2, but the features are those of the fully connected layers",
        Assert.Single(new AlexNetOptions { FlattenedSide = 2 }.Validate(null!)).ErrorMessage, StringComparison.Ordinal);

    [Fact]
    public void AlexNet_Maps_HaveThePublishedSides()
    {
        using var noGradients = no_grad();
        using var network = new AlexNet(new() { Width = 0.25, FullyConnected = 16 }, Run(224));
        network.eval();
        var images = Tensors.Normal(1, 2, 3, 224, 224);

        var maps = network.Maps(images);

        Assert.Equal([55, 27, 13, 13, 13], maps.Select(map => map.shape[2]));
        Assert.Equal(
            [("pool1", 8, 27), ("pool2", 16, 13), ("pool5", 32, 6)],
            network.PooledStages.Select(pool => (pool.Map.Name, pool.Map.Stride, network.Pool(pool, maps[pool.Stage]).shape[2])));
        Assert.All(maps, map => Assert.True(map.min().item<float>() >= 0));
        Assert.Equal([2, 16], network.call(images).shape);
    }

    [Fact]
    public void AlexNet_PaddedPoolings_HaveTheSidesOfColorization()
    {
        using var noGradients = no_grad();
        using var network = new AlexNet(new() { Width = 0.1, StemPadding = 5, PoolPadding = 1, FullyConnected = 4 }, Run(180));
        network.eval();
        var images = Tensors.Normal(1, 1, 3, 180, 180);

        var maps = network.Maps(images);

        Assert.Equal([45, 23, 12, 12, 12], maps.Select(map => map.shape[2]));   // (180 + 10 - 11) / 4 + 1, then (45 + 2 - 3) / 2 + 1, (23 + 2 - 3) / 2 + 1
        var state = network.state_dict();
        Assert.Equal(maps[^1].shape[1] * 6 * 6, state["classifier.1.weight"].shape[1]);   // (12 + 2 - 3) / 2 + 1
        var pooled = F.max_pool2d(F.pad(maps[0], [1, 1, 1, 1], value: float.NegativeInfinity), 3, stride: 2);
        var second = F.conv2d(pooled, state["conv2.weight"], state["conv2.bias"], padding: [2, 2]);
        Tensors.AssertClose((second / Math.Sqrt(1 + 1e-5)).relu(), maps[1], 1e-4);   // normalised by the statistics it begins with
    }

    [Fact]
    public void AlexNet_PaddedPooling_OfOnePosition_KeepsIt()
    {
        using var noGradients = no_grad();
        using var network = new AlexNet(new() { Width = 0.1, PoolPadding = 1, FullyConnected = 4 }, Run(32));
        network.eval();

        Assert.Equal([7, 4, 2, 2, 2], network.Maps(Tensors.Normal(1, 1, 3, 32, 32)).Select(map => map.shape[2]));
        Assert.Equal([1, 1, 1, 1, 1], network.Maps(Tensors.Normal(1, 1, 3, 8, 8)).Select(map => map.shape[2]));
    }

    [Fact]
    public void AlexNet_LocalResponse_IsThatOfTheFirstTwoPoolings()
    {
        using var noGradients = no_grad();
        var (with, without) = (Network(AlexNetNorm.LocalResponse), Network(AlexNetNorm.None));
        without.load_state_dict(with.state_dict());
        var images = Tensors.Normal(1, 1, 3, 64, 64);

        var (first, second) = (with.Maps(images), without.Maps(images));

        Tensors.AssertClose(second[0], first[0], 0);                                            // conv1 sees images
        var pooled = LocalResponseNorm(5).call(F.max_pool2d(second[0], 3, stride: 2));
        var state = with.state_dict();
        Tensors.AssertClose(F.conv2d(pooled, state["conv2.weight"], state["conv2.bias"], padding: [2, 2]).relu(), first[1], 1e-5);
        Assert.DoesNotContain(state.Keys, key => key.StartsWith("bn", StringComparison.Ordinal));

        AlexNet Network(AlexNetNorm norm) => new(new() { Norm = norm, FullyConnected = 0 }, Run(64));
    }

    [Theory]
    [InlineData(AlexNetNorm.None, "features.3.weight", "conv2.weight")]
    [InlineData(AlexNetNorm.None, "features.10.bias", "conv5.bias")]
    [InlineData(AlexNetNorm.None, "classifier.4.weight", "classifier.4.weight")]
    [InlineData(AlexNetNorm.None, "classifier.6.weight", null)]
    [InlineData(AlexNetNorm.Batch, "features.4.weight", "conv2.weight")]
    [InlineData(AlexNetNorm.Batch, "features.5.running_mean", "bn2.running_mean")]
    [InlineData(AlexNetNorm.Batch, "features.14.bias", "conv5.bias")]
    [InlineData(AlexNetNorm.Batch, "top_layer.weight", null)]
    [InlineData(AlexNetNorm.Batch, "sobel.0.weight", null)]
    public void AlexNet_NamesOfTorchvisionAndDeepCluster_AreKnown(AlexNetNorm norm, string name, string? own) =>
        Assert.Equal(own, new AlexNet(new() { Norm = norm, Width = 0.1, FullyConnected = 0 }, Run(32)).OwnName(name));

    [Theory]
    [InlineData(false, 14_714_688)]
    [InlineData(true, 14_723_136)]
    public void Vgg16_Convolutions_HaveTorchvisionsParameters(bool norm, long parameters) =>
        Assert.Equal(parameters, Parameters(new Vgg16(new() { Norm = norm, FullyConnected = 0 }, Run(224))));

    [Theory]
    [InlineData(false, 20_024_384)]
    [InlineData(true, 20_035_392)]
    public void Vgg19_Convolutions_HaveTorchvisionsParameters(bool norm, long parameters) =>
        Assert.Equal(parameters, Parameters(new Vgg19(new() { Norm = norm, FullyConnected = 0 }, Run(224))));

    [Fact]
    public void Vgg16_Names_AreTorchvisionsWithoutTheClassifier()
    {
        using var network = new Vgg16(new() { Width = 0.125, FullyConnected = 8 }, Run(64));
        var state = network.state_dict();

        int[] convolutions = [0, 3, 7, 10, 14, 17, 20, 24, 27, 30, 34, 37, 40];   // of vgg16_bn
        string[] norm = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"];
        string[] expected =
        [
            .. from place in convolutions from name in new[] { "weight", "bias" } select $"features.{place}.{name}",
            .. from place in convolutions from name in norm select $"features.{place + 1}.{name}",
            .. from place in new[] { 0, 3 } from name in new[] { "weight", "bias" } select $"classifier.{place}.{name}",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), state.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([8, 64 * 2 * 2], state["classifier.0.weight"].shape);
    }

    [Fact]
    public void Vgg_Maps_AreThoseBeforeThePoolings()
    {
        using var noGradients = no_grad();
        using var network = new Vgg16(new() { Width = 0.125, FullyConnected = 0 }, Run(32));
        network.eval();
        var images = Tensors.Normal(1, 2, 3, 32, 32);

        var maps = network.Maps(images);

        Assert.Equal([32, 16, 8, 4, 2], maps.Select(map => map.shape[2]));
        Assert.Equal([1, 2, 4, 8, 16], network.Stages.Select(stage => stage.Stride));
        Assert.Equal(["features.5", "features.12", "features.22", "features.32", "features.42"], network.Stages.Select(stage => stage.Name));
        Tensors.AssertClose(maps[^1].mean([2, 3]), network.call(images));
    }

    [Fact]
    public void Dense_Normalised_HasNoBiasAndNoReluWhereThatIsAskedFor()
    {
        using var noGradients = no_grad();
        using var network = new Vgg16(new() { Width = 0.125, FullyConnected = 8, FullyConnectedNorm = true, Dropout = 0, FinalRelu = false }, Run(32));

        var features = network.call(Tensors.Normal(1, 6, 3, 32, 32));

        Assert.DoesNotContain("classifier.0.bias", network.state_dict().Keys);
        Assert.True(features.min().item<float>() < 0);
    }

    [Fact]
    public void Vgg_ImagesOfFewPixels_AreToldBeforeTheRun() => Assert.Contains(
        "data.imageSize is 28, and VGG halves the side five times: images need at least 32 pixels.", Assert.Single(new VggOptions().Faults(Run(28))),
        StringComparison.Ordinal);

    [Fact]
    public void VggDilated_HasTheLayersOfColorization()
    {
        using var network = new VggDilated(new(), Run(176));

        Assert.Equal([64, 128, 256, 512, 512, 512, 512], network.Stages.Select(stage => stage.Channels));
        Assert.Equal([2, 4, 8, 8, 8, 8, 8], network.Stages.Select(stage => stage.Stride));
        Assert.Equal(["conv1.4", "conv2.4", "conv3.6", "conv4.6", "conv5.6", "conv6.6", "conv7.6"],
            network.state_dict().Keys.Where(key => key.EndsWith(".running_mean", StringComparison.Ordinal)).Select(key => key[..7]));
        var dilated = network.named_modules().Where(part => part.module is Conv2d { dilation: [2, ..] }).Select(part => part.name);
        Assert.Equal(["conv5.0", "conv5.2", "conv5.4", "conv6.0", "conv6.2", "conv6.4"], dilated);
        // weights, biases and two numbers per channel of the normalisation, block by block; from the fourth on 512 channels
        Assert.Equal(38_848 + 221_696 + 1_475_840 + 5_900_800 + (3 * 7_080_448), Parameters(network));
    }

    [Fact]
    public void VggDilated_Maps_HaveAnEighthOfTheSide_AndAreNormalisedBehindTheRelu()
    {
        using var noGradients = no_grad();
        using var network = new VggDilated(new() { Width = 0.0625 }, Run(176));
        var images = Tensors.Normal(1, 2, 3, 176, 176);

        var maps = network.Maps(images);   // in training, by the statistics of the batch

        Assert.Equal([88, 44, 22, 22, 22, 22, 22], maps.Select(map => map.shape[2]));
        Tensors.AssertClose(zeros(32), maps[^1].mean([0, 2, 3]), 1e-4);
        Tensors.AssertClose(maps[^1].mean([2, 3]), network.call(images), 1e-4);
    }

    [Fact]
    public void NIN_OfFourBlocks_HasTheParametersOfItsLayers()
    {
        using var network = new NIN(new(), Run(32));

        // by hand from RotNet's layers: two numbers per channel of a normalisation, no biases
        var first = (25 * 3 * 192) + (192 * 160) + (160 * 96) + (2 * (192 + 160 + 96));
        var second = (25 * 96 * 192) + (2 * 192 * 192) + (6 * 192);
        var later = (9 * 192 * 192) + (2 * 192 * 192) + (6 * 192);
        Assert.Equal(first + second + (2 * later), Parameters(network));
        Assert.Equal([96, 192, 192, 192], network.Stages.Select(stage => stage.Channels));
    }

    [Fact]
    public void NIN_Maps_HaveTheSidesOfTheDeclaredStrides()
    {
        using var noGradients = no_grad();
        using var network = new NIN(new() { Blocks = 5, Width = 0.1 }, Run(32));

        Assert.Equal([16, 8, 8, 8, 8], network.Maps(Tensors.Normal(1, 2, 3, 32, 32)).Select(map => map.shape[2]));
        Assert.Equal([2, 4, 4, 4, 4], network.Stages.Select(stage => stage.Stride));
    }

    private static RunInfo Run(int side) => TestRuns.Of() with { ImageSize = side };

    private static long Parameters(Module network)
    {
        using (network)
        {
            return network.parameters().Sum(parameter => parameter.numel());
        }
    }
}
