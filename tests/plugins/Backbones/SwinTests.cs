using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Backbones;

public sealed class SwinTests
{
    private static readonly SwinOptions _tiny = new() { PatchSize = 1, Window = 4 };

    [Theory]
    [InlineData(SwinSize.Tiny, 28_288_354)]
    [InlineData(SwinSize.Small, 49_606_258)]
    [InlineData(SwinSize.Base, 87_768_224)]
    public void Parameters_AtTheSizeOfImageNet_AreTorchvisionsLessTheClassifier(SwinSize size, long withClassifier)
    {
        using var backbone = new Swin(new() { Size = size }, TestRuns.Of() with { ImageSize = 224 });

        Assert.Equal(withClassifier, backbone.parameters().Sum(parameter => parameter.numel()) + (1000L * (backbone.FeatureDim + 1)));
    }

    [Fact]
    public void StateDict_Names_AreTorchvisions()
    {
        int[] depths = [2, 2, 6, 2];
        string[] block = ["norm1.weight", "norm1.bias", "attn.relative_position_bias_table", "attn.relative_position_index", "attn.qkv.weight",
            "attn.qkv.bias", "attn.proj.weight", "attn.proj.bias", "norm2.weight", "norm2.bias", "mlp.0.weight", "mlp.0.bias", "mlp.3.weight", "mlp.3.bias"];
        string[] expected = ["features.0.0.weight", "features.0.0.bias", "features.0.2.weight", "features.0.2.bias", "norm.weight", "norm.bias",
            .. from layer in (int[])[2, 4, 6] from name in (string[])["norm.weight", "norm.bias", "reduction.weight"] select $"features.{layer}.{name}",
            .. from stage in Enumerable.Range(0, 4) from i in Enumerable.Range(0,
            depths[stage]) from name in block select $"features.{(2 * stage) + 1}.{i}.{name}"];

        using var network = new Swin(new(), TestRuns.Of() with { ImageSize = 224 });
        var state = network.state_dict();

        Assert.Equal(expected.Order(StringComparer.Ordinal), state.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([169, 3], state["features.1.0.attn.relative_position_bias_table"].shape);
        Assert.Equal([49 * 49], state["features.1.0.attn.relative_position_index"].shape);
    }

    [Fact]
    public void RelativePositions_OfAWindowOfTwo_CountFromTheFarCorner()
    {
        var index = Tensors.Values(RelativePositions.Index(2).to(float32));

        // From each token (top left, top right, bottom left, bottom right) to each: (dy + 1) * 3 + dx + 1.
        Assert.Equal([4, 3, 1, 0, 5, 4, 2, 1, 7, 6, 4, 3, 8, 7, 5, 4], index);
    }

    [Fact]
    public void WindowAttention_Unshifted_SeesItsWindowOnly()
    {
        var layer = new WindowAttention(4, 2, window: 2, isShifted: false);
        var map = Tensors.Normal(1, 1, 4, 4, 4);
        var changed = map.clone();
        changed[0, 0, 0] += 1;   // the top left window

        var difference = (layer.call(map) - layer.call(changed)).abs().amax([3])[0];   // [4, 4]

        Assert.True(difference.narrow(0, 0, 2).narrow(1, 0, 2).min().item<float>() > 0);
        Assert.Equal(0, difference.narrow(0, 2, 2).max().item<float>());
        Assert.Equal(0, difference.narrow(1, 2, 2).max().item<float>());
    }

    [Fact]
    public void WindowAttention_Shifted_SeesNeighboursAcrossWindows_ButNotTheOtherSideOfTheMap()
    {
        var layer = new WindowAttention(4, 2, window: 2, isShifted: true);
        var map = Tensors.Normal(1, 1, 4, 4, 4);
        var changed = map.clone();
        changed[0, 0, 0] += 1;   // a corner: its shifted window also holds the other three corners

        var difference = (layer.call(map) - layer.call(changed)).abs().amax([3])[0];   // [4, 4]
        changed = map.clone();
        changed[0, 1, 1] += 1;   // shifted windows hold (1, 1) and (2, 2)
        var inside = (layer.call(map) - layer.call(changed)).abs().amax([3])[0];

        Assert.True(difference[0, 0].item<float>() > 0);
        Assert.Equal(0, difference[0, 3].item<float>(), tolerance: 1e-6);
        Assert.Equal(0, difference[3, 3].item<float>(), tolerance: 1e-6);
        Assert.True(inside[2, 2].item<float>() > 0);
        Assert.Equal(0, inside[0, 0].item<float>(), tolerance: 1e-6);
    }

    [Fact]
    public void WindowAttention_AgainstItsDefinition_WithFilling()
    {
        var layer = new WindowAttention(4, 2, window: 3, isShifted: false);
        var state = layer.state_dict();
        var map = Tensors.Normal(1, 1, 3, 2, 4);   // one column is missing to a window
        var tokens = F.pad(map, [0, 0, 0, 1]).view(9, 4);
        var parts = F.linear(tokens, state["qkv.weight"], state["qkv.bias"]).view(9, 3, 2, 2).permute(1, 2, 0, 3);   // [3, heads, 9, 2]
        var bias = state["relative_position_bias_table"].index_select(0, state["relative_position_index"]).view(9, 9, 2).permute(2, 0, 1);
        var weights = ((parts[0].matmul(parts[1].transpose(1, 2)) / Math.Sqrt(2)) + bias).softmax(2);
        var expected = F.linear(weights.matmul(parts[2]).transpose(0, 1).reshape(9, 4), state["proj.weight"], state["proj.bias"]);

        Tensors.AssertClose(expected.view(1, 3, 3, 4).narrow(2, 0, 2), layer.call(map));
    }

    [Fact]
    public void PatchMerging_OrdersNeighboursAsTorchvision()
    {
        var layer = new PatchMerging(1);
        layer.load_state_dict(new Dictionary<string, Tensor>(layer.state_dict()) { ["reduction.weight"] = eye(4).narrow(0, 1, 2).clone() });
        var map = tensor(new float[] { 0, 2, 1, 3 }).view(1, 2, 2, 1);   // top left 0, top right 2, bottom left 1, bottom right 3

        var merged = layer.call(map);   // the second and third of the four, normalised

        Assert.Equal([1, 1, 1, 2], merged.shape);
        Assert.Equal(-0.4472f, merged[0, 0, 0, 0].item<float>(), tolerance: 1e-3f);
        Assert.Equal(0.4472f, merged[0, 0, 0, 1].item<float>(), tolerance: 1e-3f);
    }

    [Fact]
    public void Layers_LastOne_IsTheFeatures_AndOtherSizesNeedNoOtherWeights()
    {
        using var backbone = new Swin(_tiny, TestRuns.Of());
        var images = Tensors.Normal(1, 2, 3, 8, 8);

        var layers = backbone.Layers(images);

        Assert.Equal(backbone.LayerDims.Select(width => (long)width), layers.Select(layer => layer.shape[1]));
        Tensors.AssertClose(backbone.call(images), layers[^1]);
        Assert.Equal([2, 768], backbone.call(Tensors.Normal(1, 2, 3, 10, 7)).shape);
    }

    [Fact]
    public void Call_OnLargerImages_IsTheNetworkBuiltForThem()
    {
        var options = _tiny with { Window = 2 };
        using var small = new Swin(options, TestRuns.Of() with { ImageSize = 16 });   // the window of its last stage is the whole map
        using var large = new Swin(options, TestRuns.Of() with { ImageSize = 32 });
        large.load_state_dict(small.state_dict());
        var images = Tensors.Normal(1, 1, 3, 32, 32);
        using var noGradients = no_grad();

        Tensors.AssertClose(large.call(images), small.call(images));
    }

    [Fact]
    public void Encode_OfEmbeddedPatches_PoolsToTheFeatures()
    {
        using var backbone = new Swin(_tiny with { Width = 32 }, TestRuns.Of() with { ImageSize = 32 });
        var images = Tensors.Normal(1, 2, 3, 32, 32);

        var patches = backbone.EmbedPatches(images);
        var tokens = backbone.Encode(patches);

        Assert.Equal([2, 32, 32, backbone.PatchDim], patches.shape);
        Assert.Equal([2, 16, backbone.TokenDim], tokens.shape);   // 32 pixels / TokenStride 8 = 4 per side, no class token
        Assert.Equal((8, 0, false), (backbone.TokenStride, backbone.PrefixTokens, backbone.HasClassToken));
        Tensors.AssertClose(backbone.call(images), backbone.Pool(tokens));
        Tensors.AssertClose(backbone.call(images), backbone.Normalise(tokens).mean([1]));
    }

    [Fact]
    public void Encode_Tokens_AreInTheOrderOfTheMap()
    {
        using var backbone = new Swin(_tiny with { Width = 32, Window = 1 }, TestRuns.Of() with { ImageSize = 32 });   // a window of one position mixes nothing
        var images = Tensors.Normal(1, 1, 3, 32, 32);
        var changed = images.clone();
        changed.narrow(2, 8, 8).narrow(3, 16, 8).add_(1);   // the square of row 1, column 2

        var difference = (backbone.Encode(backbone.EmbedPatches(images)) - backbone.Encode(backbone.EmbedPatches(changed))).abs().amax([2])[0];   // [16]

        Assert.Equal([6L], Tensors.Integers(difference.nonzero()));   // 1 * 4 + 2
    }

    [Theory]
    [InlineData(32, 256, 8)]
    [InlineData(0, 768, 24)]
    public void Width_OfTheFirstStage_GivesFeaturesOfEightTimesIt(int width, int features, int heads)
    {
        SwinOptions options = new() { Width = width, PatchSize = 1 };

        using var backbone = new Swin(options, TestRuns.Of());

        Assert.Empty(options.Validate(new(options)));
        Assert.Equal(features, backbone.FeatureDim);
        Assert.Equal(heads, backbone.state_dict()["features.7.1.attn.relative_position_bias_table"].shape[1]);
    }

    [Fact]
    public void Validate_WidthThatHeadsDoNotDivide_SaysWhatFits()
    {
        SwinOptions options = new() { Width = 40 };

        Assert.StartsWith(
            "backbone.width is 40. Expected a multiple of 32", Assert.Single(options.Validate(new(options))).ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Maps_OfTheStages_HaveTheirChannelsFirst()
    {
        using var noGradients = no_grad();
        using var backbone = new Swin(_tiny, TestRuns.Of() with { ImageSize = 32 });
        var images = Tensors.Normal(1, 2, 3, 32, 32);

        var maps = backbone.Maps(images);

        Assert.Equal(backbone.Stages.Select(stage => (2L, (long)stage.Channels, 32L / stage.Stride, 32L / stage.Stride)),
            maps.Select(map => (map.shape[0], map.shape[1], map.shape[2], map.shape[3])));
        Assert.Equal(backbone.Layers(images).Select(layer => layer.shape[1]), maps.Select(map => map.shape[1]));
        Tensors.AssertClose(backbone.call(images), maps[^1].mean([2, 3]), 1e-5);
        Tensors.AssertClose(backbone.Layers(images)[0], maps[0].mean([2, 3]), 1e-5);
    }

    [Fact]
    public void Gradients_ReachEveryParameter_AlsoTheBiasOfPositions()
    {
        manual_seed(1);
        using var backbone = new Swin(_tiny, TestRuns.Of() with { ImageSize = 16 });   // no stage with one position, whose bias changes nothing

        backbone.call(Tensors.Normal(1, 2, 3, 16, 16)).pow(3).sum().backward();

        Assert.All(backbone.named_parameters(), p => Assert.True(p.parameter.grad is { } gradient && gradient.abs().max().item<float>() > 0, p.name));
    }
}
