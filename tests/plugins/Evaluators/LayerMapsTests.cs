using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Evaluators;

namespace Parallax.Plugins.Tests.Evaluators;

public sealed class LayerMapsTests : ModuleTests
{
    [Theory]
    [InlineData(nameof(StemLayer.None), "layer1")]
    [InlineData(nameof(StemLayer.Convolution), "conv1")]
    [InlineData(nameof(StemLayer.Pooled), "maxpool")]
    public void Of_Stem_IsTheMapThatIsAskedFor(string stem, string first)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var network = Network(Stem.CifarMaxpool);
        var images = Tensors.Normal(2, 2, 3, 16, 16);

        var layers = new LayerMaps(network, new(MapPooling.AdaptiveAverage, 1_000_000, Enum.Parse<StemLayer>(stem), Features: false), Run());

        Assert.Equal(first, layers.Names[0]);
        var expected = first switch { "layer1" => network.Maps(images)[0], "conv1" => network.StemMaps(images)[0], _ => network.StemMaps(images)[1] };
        Tensors.AssertClose(expected, layers.Of(images)[0], 1e-6);
        Tensors.AssertClose(expected.flatten(1), layers.Of(images, 0), 1e-6);
    }

    [Fact]
    public void Of_StemWithoutPooling_IsItsConvolution()
    {
        using var scope = NewDisposeScope();
        var layers = new LayerMaps(Network(Stem.Cifar), new(MapPooling.AdaptiveAverage, 100, StemLayer.Pooled, Features: true), Run());

        Assert.Equal(["conv1", "layer1", "layer2", "layer3", "layer4", "features"], layers.Names);
    }

    [Fact]
    public void Of_StemStagesAndFeatures_TakesOnePass()
    {
        using var scope = NewDisposeScope();
        var network = Network(Stem.CifarMaxpool);
        var layers = new LayerMaps(network, new(MapPooling.AdaptiveAverage, 100, StemLayer.Pooled, Features: true), Run());
        IReadOnlyList<Tensor> seen = [];

        var passes = Passes.Of(network, () => seen = layers.Of(Tensors.Normal(2, 2, 3, 16, 16)));

        Assert.Equal((1, 6), (passes, seen.Count));
    }

    [Fact]
    public void Shapes_OfTheWidthsThatVisslMeasures_AreItsOwn()
    {
        using var scope = NewDisposeScope();
        var network = Kept(new ResNet50(new(), Run() with { ImageSize = 224 }));

        var layers = new LayerMaps(network, new(MapPooling.OverlappingAverage, 9600, StemLayer.Convolution, Features: false), Run() with { ImageSize = 224 });

        Assert.Equal([9216, 9216, 8192, 9216, 8192], layers.Shapes.Select(shape => shape.Channels * shape.Side * shape.Side));
    }

    [Fact]
    public void Of_Tiles_IsTheMeanOfWhatIsSeenOfEachStandardised()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var network = Network(Stem.Cifar);
        var images = Tensors.Normal(2, 2, 3, 17, 17);   // 2 x 2 tiles of 8 pixels; the 17th row and column are cut off
        var run = Run() with { ImageSize = 17 };

        var layers = new LayerMaps(network, new(MapPooling.AdaptiveMax, 8 * 4, StemLayer.None, Features: true) { Tiles = 2 }, run);
        var seen = layers.Of(images);

        var tiles = new[] { (0, 0), (0, 8), (8, 0), (8, 8) }.Select(corner => images.narrow(2, corner.Item1, 8).narrow(3, corner.Item2, 8)).Select(tile =>
            (tile - tile.mean([1, 2, 3], keepdim: true)) / tile.std([1, 2, 3], unbiased: false, keepdim: true)).ToList();   // of the test's run: deviation 1
        Tensors.AssertClose(tiles.Select(tile => network.call(tile)).Aggregate((a, b) => a + b) / 4, seen[^1].flatten(1), 1e-4);
        Tensors.AssertClose(tiles.Select(tile => F.max_pool2d(network.Maps(tile)[0], [4, 4])).Aggregate((a, b) => a + b) / 4, seen[0], 1e-4);
        Assert.Equal((8, 2), layers.Shapes[0]);
    }

    [Fact]
    public void Constructor_TilesThatAreTooSmall_SaysSo()
    {
        using var scope = NewDisposeScope();
        var network = Kept(new Vgg16(new() { Width = 0.125, FullyConnected = 0 }, Run() with { ImageSize = 32 }));
        LayerChoice choice = new(MapPooling.MaxIfLarger, 9000, StemLayer.None, Features: true) { Tiles = 3 };

        var fault = Assert.Throws<ConfigurationException>(() => new LayerMaps(network, choice, Run() with { ImageSize = 32 }));

        Assert.StartsWith("The backbone Vgg16 cannot look at tiles of 10 pixels, cut from images of 32: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_TrainingNetwork_StaysAsItIs()
    {
        using var scope = NewDisposeScope();
        var network = Network(Stem.Cifar);
        network.train();
        var before = network.state_dict()["bn1.running_mean"].clone();

        _ = new LayerMaps(network, new(MapPooling.AdaptiveAverage, 100, StemLayer.Convolution, Features: true), Run());

        Assert.True(network.training);
        Tensors.AssertClose(before, network.state_dict()["bn1.running_mean"], 0);
    }

    [Fact]
    public void StemMaps_OfAResidualNetwork_AreItsConvolutionAndThePooledOne()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var network = Network(Stem.Imagenet);
        var images = Tensors.Normal(2, 2, 3, 16, 16);

        var maps = network.StemMaps(images);

        Assert.Equal([new FeatureStage("conv1", 8, 2), new FeatureStage("maxpool", 8, 4)], network.StemStages);
        var convolved = F.conv2d(images, network.state_dict()["conv1.weight"], strides: [2, 2], padding: [3, 3]);
        Tensors.AssertClose(convolved.relu() / Math.Sqrt(1 + 1e-5), maps[0], 1e-5);   // a new normalisation divides by that
        Tensors.AssertClose(F.max_pool2d(maps[0], 3, stride: 2, padding: 1), maps[1], 0);
    }

    private static RunInfo Run() => TestRuns.Of() with { ImageSize = 16 };

    private ResNet18 Network(Stem stem)
    {
        var network = Kept(new ResNet18(new() { Stem = stem, Width = 0.125 }, Run()));
        network.eval();

        return network;
    }
}
