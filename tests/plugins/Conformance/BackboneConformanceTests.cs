using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>What every backbone must do.</summary>
public sealed class BackboneConformanceTests : ModuleTests
{
    private static readonly DatasetInfo Data =
        new("conformance", DatasetSplit.Train, 64, ["a", "b"], 3, new(32, 32), [0.5, 0.5, 0.5], [0.25, 0.25, 0.25], "00000000", "memory");

    public static TheoryData<string> Backbones => ConformanceHost.Names(PluginKind.Backbone);

    public static TheoryData<string> BackbonesForClips =>
        [.. ConformanceHost.Catalog.Of(PluginKind.Backbone).Select(plugin => plugin.Name).Where(TakesClips)];

    [Fact]
    public void Catalog_OfThePluginsThatComeWithTheProgram_RejectsNone() =>
        Assert.Empty(ConformanceHost.Catalog.Rejected.Select(plugin => $"{plugin.Name}: {plugin.Reason}"));

    [Theory, MemberData(nameof(Backbones))]
    public void Forward_OfABatch_GivesFiniteFeaturesOfTheDeclaredWidth(string name)
    {
        using var scope = torch.NewDisposeScope();
        var backbone = Create(name);

        var features = backbone.call(Images(backbone));

        Assert.Equal([2, backbone.FeatureDim], features.shape);
        Assert.True(features.isfinite().all().item<bool>());
    }

    [Theory, MemberData(nameof(Backbones))]
    public void Forward_OfGreyImages_FollowsTheChannelsOfTheData(string name)
    {
        using var scope = torch.NewDisposeScope();
        var backbone = Create(name, Data with { Channels = 1, Mean = [0.5], Std = [0.25] });

        Assert.Equal([2, backbone.FeatureDim], backbone.call(Images(backbone, channels: 1)).shape);
    }

    [Theory, MemberData(nameof(BackbonesForClips))]
    public void Forward_OfImages_WhereClipsAreWanted_SaysSo(string name)
    {
        using var scope = torch.NewDisposeScope();
        var backbone = Create(name);

        var fault = Assert.Throws<ConfigurationException>(() => backbone.call(torch.rand(2, 3, 32, 32)));

        Assert.Contains("takes clips [N, C, T, H, W], but [2, 3, 32, 32] came", fault.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Backbones))]
    public void Backward_OfTheFeatures_ReachesEveryParameter(string name)
    {
        using var scope = torch.NewDisposeScope();
        var backbone = Create(name);

        backbone.call(Images(backbone)).pow(2).sum().backward();

        Assert.Empty(((Module)backbone).named_parameters()
            .Where(p => p.parameter.grad is not { } gradient || gradient.abs().max().item<float>() is 0 or float.NaN).Select(p => p.name));
    }

    [Theory, MemberData(nameof(Backbones))]
    public void LoadStateDict_OfAnotherInstance_GivesTheSameFeatures(string name)
    {
        using var scope = torch.NewDisposeScope();
        var (first, second) = (Create(name), Create(name));
        ((Module)first).eval();
        ((Module)second).eval();

        ((Module)second).load_state_dict(((Module)first).state_dict());

        Assert.True(first.call(Images(first)).eq(second.call(Images(second))).all().item<bool>());
    }

    [Theory, MemberData(nameof(Backbones))]
    public void Stages_WhenDeclared_NameModulesFinestFirst(string name)
    {
        using var scope = torch.NewDisposeScope();
        var backbone = Create(name);
        var modules = ((Module)backbone).named_modules().Select(m => m.name).ToHashSet();

        Assert.All(backbone.Stages, stage => Assert.Contains(stage.Name, modules));
        Assert.Equal(backbone.Stages.Select(s => s.Stride).Order(), backbone.Stages.Select(s => s.Stride));
    }

    [Theory, MemberData(nameof(Backbones))]
    public void StemMaps_Declared_HaveTheirChannelsAndComeBeforeTheStages(string name)
    {
        using var scope = torch.NewDisposeScope();
        var backbone = Create(name);
        ((Module)backbone).eval();
        var images = Images(backbone);

        var maps = backbone.StemMaps(images);

        Assert.Equal(backbone.StemStages.Select(stage => (long)stage.Channels), maps.Select(map => map.shape[1]));
        Assert.Equal(backbone.StemStages.Select(stage => images.shape[^1] / stage.Stride), maps.Select(map => map.shape[^1]));
        Assert.All(backbone.StemStages, stage => Assert.True(stage.Stride <= backbone.Stages[0].Stride));
        Assert.All(backbone.StemMaps(images).Zip(maps), pair => Assert.True(pair.First.eq(pair.Second).all().item<bool>()));
    }

    [Theory, MemberData(nameof(Backbones))]
    public void Maps_OfTheStages_HaveTheirChannelsFinestFirst(string name)
    {
        using var scope = torch.NewDisposeScope();
        var backbone = Create(name);
        ((Module)backbone).eval();

        var maps = backbone.Maps(Images(backbone));

        Assert.Equal(backbone.Stages.Select(stage => (2L, (long)stage.Channels)), maps.Select(map => (map.shape[0], map.shape[1])));
        Assert.Equal(maps.Select(map => map.shape[^1]).OrderDescending(), maps.Select(map => map.shape[^1]));
        Assert.All(maps, map => Assert.True(map.isfinite().all().item<bool>()));
        Assert.All(backbone.Maps(Images(backbone)).Zip(maps), pair => Assert.True(pair.First.eq(pair.Second).all().item<bool>()));
    }

    [Theory, MemberData(nameof(Backbones))]
    public void Outputs_OfImages_AreTheBitsOfMapsAndFeaturesInOnePass(string name)
    {
        using var scope = torch.NewDisposeScope();
        var backbone = Create(name);
        ((Module)backbone).eval();

        Outputs.AssertOfOnePass(backbone, Images(backbone), (Module)backbone);
    }

    [Theory, MemberData(nameof(Backbones))]
    public void Layers_WhenDeclared_HaveTheirWidthsAndEndAtTheFeatures(string name)
    {
        using var scope = torch.NewDisposeScope();
        var backbone = Create(name);
        Assert.SkipUnless(backbone is ILayeredBackbone, $"{name} has no layers to show.");
        var layered = (ILayeredBackbone)backbone;
        ((Module)backbone).eval();

        var layers = layered.Layers(Images(backbone));

        Assert.Equal(layered.LayerDims.Select(width => (2L, (long)width)), layers.Select(layer => (layer.shape[0], layer.shape[1])));
        Assert.True(torch.allclose(backbone.call(Images(backbone)), layers[^1], rtol: 1e-5, atol: 1e-6));
    }

    // Images, or clips of eight frames.
    private static Tensor Images(IBackbone backbone, int channels = 3)
    {
        torch.manual_seed(3);

        return backbone.TakesClips ? torch.rand([2, channels, 8, 32, 32]) : torch.rand(2, channels, 32, 32);
    }

    private static bool TakesClips(string name)
    {
        using var scope = torch.NewDisposeScope();
        var backbone = New(name, Data);
        using var module = (Module)backbone;

        return backbone.TakesClips;
    }

    private IBackbone Create(string name, DatasetInfo? data = null) => Kept(New(name, data ?? Data));

    private static IBackbone New(string name, DatasetInfo data) => PluginChoice.From(ConformanceHost.Catalog.Get(PluginKind.Backbone, name))
        .Create<IBackbone>(ConformanceHost.Get<PluginFactory>(), new RunInfo(data, 32, 8, 8, 1, 0));
}
