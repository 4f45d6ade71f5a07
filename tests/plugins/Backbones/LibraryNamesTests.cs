using Parallax.Contracts;
using Parallax.Plugins.Backbones;

namespace Parallax.Plugins.Tests.Backbones;

/// <summary>The names under which libraries take files, against those of torchvision's own networks.</summary>
public sealed class LibraryNamesTests : ModuleTests
{
    private static readonly RunInfo _run = TestRuns.Of() with { ImageSize = 224 };

    [Fact]
    public void ResNets_HaveTorchvisionsNamesAndShapes()
    {
        AssertTorchvisions("torchvision-keys.txt", "resnet18", Kept(new ResNet18(new(), _run)), "fc.");
        AssertTorchvisions("torchvision-keys.txt", "resnet50", Kept(new ResNet50(new(), _run)), "fc.");
    }

    [Fact]
    public void NetworksForClips_HaveTorchvisionsNamesAndShapes()
    {
        AssertTorchvisions("torchvision-video-keys.txt", "r3d-18", Kept(new R3D18(new(), _run)), "fc.");
        AssertTorchvisions("torchvision-video-keys.txt", "r2plus1d-18", Kept(new R2Plus1D18(new(), _run)), "fc.");
        AssertTorchvisions("torchvision-video-keys.txt", "s3d", Kept(new S3D(new() { NormEpsilon = 1e-3 }, _run)), "classifier.");
        AssertTorchvisions("torchvision-video-keys.txt", "mvit-v2-s", Kept(new MViTV2S(new() { Pooling = MViTPooling.Token }, _run)), "head.");
        Assert.Empty(Kept(new R3D34(new() { Width = 0.125 }, _run)).Layouts);
        Assert.Empty(Kept(new R2Plus1D18(new() { Form = R2Plus1DForm.Cstp, Width = 0.125 }, _run)).Layouts);
    }

    [Fact]
    public void Layouts_OfOptionsThatChangeTheFeatures_AreNone()
    {
        IForeignWeights[] networks =
        [
            Kept(new ResNet18(new() { Width = 0.125, Norm = NormKind.Layer }, _run)),
            Kept(new ResNet18V2(new() { Width = 0.125, Norm = NormKind.Layer }, _run)),
            Kept(new ResNet18V2(new() { Width = 0.125, FinalRelu = false }, _run)),
            Kept(new S3D(new() { Width = 0.125 }, _run)),   // PyTorch's epsilon, torchvision's is larger
            Kept(new MViTV2S(new() { Width = 8, Depth = 6 }, _run)),   // pools patches
            Kept(new AlexNet(new() { Norm = AlexNetNorm.None, FullyConnectedNorm = false, FullyConnected = 16, Width = 0.125, Grouped = true }, _run)),
            Kept(new AlexNet(new() { Norm = AlexNetNorm.None, FullyConnectedNorm = false, FullyConnected = 16, Width = 0.125, FinalRelu = false }, _run)),
            Kept(new Vgg16(new() { FullyConnected = 16, Width = 0.0625, FinalRelu = false }, _run)),
            Kept(new ViTConv(new() { Variant = ViTConvVariant.Gf1 }, _run)),
        ];

        Assert.All(networks, network => Assert.Empty(network.Layouts));
    }

    [Theory]
    [InlineData("torchvision", "downsample_layers.0.1.weight", "features.0.1.weight")]
    [InlineData("torchvision", "downsample_layers.2.1.bias", "features.4.1.bias")]
    [InlineData("torchvision", "stages.2.5.dwconv.weight", "features.5.5.block.0.weight")]
    [InlineData("torchvision", "stages.0.0.norm.bias", "features.1.0.block.2.bias")]
    [InlineData("torchvision", "stages.3.2.pwconv1.weight", "features.7.2.block.3.weight")]
    [InlineData("torchvision", "stages.3.2.pwconv2.bias", "features.7.2.block.5.bias")]
    [InlineData("torchvision", "stages.1.0.gamma", "features.3.0.layer_scale")]
    [InlineData("torchvision", "norm.weight", "classifier.0.weight")]
    [InlineData("timm", "downsample_layers.0.0.weight", "stem.0.weight")]
    [InlineData("timm", "downsample_layers.3.1.weight", "stages.3.downsample.1.weight")]
    [InlineData("timm", "stages.2.5.dwconv.weight", "stages.2.blocks.5.conv_dw.weight")]
    [InlineData("timm", "stages.0.0.norm.bias", "stages.0.blocks.0.norm.bias")]
    [InlineData("timm", "stages.3.2.pwconv1.weight", "stages.3.blocks.2.mlp.fc1.weight")]
    [InlineData("timm", "stages.1.0.gamma", "stages.1.blocks.0.gamma")]
    [InlineData("timm", "norm.weight", "head.norm.weight")]
    public void ConvNeXt_ANameThereAndBack(string library, string own, string theirs) => AssertName(Kept(new ConvNeXt(new(), _run)), library, own, theirs);

    [Theory]
    [InlineData("stages.2.5.grn.gamma", "stages.2.blocks.5.mlp.grn.weight")]
    [InlineData("stages.2.5.grn.beta", "stages.2.blocks.5.mlp.grn.bias")]
    public void ConvNeXtV2_ANameThereAndBack(string own, string theirs) =>
        AssertName(Kept(new ConvNeXtV2(new() { Size = ConvNeXtV2Size.Atto }, _run)), "timm", own, theirs);

    [Theory]
    [InlineData("cls_token", "class_token")]
    [InlineData("pos_embed", "encoder.pos_embedding")]
    [InlineData("patch_embed.proj.weight", "conv_proj.weight")]
    [InlineData("blocks.11.norm1.weight", "encoder.layers.encoder_layer_11.ln_1.weight")]
    [InlineData("blocks.0.attn.qkv.weight", "encoder.layers.encoder_layer_0.self_attention.in_proj_weight")]
    [InlineData("blocks.0.attn.qkv.bias", "encoder.layers.encoder_layer_0.self_attention.in_proj_bias")]
    [InlineData("blocks.0.attn.proj.bias", "encoder.layers.encoder_layer_0.self_attention.out_proj.bias")]
    [InlineData("blocks.0.mlp.fc1.bias", "encoder.layers.encoder_layer_0.mlp.0.bias")]
    [InlineData("blocks.0.mlp.fc2.weight", "encoder.layers.encoder_layer_0.mlp.3.weight")]
    [InlineData("norm.bias", "encoder.ln.bias")]
    public void ViT_ANameThereAndBack(string own, string theirs) =>
        AssertName(Kept(new ViT(new() { Size = ViTSize.Tiny, Depth = 2 }, _run)), "torchvision", own, theirs);

    [Fact]
    public void AlexNet_WithoutNormalisation_HasTorchvisionsNames()
    {
        using var network = new AlexNet(new() { Norm = AlexNetNorm.None, FullyConnectedNorm = false, FullyConnected = 16, Width = 0.125 }, _run);

        AssertName(network, "torchvision", "conv1.weight", "features.0.weight");
        AssertName(network, "torchvision", "conv4.bias", "features.8.bias");
        AssertName(network, "torchvision", "classifier.4.bias", "classifier.4.bias");
        Assert.Empty(Kept(new AlexNet(new() { FullyConnected = 16, Width = 0.125 }, _run)).Layouts);
    }

    [Fact]
    public void ConvNeXt_ShapesAreThoseOfTheLibrary()
    {
        using var scope = NewDisposeScope();
        var first = Kept(new ConvNeXt(new(), _run)).Layouts.ToDictionary(layout => layout.Library);
        var second = Assert.Single(Kept(new ConvNeXtV2(new() { Size = ConvNeXtV2Size.Atto }, _run)).Layouts);

        Assert.Equal([96, 1, 1], first["torchvision"].Shaped("stages.0.0.gamma", ones(96)).shape);
        Assert.Equal([96], first["timm"].Shaped("stages.0.0.gamma", ones(96)).shape);
        Assert.Equal([96], first["torchvision"].Shaped("stages.0.0.norm.weight", ones(96)).shape);
        Assert.Equal([160], second.Shaped("stages.0.0.grn.gamma", ones(1, 1, 1, 160)).shape);
    }

    private static void AssertName(IForeignWeights network, string library, string own, string theirs)
    {
        var layout = network.Layouts.Single(one => one.Library == library);

        Assert.Equal(theirs, layout.NameOf(own));
        Assert.Equal(own, network.OwnName(theirs));
    }

    private static void AssertTorchvisions<T>(string file, string name, T network, string head)
        where T : Module, IForeignWeights
    {
        var layout = network.Layouts.Single(one => one.Library == "torchvision");
        using var reader = new StreamReader(typeof(LibraryNamesTests).Assembly.GetManifestResourceStream(file)!);
        var expected = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).Where(line => line[0] == name)
            .Where(line => !line[1].StartsWith(head, StringComparison.Ordinal)).Select(line => $"{line[1]} {line[2]}");

        var written = network.state_dict().Select(entry => $"{layout.NameOf(entry.Key)} {string.Join(',', layout.Shaped(entry.Key, entry.Value).shape)}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
    }
}
