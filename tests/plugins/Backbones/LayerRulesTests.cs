using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Backbones;

/// <summary>Every parameter of every backbone has a layer; what the authors' code says of single names is compared in the goldens.</summary>
public sealed class LayerRulesTests : ModuleTests
{
    private static readonly RunInfo _small = TestRuns.Of() with { ImageSize = 32 };

    public static TheoryData<string> Names => ConformanceHost.Names(PluginKind.Backbone);

    [Theory, MemberData(nameof(Names))]
    public void NumberLayers_OfEveryParameter_RiseFromTheInputToTheHead(string name)
    {
        using var scope = NewDisposeScope();
        var backbone = Kept(PluginChoice.From(ConformanceHost.Catalog.Get(PluginKind.Backbone, name))
            .Create<IBackbone>(ConformanceHost.Get<PluginFactory>(), TestRuns.Of() with { ImageSize = 64 }));
        if (backbone is not ILayerIds numbered)
        {
            return;
        }

        var parameters = ((Module)backbone).named_parameters().ToList();
        foreach (var grouping in Enum.GetValues<LayerGrouping>())
        {
            var ids = numbered.NumberLayers(grouping);
            var layers = parameters.Select(entry => ids.Of(entry.name)).ToList();

            Assert.All(layers, layer => Assert.InRange(layer, 0, ids.Last));
            Assert.InRange(layers.Min(), 0, 1);
            Assert.True(layers.Max() >= ids.Last - 1);   // the head is the last; residual networks have nothing else there
            if (grouping == LayerGrouping.Block)   // ConvNeXt's groups are made for 27 blocks in its third stage: with fewer some are empty
            {
                Assert.Equal(Enumerable.Range(1, layers.Max() - 1), layers.Distinct().Order().Where(layer => layer > 0 && layer < layers.Max()));
            }
        }

        Assert.All(parameters.Where(entry => entry.parameter.dim() <= 1), entry => Assert.False(numbered.IsDecayed(new(entry.name, entry.parameter.dim()))));
    }

    [Theory]
    [InlineData("register_tokens", 0)]
    [InlineData("cls_token", 0)]
    [InlineData("blocks.3.attn.relative_position_bias_table", 4)]
    [InlineData("rel_pos_bias.relative_position_bias_table", 13)]
    public void Transformer_TokensAndTables_AreNumberedAsInBEiTAndDINOv2(string name, int layer) => Assert.Equal(layer, LayerRules.Transformer(12).Of(name));

    [Theory]
    [InlineData("features.0.0.weight", 0)]
    [InlineData("features.1.1.attn.qkv.weight", 2)]
    [InlineData("features.2.reduction.weight", 2)]   // with the last block before it
    [InlineData("features.3.0.norm1.weight", 3)]
    [InlineData("features.5.5.mlp.3.bias", 10)]
    [InlineData("features.7.1.mlp.0.weight", 12)]
    [InlineData("norm.weight", 13)]
    public void Swin_Tiny_IsNumberedAsInSimMim(string name, int layer) => Assert.Equal(layer, LayerRules.Swin([2, 2, 6, 2]).Of(name));

    [Theory]
    [InlineData("conv1.weight", 0)]
    [InlineData("layer1.0.conv1.weight", 1)]
    [InlineData("layer2.0.downsample.0.weight", 3)]
    [InlineData("layer4.1.bn2.bias", 8)]
    public void ResNet_Eighteen_IsNumberedByBlocks(string name, int layer) => Assert.Equal(layer, LayerRules.ResNet([2, 2, 2, 2]).Of(name));

    [Theory]
    [InlineData("stem.conv.weight", 0)]
    [InlineData("stages.0.blocks.0.norm1.weight", 1)]
    [InlineData("stages.1.blocks.0.downsample.conv.weight", 3)]
    [InlineData("norm.weight", 9)]
    public void ResNetV2_Eighteen_IsNumberedByBlocks(string name, int layer) => Assert.Equal(layer, LayerRules.ResNetV2([2, 2, 2, 2]).Of(name));

    [Theory]
    [InlineData("conv1.weight", 1)]
    [InlineData("bn5.bias", 5)]
    [InlineData("classifier.1.weight", 6)]
    [InlineData("classifier.norm2.weight", 7)]
    public void AlexNet_Layers_AreNumberedOneByOne(string name, int layer) =>
        Assert.Equal(layer, new AlexNet(new() { Width = 0.1, FullyConnected = 4 }, _small).NumberLayers(LayerGrouping.Block).Of(name));

    [Theory]
    [InlineData("features.0.weight", 1)]
    [InlineData("features.41.weight", 13)]   // the normalisation of the last convolution
    [InlineData("classifier.0.weight", 14)]
    [InlineData("classifier.3.bias", 15)]
    public void Vgg16_Layers_AreNumberedOneByOne(string name, int layer) =>
        Assert.Equal(layer, new Vgg16(new() { Width = 0.1, FullyConnected = 4 }, _small).NumberLayers(LayerGrouping.Block).Of(name));
}
