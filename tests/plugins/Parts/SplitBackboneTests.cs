using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class SplitBackboneTests : ModuleTests
{
    [Fact]
    public void Outputs_OfImages_AreTheBitsOfMapsAndFeaturesInOnePassOfEachHalf()
    {
        using var scope = NewDisposeScope();
        var (lightness, colours) = (Half(), Half());
        var split = Kept(new SplitBackbone(lightness, colours, _ => throw new InvalidOperationException()));
        split.eval();

        Outputs.AssertOfOnePass(split, Tensors.Normal(1, 2, 3, 16, 16), lightness, colours);
    }

    [Fact]
    public void Outputs_Halves_StandInOrder()
    {
        using var scope = NewDisposeScope();
        var (lightness, colours) = (Half(), Half());
        var split = Kept(new SplitBackbone(lightness, colours, _ => throw new InvalidOperationException()));
        split.eval();
        var images = Tensors.Normal(1, 2, 3, 16, 16);

        var outputs = split.Outputs(images);

        Assert.Equal([16L, 16], outputs.StemMaps.Select(map => map.shape[1]));   // of conv1 and maxpool, 8 channels in each half
        Assert.Equal([16L, 32, 64, 128], outputs.Maps.Select(map => map.shape[1]));
        Tensors.AssertClose(lightness.call(images), outputs.Features.narrow(1, 0, 64), 0);
        Tensors.AssertClose(colours.Maps(images)[1], outputs.Maps[1].narrow(1, 16, 16), 0);
        Tensors.AssertClose(colours.StemMaps(images)[0], outputs.StemMaps[0].narrow(1, 8, 8), 0);
    }

    [Fact]
    public void Pool_OfBothHalves_IsThatOfEach()
    {
        using var scope = NewDisposeScope();
        AlexNet[] halves = [.. Enumerable.Range(0, 2).Select(_ => new AlexNet(new() { FullyConnected = 0 }, TestRuns.Of() with { ImageSize = 64 }))];
        var split = Kept(new SplitBackbone(halves[0], halves[1], _ => throw new InvalidOperationException()));
        split.eval();
        var images = Tensors.Normal(1, 2, 3, 64, 64);

        var pool = split.PooledStages[1];

        Assert.Equal(["pool1", "pool2", "pool5"], split.PooledStages.Select(pooled => pooled.Map.Name));
        Assert.Equal(2 * halves[0].PooledStages[1].Map.Channels, pool.Map.Channels);
        Tensors.AssertClose(
            cat([.. halves.Select(half => half.Pool(half.PooledStages[1], half.Maps(images)[1]))], 1), split.Pool(pool, split.Maps(images)[1]), 0);
        Assert.Empty(Kept(new SplitBackbone(Half(), Half(), _ => throw new InvalidOperationException())).PooledStages);
    }

    private static ResNet18 Half() => new(new() { Width = 0.125, Stem = Stem.CifarMaxpool }, TestRuns.Of() with { ImageSize = 16 });
}
