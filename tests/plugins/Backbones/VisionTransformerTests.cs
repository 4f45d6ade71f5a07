using System.ComponentModel.DataAnnotations;
using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Backbones;

public sealed class VisionTransformerTests
{
    private static readonly ViTOptions _tiny = new() { Size = ViTSize.Tiny, PatchSize = 4 };

    [Theory]
    [InlineData(ViTSize.Tiny, 5_717_416, 192)]
    [InlineData(ViTSize.Small, 22_050_664, 384)]
    [InlineData(ViTSize.Base, 86_567_656, 768)]
    public void Parameters_AtTheSizeOfImageNet_AreTimmsLessTheClassifier(ViTSize size, long withClassifier, int width)
    {
        using var backbone = new ViT(new() { Size = size }, TestRuns.Of() with { ImageSize = 224 });

        Assert.Equal(withClassifier - (1000L * (width + 1)), backbone.parameters().Sum(parameter => parameter.numel()));
    }

    [Theory]
    [InlineData(ViTConvVariant.Gf1, 4.6)]
    [InlineData(ViTConvVariant.Gf4, 17.8)]
    [InlineData(ViTConvVariant.Gf18, 81.6)]
    public void Parameters_OfAConvolutionalStem_AreThePapersLessTheClassifier(ViTConvVariant variant, double millions)
    {
        using var backbone = new ViTConv(new() { Variant = variant }, TestRuns.Of() with { ImageSize = 224 });

        var withClassifier = backbone.parameters().Sum(parameter => parameter.numel()) + (1000L * (backbone.FeatureDim + 1));

        Assert.Equal(millions, withClassifier / 1e6, tolerance: 0.051);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Regions_AreNormalisedTokensOfPatches_AndTheFeaturesThatItReturns(bool classToken)
    {
        using var scope = NewDisposeScope();
        using var network = new ViT(new()
        {
            Size = ViTSize.Tiny, Width = 12, Depth = 2, Heads = 2, PatchSize = 2, ClassToken = classToken, Pooling = ViTPooling.PatchMean,
        }, TestRuns.Of());
        var images = Tensors.Normal(3, 2, 3, 8, 8);

        var asRegions = Assert.IsType<IRegionBackbone>(network, exactMatch: false);
        var (views, regions) = asRegions.Regions(images);

        Tensors.AssertClose(network.call(images), views);
        Tensors.AssertClose(views, regions.mean([1]));   // pooled from all 16 patches
        Assert.Equal([2, 16, asRegions.RegionDim], regions.shape);
    }

    [Fact]
    public void StateDict_Names_AreTimms()
    {
        string[] block = ["norm1.weight", "norm1.bias", "attn.qkv.weight", "attn.qkv.bias", "attn.proj.weight", "attn.proj.bias",
            "norm2.weight", "norm2.bias", "mlp.fc1.weight", "mlp.fc1.bias", "mlp.fc2.weight", "mlp.fc2.bias"];
        string[] expected = ["cls_token", "pos_embed", "patch_embed.proj.weight", "patch_embed.proj.bias", "norm.weight", "norm.bias",
            .. Enumerable.Range(0, 12).SelectMany(i => block.Select(name => $"blocks.{i}.{name}"))];

        using var network = new ViT(_tiny, TestRuns.Of());
        var state = network.state_dict();

        Assert.Equal(expected.Order(StringComparer.Ordinal), state.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([576, 192], state["blocks.3.attn.qkv.weight"].shape);
        Assert.Equal([1, 5, 192], state["pos_embed"].shape);   // 8 pixels, patches of 4, and the class token
    }

    [Fact]
    public void StateDict_AveragePooling_HasFcNormInsteadOfNorm()
    {
        using var network = new ViT(_tiny with { Pooling = ViTPooling.Average, LayerScale = 0.1 }, TestRuns.Of());
        var keys = network.state_dict().Keys;

        Assert.Contains("fc_norm.weight", keys);
        Assert.DoesNotContain("norm.weight", keys);
        Assert.Contains("blocks.11.ls2.gamma", keys);
    }

    [Theory]
    [InlineData(ViTPositions.Learned)]
    [InlineData(ViTPositions.SinCos)]
    public void Call_OtherSizes_InterpolatesThePositions(ViTPositions positions)
    {
        using var backbone = new ViT(_tiny with { Positions = positions }, TestRuns.Of());

        Assert.Equal([2, 192], backbone.call(Tensors.Normal(1, 2, 3, 12, 20)).shape);
        Assert.Equal([2, 1 + 1, 192], backbone.Encode(backbone.EmbedPatches(Tensors.Normal(1, 2, 3, 4, 4))).shape);
    }

    [Fact]
    public void Encode_VisiblePatches_SeesThoseOnlyAndTheirPositions()
    {
        using var backbone = new ViT(_tiny with { Width = 24, Depth = 2 }, TestRuns.Of() with { ImageSize = 16 });
        var patches = backbone.EmbedPatches(Tensors.Normal(1, 2, 3, 16, 16));
        var visible = tensor(new long[,] { { 9, 2, 4 }, { 0, 15, 7 } });
        var others = patches.clone();
        others.flatten(1, 2)[0, 3] = zeros(24);   // hidden in the first image

        var tokens = backbone.Encode(patches, new() { Visible = visible });

        Assert.Equal([2, 1 + 3, 24], tokens.shape);
        Tensors.AssertClose(tokens, backbone.Encode(others, new() { Visible = visible }));
        var every = arange(16, dtype: int64).expand(2, 16);
        Tensors.AssertClose(backbone.Encode(patches), backbone.Encode(patches, new() { Visible = every }));
        Tensors.AssertClose(backbone.Encode(patches), backbone.EncodeLayers(patches, PatchSequence.Whole)[^1]);
    }

    [Fact]
    public void Encode_Context_OfAllPlacesIsNoneAndOfSomeHidesTheRest()
    {
        using var backbone = new ViT(_tiny with { Width = 24, Depth = 1 }, TestRuns.Of());
        var patches = backbone.EmbedPatches(Tensors.Normal(1, 2, 3, 8, 8));   // 2 x 2
        var other = patches.clone();
        other.flatten(1, 2)[0, 3] = zeros(24);

        Tensors.AssertClose(backbone.Encode(patches), backbone.Encode(patches, new() { Context = tensor(new long[,] { { 3, 1, 0, 2 }, { 0, 1, 2, 3 } }) }));
        var context = new PatchSequence { Context = tensor(new long[,] { { 0, 2 }, { 1, 3 } }) };
        Tensors.AssertClose(backbone.Encode(patches, context)[0].narrow(0, 0, 4), backbone.Encode(other, context)[0].narrow(0, 0, 4));
    }

    [Fact]
    public void Encode_WithoutPositions_IsTheSameInAnyOrder()
    {
        using var backbone = new ViT(_tiny with { Width = 24, Depth = 2 }, TestRuns.Of());
        var patches = backbone.EmbedPatches(Tensors.Normal(1, 1, 3, 8, 8));
        var order = tensor(new long[,] { { 2, 0, 3, 1 } });

        var shuffled = backbone.Encode(patches, new() { Visible = order, HasPositions = false });
        var plain = backbone.Encode(patches, new() { HasPositions = false });

        Tensors.AssertClose(Tokens.Take(plain.narrow(1, 1, 4), order), shuffled.narrow(1, 1, 4));
    }

    [Fact]
    public void Call_SwappedPatches_ChangesFeatures_BecauseOfPositionsOnly()
    {
        using var backbone = new ViT(_tiny, TestRuns.Of());
        var images = Tensors.Normal(1, 1, 3, 8, 8);
        var mirrored = cat([images.narrow(3, 4, 4), images.narrow(3, 0, 4)], 3);   // left and right patches change places

        var moved = (backbone.call(images) - backbone.call(mirrored)).abs().max().item<float>();
        backbone.load_state_dict(new Dictionary<string, Tensor>(backbone.state_dict()) { ["pos_embed"] = zeros([1, 5, 192]) });
        var without = (backbone.call(images) - backbone.call(mirrored)).abs().max().item<float>();

        Assert.True(moved > 1e-3, $"{moved}");
        Assert.True(without < 1e-5, $"{without}");
    }

    [Fact]
    public void FreezePatchProjection_GetsNoGradient_AndFixedPositionsNeither()
    {
        using var backbone = new ViT(_tiny with { FreezePatchProjection = true, Positions = ViTPositions.SinCosMoco, Init = ViTInit.Moco, Heads = 12 },
            TestRuns.Of());

        backbone.call(Tensors.Normal(1, 2, 3, 8, 8)).pow(3).sum().backward();

        var frozen = backbone.named_parameters().Where(p => !p.parameter.requires_grad).ToList();
        Assert.Equal(["patch_embed.proj.bias", "patch_embed.proj.weight", "pos_embed"], frozen.Select(p => p.name).Order(StringComparer.Ordinal));
        Assert.All(frozen, p => Assert.Null(p.parameter.grad));
        Assert.All(backbone.named_parameters().Except(frozen), p => Assert.NotNull(p.parameter.grad));
    }

    [Fact]
    public void Init_Moco_DrawsGlorotBounds()
    {
        using var network = new ViT(_tiny with { Init = ViTInit.Moco }, TestRuns.Of());
        var state = network.state_dict();

        AssertUniform(state["blocks.0.attn.qkv.weight"], Math.Sqrt(6.0 / (192 + 192)));
        AssertUniform(state["blocks.0.mlp.fc1.weight"], Math.Sqrt(6.0 / (192 + 768)));
        AssertUniform(state["patch_embed.proj.weight"], Math.Sqrt(6.0 / (192 + (3 * 16))));
        Assert.Equal(0, state["patch_embed.proj.bias"].abs().max().item<float>());
    }

    [Fact]
    public void Init_Timm_DrawsSmallNormals()
    {
        using var network = new ViT(_tiny, TestRuns.Of());
        var state = network.state_dict();

        Assert.Equal(0.02, state["blocks.5.mlp.fc2.weight"].std().item<float>(), tolerance: 5e-4);
        Assert.Equal(0, state["blocks.5.mlp.fc2.bias"].abs().max().item<float>());
        Assert.InRange(state["cls_token"].abs().max().item<float>(), 1e-8, 1e-5);
    }

    [Theory]
    [InlineData(ViTPooling.Token)]
    [InlineData(ViTPooling.Average)]
    public void Layers_LastOne_IsTheFeatures(ViTPooling pooling)
    {
        using var backbone = new ViT(_tiny with { Pooling = pooling }, TestRuns.Of());
        var images = Tensors.Normal(1, 2, 3, 8, 8);

        var layers = backbone.Layers(images);

        Assert.Equal(12, layers.Count);
        Tensors.AssertClose(backbone.call(images), layers[^1]);
        Assert.All(layers.SkipLast(1), layer => Assert.NotEqual(Tensors.Values(layers[^1]), Tensors.Values(layer)));
    }

    [Fact]
    public void Layers_AreEachBlocksTokensThroughTheFinalNorm()
    {
        using var backbone = new ViT(_tiny, TestRuns.Of());
        var images = Tensors.Normal(1, 2, 3, 8, 8);

        var second = backbone.Layers(images)[1];

        Assert.Equal(0, second.mean([1]).abs().max().item<float>(), tolerance: 1e-4);   // normalised, though the block before is not the last
        Assert.Equal(1, second.pow(2).mean().item<float>(), tolerance: 1e-2);
    }

    [Fact]
    public void DropPath_InTrainingWithoutGradients_DropsNothing()
    {
        using var backbone = new ViT(_tiny with { DropPath = 0.9 }, TestRuns.Of());
        var images = Tensors.Normal(1, 4, 3, 16, 16);
        using var noGradients = no_grad();   // as a momentum encoder, which stays in training mode

        var inTraining = backbone.call(images);
        backbone.eval();

        Tensors.AssertClose(backbone.call(images), inTraining);
    }

    [Fact]
    public void DropPath_InTraining_ChangesSomeSamplesOnly_AndNoneInEvaluation()
    {
        using var backbone = new ViT(_tiny with { DropPath = 0.5 }, TestRuns.Of());
        var images = Tensors.Normal(1, 1, 3, 8, 8).expand(6, 3, 8, 8);
        manual_seed(3);

        var training = backbone.call(images);
        backbone.eval();
        var evaluation = backbone.call(images);

        Assert.True((training - training.select(0, 0)).abs().max().item<float>() > 1e-3, "equal images must lose different branches");
        Tensors.AssertClose(evaluation.select(0, 0), evaluation.select(0, 5));
    }

    [Fact]
    public void Constructor_PatchLargerThanTheImage_SaysWhatToTake()
    {
        var fault = Assert.Throws<ConfigurationException>(() => new ViT(new() { Size = ViTSize.Tiny }, TestRuns.Of()));

        Assert.Contains("backbone.patchSize is 16", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_HeadsThatDoNotDivideTheWidth_AreRefused() =>
        Assert.Contains("backbone.heads is 5", Assert.Single(new ViTOptions { Heads = 5 }.Validate(new ValidationContext(_tiny))).ErrorMessage,
            StringComparison.Ordinal);

    private static void AssertUniform(Tensor weight, double bound)
    {
        Assert.InRange(weight.abs().max().item<float>(), bound * 0.99, bound * 1.0001);
        Assert.Equal(bound / Math.Sqrt(3), weight.std().item<float>(), tolerance: bound * 0.02);
    }
}
