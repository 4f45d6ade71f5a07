using Parallax.Contracts;
using Parallax.Plugins.Backbones;

namespace Parallax.Plugins.Tests.Backbones;

public sealed class ResNetTests : ModuleTests
{
    [Theory]
    [InlineData("resnet18", 120)]
    [InlineData("resnet34", 216)]
    [InlineData("resnet50", 318)]
    public void StateDict_NamesAndShapes_AreTorchvisionsWithoutTheClassifier(string name, int entries)
    {
        var expected = Torchvision(name);

        var actual = ((Module)Create(name)).state_dict().ToDictionary(entry => entry.Key, entry => string.Join(',', entry.Value.shape));

        Assert.Equal(entries, expected.Count);
        Assert.Equal(expected.OrderBy(entry => entry.Key, StringComparer.Ordinal), actual.OrderBy(entry => entry.Key, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Stem.Imagenet, 4, 8)]
    [InlineData(Stem.Cifar, 1, 32)]
    [InlineData(Stem.CifarMaxpool, 2, 16)]
    public void Stages_Strides_AreThoseOfTheMaps(Stem stem, int firstStride, int firstSide)
    {
        using var backbone = new ResNet18(new() { Stem = stem, Width = 0.125 }, TestRuns.Of());
        backbone.eval();

        var sides = Sides(backbone, "layer1", 32);

        Assert.Equal(firstStride, backbone.Stages[0].Stride);
        Assert.Equal(firstStride * 8, backbone.Stages[3].Stride);
        Assert.Equal(firstSide, sides);
    }

    [Theory]
    [InlineData("resnet50")]
    [InlineData("resnet50-v2")]
    [InlineData("revnet50")]
    public void Maps_OfTilesAsKolesnikovHasThem_EndWithAnEighthOfTheSide(string name)
    {
        using var noGradients = no_grad();
        var run = TestRuns.Of() with { ImageSize = 64 };
        IBackbone network = name switch
        {
            "resnet50" => new ResNet50(new() { Stem = Stem.ImagenetStride1, LastStride = 1, Width = 0.125 }, run),
            "resnet50-v2" => new ResNet50V2(new() { Stem = Stem.ImagenetStride1, LastStride = 1, Width = 0.125 }, run),
            _ => new RevNet50(new() { Stem = Stem.ImagenetStride1, LastStride = 1, Width = 0.125 }, run),
        };
        ((Module)network).eval();

        var maps = network.Maps(Tensors.Normal(1, 1, 3, 64, 64));

        Assert.Equal([32, 16, 8, 8], maps.Select(map => map.shape[2]));   // by hand: root 1, pooling 2, blocks 2, 2, 1
        Assert.Equal([2, 4, 8, 8], network.Stages.Select(stage => stage.Stride));
        Assert.Equal(network.Stages.Select(stage => (long)stage.Channels), maps.Select(map => map.shape[1]));
        Assert.Equal(7, ((Module)network).modules().OfType<Conv2d>().First().weight.shape[3]);
        Assert.Equal([64, 32], network.StemMaps(Tensors.Normal(1, 1, 3, 64, 64)).Select(map => map.shape[2]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FinalRelu_LeftOut_IsThatOfTheLastBlockAlone(bool bottleneck)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        manual_seed(1);
        var options = new ResNetOptions { Stem = Stem.Cifar, Width = 0.25, FinalRelu = false };
        var (network, usual) = (Create(options), Create(options with { FinalRelu = true }));
        usual.load_state_dict(network.state_dict());
        network.eval();
        usual.eval();
        var images = Tensors.Normal(1, 2, 3, 16, 16);

        var (maps, expected) = (network.Maps(images), usual.Maps(images));

        Assert.True(maps[^1].min().item<float>() < 0);
        Assert.Equal(Tensors.Values(expected[^1]), Tensors.Values(maps[^1].relu()));
        Assert.All(maps.Zip(expected).SkipLast(1), pair => Assert.Equal(Tensors.Values(pair.Second), Tensors.Values(pair.First)));

        ResNet Create(ResNetOptions with) => bottleneck ? new ResNet50(with, TestRuns.Of()) : new ResNet18(with, TestRuns.Of());
    }

    [Theory]
    [InlineData("resnet18", 512)]
    [InlineData("resnet34", 512)]
    [InlineData("resnet50", 2048)]
    [InlineData("resnet20", 64)]
    [InlineData("resnet32", 64)]
    [InlineData("resnet56", 64)]
    public void Call_Images_GivesFeaturesOfDeclaredWidth(string name, int width)
    {
        var backbone = Create(name);
        ((Module)backbone).eval();

        var features = backbone.call(Tensors.Normal(1, 2, 3, 32, 32));

        Assert.Equal(width, backbone.FeatureDim);
        Assert.Equal([2, width], features.shape);
        Assert.All(Tensors.Values(features), value => Assert.True(value >= 0));
    }

    [Fact]
    public void Regions_ArePlacesOfTheLastMap_AndTheFeaturesThatItReturns()
    {
        using var scope = NewDisposeScope();
        IRegionBackbone network = new ResNet20(new() { Width = 0.25 }, TestRuns.Of());
        ((Module)network).eval();
        var images = Tensors.Normal(3, 2, 3, 12, 8);

        var (views, regions) = network.Regions(images);

        var map = network.Maps(images)[^1];                                                                    // [2, 16, 3, 2]
        Tensors.AssertClose(network.call(images), views, tolerance: 0);
        Assert.Equal([2, 6, network.RegionDim], regions.shape);
        Assert.Equal(map[1, 7, 2, 1].item<float>(), regions[1, 5, 7].item<float>());                           // row by row
    }

    [Fact]
    public void Call_GreyImages_TakesOneChannel()
    {
        using var backbone = new ResNet20(new() { Width = 0.5 }, TestRuns.Of(channels: 1));

        Assert.Equal([2, 32], backbone.call(Tensors.Normal(1, 2, 1, 28, 28)).shape);
    }

    [Fact]
    public void ResNet20_Parameters_AreAsManyAsInThePaper()
    {
        var weights = ((Module)Create("resnet20")).parameters().Sum(parameter => parameter.numel());

        Assert.Equal(269_722 - 650, weights);   // 0.27 million in table 6, less the classifier of 64 x 10 + 10
    }

    [Fact]
    public void Constructor_ZeroInitResidual_MakesBlocksStartAsIdentities()
    {
        using var backbone = new ResNet18(new() { Width = 0.125, ZeroInitResidual = true }, TestRuns.Of());

        var state = backbone.state_dict();

        Assert.Equal(0, state["layer1.0.bn2.weight"].abs().sum().item<float>());
        Assert.Equal(8, state["layer1.0.bn1.weight"].sum().item<float>());
    }

    [Fact]
    public void Constructor_Convolutions_HaveFanOutVariance()
    {
        var weight = ((Module)Create("resnet18")).state_dict()["layer3.0.conv1.weight"];

        Assert.Equal(Math.Sqrt(2.0 / (256 * 9)), weight.std().item<float>(), tolerance: 2e-4);
    }

    [Fact]
    public void Constructor_SplitNorm_HasTheSameNames()
    {
        var (whole, split) = (new ResNet18(new() { Width = 0.125 }, TestRuns.Of()),
            new ResNet18(new() { Width = 0.125, Norm = NormKind.Split, Splits = 2 }, TestRuns.Of()));

        Assert.Equal(whole.state_dict().Keys.Order(StringComparer.Ordinal), split.state_dict().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Call_LayerNorm_ImagesDoNotSeeEachOtherInTraining()
    {
        using var backbone = new ResNet20(new() { Width = 0.25, Norm = NormKind.Layer }, TestRuns.Of());
        var images = Tensors.Normal(1, 3, 3, 16, 16);

        var together = backbone.call(images);

        Tensors.AssertClose(together.narrow(0, 1, 1), backbone.call(images.narrow(0, 1, 1)));
        Assert.Empty(backbone.named_buffers());
        Assert.Equal([16], backbone.state_dict()["layer3.0.bn1.weight"].shape);   // names are those of batch normalisation
    }

    [Fact]
    public void Call_LayerNormOfOneStage_IsOverChannelsAndPositions()
    {
        using var backbone = new ResNet18(new() { Width = 0.125, Norm = NormKind.Layer }, TestRuns.Of());
        Assert.All(
            backbone.named_parameters().Where(named => named.name.Contains("bn", StringComparison.Ordinal)),
            named => Assert.Equal(named.name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0, named.parameter.min().item<float>()));
        var norm = (Module<Tensor, Tensor>)backbone.named_children().Single(child => child.name == "bn1").module;

        var map = norm.call((5 * Tensors.Normal(1, 2, 8, 6, 6)) + 3);

        Tensors.AssertClose(zeros(2), map.mean([1, 2, 3]), 1e-4);
        Tensors.AssertClose(ones(2), map.square().mean([1, 2, 3]), 1e-3);
    }

    [Fact]
    public void Call_SplitNorm_GroupsOfTheBatchDoNotSeeEachOther()
    {
        using var backbone = new ResNet20(new() { Width = 0.25, Norm = NormKind.Split, Splits = 2 }, TestRuns.Of());
        var images = Tensors.Normal(1, 6, 3, 16, 16);
        var changed = images.clone();
        changed.narrow(0, 1, 1).fill_(3);   // an image of the odd group

        var (before, after) = (backbone.call(images), backbone.call(changed));

        Tensors.AssertClose(before.select(0, 0), after.select(0, 0));
        Assert.NotEqual(Tensors.Values(before.select(0, 3)), Tensors.Values(after.select(0, 3)));
    }

    private IBackbone Create(string name) => Kept<IBackbone>(name switch
    {
        "resnet18" => new ResNet18(new(), TestRuns.Of()),
        "resnet34" => new ResNet34(new(), TestRuns.Of()),
        "resnet50" => new ResNet50(new(), TestRuns.Of()),
        "resnet20" => new ResNet20(new(), TestRuns.Of()),
        "resnet32" => new ResNet32(new(), TestRuns.Of()),
        "resnet56" => new ResNet56(new(), TestRuns.Of()),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    });

    /// <summary>Side of the maps that a stage gives for square images.</summary>
    private static long Sides(Module<Tensor, Tensor> backbone, string stage, long side)
    {
        long found = 0;
        var module = (Module<Tensor, Tensor>)backbone.named_children().Single(child => child.name == stage).module;
        module.register_forward_hook((_, _, output) =>
        {
            found = output.shape[2];
            return output;
        });
        backbone.call(Tensors.Normal(1, 1, 3, side, side));

        return found;
    }

    private static Dictionary<string, string> Torchvision(string name)
    {
        using var stream = typeof(ResNetTests).Assembly.GetManifestResourceStream("torchvision-keys.txt")!;
        using var reader = new StreamReader(stream);

        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\n').Split(' '))
            .Where(parts => parts[0] == name).ToDictionary(parts => parts[1], parts => parts[2]);
    }
}
