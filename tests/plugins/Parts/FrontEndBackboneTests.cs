using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

/// <summary>A backbone behind a fixed front end.</summary>
public sealed class FrontEndBackboneTests : ModuleTests
{
    private static readonly RunInfo _run = TestRuns.Of();

    [Fact]
    public void Forward_Images_GoThroughTheFrontEnd()
    {
        var (inner, images) = (Inner(channels: 1), randn(4, 3, 16, 16).DetachFromDisposeScope());
        var derived = new FrontEndBackbone(new FirstChannel(), inner, _ => throw new InvalidOperationException());
        derived.eval();
        using var noGradients = no_grad();

        Assert.True(derived.call(images).allclose(inner.call(images.narrow(1, 0, 1))));
        Assert.Equal(inner.FeatureDim, derived.FeatureDim);
        Assert.Equal(inner.Stages, derived.Stages);
        Assert.All(inner.Maps(images.narrow(1, 0, 1)).Zip(derived.Maps(images)), maps => Assert.True(maps.First.allclose(maps.Second)));
    }

    [Fact]
    public void Outputs_OfImages_AreTheBitsOfMapsAndFeaturesInOnePass()
    {
        using var scope = NewDisposeScope();
        var inner = Inner(channels: 1);
        var derived = Kept(new FrontEndBackbone(new FirstChannel(), inner, _ => throw new InvalidOperationException()));
        derived.eval();

        Outputs.AssertOfOnePass(derived, Tensors.Normal(1, 2, 3, 16, 16), inner);
    }

    [Fact]
    public void Pool_OfTheBackbone_IsItsOwn()
    {
        using var scope = NewDisposeScope();
        var inner = new AlexNet(new() { FullyConnected = 0 }, _run with { ImageSize = 64, Data = _run.Data with { Channels = 1 } });
        var derived = Kept(new FrontEndBackbone(new FirstChannel(), inner, _ => throw new InvalidOperationException()));
        derived.eval();
        var maps = derived.Maps(Tensors.Normal(1, 2, 3, 64, 64));

        Assert.Equal(inner.PooledStages, derived.PooledStages);
        Tensors.AssertClose(inner.Pool(inner.PooledStages[0], maps[0]), derived.Pool(derived.PooledStages[0], maps[0]), 0);
        Assert.Empty(Kept(new FrontEndBackbone(new FirstChannel(), Inner(channels: 1), _ => throw new InvalidOperationException())).PooledStages);
    }

    [Fact]
    public void Maps_Stages_HaveTheirChannelsAndStrides()
    {
        var inner = Inner(channels: 3);

        var maps = inner.Maps(randn(2, 3, 16, 16));

        Assert.Equal(inner.Stages.Select(stage => (long)stage.Channels), maps.Select(map => map.shape[1]));
        Assert.Equal(inner.Stages.Select(stage => 16L / stage.Stride), maps.Select(map => map.shape[2]));
    }

    [Fact]
    public void Again_Channels_AreThoseBehindTheFrontEnd()
    {
        var derived = new FrontEndBackbone(new FirstChannel(), Inner(channels: 1), Build);

        var again = derived.Again(Inner);

        Assert.Equal(derived.state_dict().Keys, ((Module)again).state_dict().Keys);
        ((Module)again).load_state_dict(derived.state_dict());   // throws where a shape differs
        static IBackbone Build(ChannelBackboneFactory backbones) => new FrontEndBackbone(new FirstChannel(), backbones(1), Build);
    }

    private ResNet18 Inner(int channels) =>
        Kept(new ResNet18(new() { Width = 0.125, Stem = Stem.CifarMaxpool }, _run with { Data = _run.Data with { Channels = channels } }));

    private sealed class FirstChannel() : Module<Tensor, Tensor>(nameof(FirstChannel))
    {
        public override Tensor forward(Tensor input) => input.narrow(1, 0, 1);
    }
}
