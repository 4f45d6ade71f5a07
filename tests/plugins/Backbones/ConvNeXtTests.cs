using Parallax.Contracts;
using Parallax.Plugins.Backbones;

namespace Parallax.Plugins.Tests.Backbones;

public sealed class ConvNeXtTests
{
    private static readonly ConvNeXtV2Options _atto = new() { Size = ConvNeXtV2Size.Atto, PatchSize = 1 };

    [Theory]
    [InlineData(ConvNeXtSize.Tiny, 28_589_128)]
    [InlineData(ConvNeXtSize.Small, 50_223_688)]
    public void Parameters_ArePublishedOnes_LessTheClassifier(ConvNeXtSize size, long withClassifier)
    {
        var run = TestRuns.Of() with { ImageSize = 224 };

        Assert.Equal(withClassifier, WithClassifier(new ConvNeXt(new() { Size = size }, run)));
    }

    [Theory]
    [InlineData(ConvNeXtV2Size.Atto, 3_708_400)]
    [InlineData(ConvNeXtV2Size.Femto, 5_233_240)]
    [InlineData(ConvNeXtV2Size.Pico, 9_066_280)]
    [InlineData(ConvNeXtV2Size.Nano, 15_623_800)]
    [InlineData(ConvNeXtV2Size.Tiny, 28_635_496)]
    public void Parameters_OfV2_ArePublishedOnes_LessTheClassifier(ConvNeXtV2Size size, long withClassifier)
    {
        var run = TestRuns.Of() with { ImageSize = 224 };

        Assert.Equal(withClassifier, WithClassifier(new ConvNeXtV2(new() { Size = size }, run)));
    }

    [Fact]
    public void StateDict_Names_AreTheAuthors()
    {
        int[] depths = [2, 2, 6, 2];
        string[] block = ["dwconv.weight", "dwconv.bias", "norm.weight", "norm.bias", "pwconv1.weight", "pwconv1.bias", "grn.gamma", "grn.beta",
            "pwconv2.weight", "pwconv2.bias"];
        string[] downsample = ["0.weight", "0.bias", "1.weight", "1.bias"];
        string[] expected = ["norm.weight", "norm.bias",
            .. from stage in Enumerable.Range(0, 4) from name in downsample select $"downsample_layers.{stage}.{name}",
            .. from stage in Enumerable.Range(0, 4) from i in Enumerable.Range(0, depths[stage]) from name in block select $"stages.{stage}.{i}.{name}"];

        using var network = new ConvNeXtV2(_atto, TestRuns.Of());
        var state = network.state_dict();

        Assert.Equal(expected.Order(StringComparer.Ordinal), state.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([1, 1, 1, 160], state["stages.0.0.grn.gamma"].shape);
        Assert.Equal([40, 1, 7, 7], state["stages.0.1.dwconv.weight"].shape);
        Assert.Equal([80, 40, 2, 2], state["downsample_layers.1.1.weight"].shape);
    }

    [Fact]
    public void Initialisation_StartsSmall_AndBlocksOfV1AlmostAsIdentities()
    {
        using var network = new ConvNeXt(new() { PatchSize = 1 }, TestRuns.Of());
        var state = network.state_dict();

        Assert.Equal(0.02, state["stages.2.3.pwconv1.weight"].std().item<float>(), tolerance: 5e-4);
        Assert.Equal(0, state["stages.2.3.pwconv1.bias"].abs().max().item<float>());
        Assert.Equal(1e-6, state["stages.3.0.gamma"].max().item<float>(), tolerance: 1e-12);
        Assert.Equal(1, state["downsample_layers.0.1.weight"].min().item<float>());
    }

    [Fact]
    public void Layers_LastOne_IsTheFeatures()
    {
        using var backbone = new ConvNeXtV2(_atto, TestRuns.Of());
        var images = Tensors.Normal(1, 2, 3, 8, 8);

        var layers = backbone.Layers(images);

        Assert.Equal(backbone.LayerDims.Select(width => (long)width), layers.Select(layer => layer.shape[1]));
        Tensors.AssertClose(backbone.call(images), layers[^1]);
        Assert.Equal(320, backbone.FeatureDim);
        Assert.Equal([1, 2, 4, 8], backbone.Stages.Select(stage => stage.Stride));
    }

    [Fact]
    public void Maps_OfTheStages_AreWhatLayersPool()
    {
        using var noGradients = no_grad();
        using var backbone = new ConvNeXtV2(_atto, TestRuns.Of());
        var images = Tensors.Normal(1, 2, 3, 8, 8);

        var maps = backbone.Maps(images);

        Assert.Equal([8, 4, 2, 1], maps.Select(map => map.shape[2]));
        foreach (var (map, layer) in maps.Zip(backbone.Layers(images)).SkipLast(1))   // the last is normalised behind its pooling
        {
            Tensors.AssertClose(layer, map.mean([2, 3]), 1e-6);
        }
    }

    [Fact]
    public void Gradients_ReachEveryParameter_AlsoWithDropPath()
    {
        manual_seed(1);
        using var backbone = new ConvNeXtV2(_atto with { DropPath = 0.1 }, TestRuns.Of());

        backbone.call(Tensors.Normal(1, 8, 3, 8, 8)).pow(3).sum().backward();

        Assert.All(backbone.named_parameters(), p => Assert.True(p.parameter.grad is not null, p.name));
    }

    [Fact]
    public void Faults_ImagesSmallerThanThePatchesNeed_SayWhatToSet()
    {
        var options = new ConvNeXtOptions();

        var fault = Assert.Single(options.Faults(TestRuns.Of() with { ImageSize = 16 }));

        Assert.Contains("at least 32 pixels", fault, StringComparison.Ordinal);
        Assert.Contains("Set backbone.patchSize to 2 or less", fault, StringComparison.Ordinal);
        Assert.Empty(options.Faults(TestRuns.Of() with { ImageSize = 32 }));
    }

    private static long WithClassifier<T>(T backbone)
        where T : Module, IBackbone
    {
        using (backbone)
        {
            return backbone.parameters().Sum(parameter => parameter.numel()) + (1000L * (backbone.FeatureDim + 1));
        }
    }
}
