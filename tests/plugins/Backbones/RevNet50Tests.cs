using Parallax.Plugins.Backbones;

namespace Parallax.Plugins.Tests.Backbones;

public sealed class RevNet50Tests
{
    private static readonly ResNetV2Options _small = new() { Width = 0.125, Stem = Stem.Cifar };

    [Fact]
    public void Block_Input_FollowsFromItsOutput()
    {
        using var noGradients = no_grad();
        using var network = new RevNet50(_small, TestRuns.Of());
        network.eval();
        var modules = network.named_modules().ToDictionary(named => named.name, named => named.module);
        var input = Tensors.Normal(1, 2, 32, 6, 6);

        var output = Named("stages.0.blocks.0").call(input);

        var halves = output.chunk(2, 1);
        var second = halves[1] - Branch("g", halves[0]);   // equation 6, backwards
        Tensors.AssertClose(input, cat([halves[0] - Branch("f", second), second], 1), 1e-4);
        Assert.NotEqual(Tensors.Values(input.flatten()), Tensors.Values(output.flatten()));

        Module<Tensor, Tensor> Named(string name) => (Module<Tensor, Tensor>)modules[name];

        Tensor Branch(string name, Tensor half) => Named($"stages.0.blocks.0.{name}").call(half) - half;   // the block adds it to its input
    }

    [Fact]
    public void Parameters_AreThoseOfTheBranches()
    {
        using var network = new RevNet50(new(), TestRuns.Of());

        // by hand: a stem of 256; per branch of half h = 4 i channels and i inner ones 4 i i + 9 i i + 4 i i weights and 2 (4 i + i + i) of normalisations
        long[] depths = [3, 4, 6, 3], inner = [32, 64, 128, 256];
        var branches = depths.Zip(inner, (depth, i) => 2 * depth * ((17 * i * i) + (12 * i))).Sum();
        Assert.Equal((49 * 3 * 256) + branches + (2 * 2048), network.parameters().Sum(parameter => parameter.numel()));
        Assert.Equal(2048, network.FeatureDim);
    }

    [Fact]
    public void Maps_OfTheStages_HaveTheDeclaredStrides()
    {
        using var noGradients = no_grad();
        using var network = new RevNet50(_small, TestRuns.Of());
        network.eval();
        var images = Tensors.Normal(1, 2, 3, 16, 16);

        var maps = network.Maps(images);

        Assert.Equal([(32L, 16L), (64, 8), (128, 4), (256, 2)], maps.Select(map => (map.shape[1], map.shape[2])));
        Assert.Equal([1, 2, 4, 8], network.Stages.Select(stage => stage.Stride));
        Tensors.AssertClose(maps[^1].mean([2, 3]), network.call(images));
    }

    [Fact]
    public void Call_GradientsOfBothHalves_ReachTheStem()
    {
        manual_seed(1);
        using var network = new RevNet50(_small, TestRuns.Of());

        network.call(Tensors.Normal(1, 4, 3, 8, 8)).pow(2).sum().backward();

        Assert.All(network.get_parameter("stem.conv.weight")!.grad!.abs().sum([1, 2, 3]).chunk(2, 0), half => Assert.True(half.min().item<float>() > 0));
    }
}
