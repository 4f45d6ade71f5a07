using System.ComponentModel.DataAnnotations;
using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Backbones;

/// <summary>What MAE, BEiT, DINOv2, I-JEPA and FLIP change in a vision transformer.</summary>
public sealed class VisionTransformerOptionsTests
{
    private static readonly ViTOptions _small = new() { Size = ViTSize.Tiny, Width = 32, Depth = 2, Heads = 4, PatchSize = 4 };
    private static readonly RunInfo _run = TestRuns.Of() with { ImageSize = 16 };   // 4 x 4 patches

    [Theory]
    [InlineData(ViTSize.Large, 16, 24, 304_326_632)]
    [InlineData(ViTSize.Huge, 14, 32, 632_045_800)]
    public void Parameters_OfLargeOnes_AreTorchvisionsLessTheClassifier(ViTSize size, int patch, int depth, long withClassifier)
    {
        var options = new ViTOptions { Size = size, PatchSize = patch };

        Assert.Equal(withClassifier - (1000L * (Width(options) + 1)), Parameters(options, depth, side: 224));
    }

    [Theory]
    [InlineData(ViTSize.Small, 12, ViTMlp.Gelu, 22.06)]
    [InlineData(ViTSize.Base, 12, ViTMlp.Gelu, 86.58)]
    [InlineData(ViTSize.Large, 24, ViTMlp.Gelu, 304.37)]
    [InlineData(ViTSize.Giant2, 40, ViTMlp.Swiglu, 1136.48)]
    public void Parameters_OfDINOv2_ArePublishedOnes(ViTSize size, int depth, ViTMlp mlp, double millions)
    {
        var options = new ViTOptions { Size = size, PatchSize = 14, LayerScale = 1e-5, Mlp = mlp };

        Assert.Equal(millions, Parameters(options, depth, side: 518) / 1e6, tolerance: 0.006);
    }

    [Fact]
    public void Parameters_OfGiant_AreOneBillion()
    {
        var options = new ViTOptions { Size = ViTSize.Giant, PatchSize = 14 };

        Assert.Equal(1.01, (Parameters(options, depth: 40, side: 224) + (1000 * 1409)) / 1e9, tolerance: 0.005);
    }

    [Fact]
    public void StateDict_AsMAE_HasItsKeysAndShapes() => AssertKeys(_small with { Positions = ViTPositions.SinCos, Init = ViTInit.Mae },
        ["cls_token 1,1,32", "pos_embed 1,17,32", .. _patches, .. Blocks(_block), "norm.weight 32", "norm.bias 32"]);

    [Fact]
    public void StateDict_AsIJEPA_HasNoClassToken() => AssertKeys(
        _small with { Positions = ViTPositions.SinCos, ClassToken = false, Pooling = ViTPooling.PatchMean, Init = ViTInit.Jepa },
        ["pos_embed 1,16,32", .. _patches, .. Blocks(_block), "norm.weight 32", "norm.bias 32"]);

    [Fact]
    public void StateDict_AsDINOv2_HasRegistersFactorsAndGates() => AssertKeys(
        _small with { RegisterTokens = 3, LayerScale = 1e-5, Mlp = ViTMlp.Swiglu },
        ["cls_token 1,1,32", "pos_embed 1,17,32", "register_tokens 1,3,32", .. _patches, "norm.weight 32", "norm.bias 32",
            .. Blocks([.. _block.Where(key => !key.Contains("mlp", StringComparison.Ordinal)), "ls1.gamma 32", "ls2.gamma 32",
                "mlp.w12.weight 176,32", "mlp.w12.bias 176", "mlp.w3.weight 32,88", "mlp.w3.bias 32"])]);   // 2/3 of 128, up to a multiple of 8

    [Theory]
    [InlineData(ViTRelativePositions.Shared)]
    [InlineData(ViTRelativePositions.PerBlock)]
    public void StateDict_AsBEiT_HasTablesOfRelativePositions(ViTRelativePositions relative)
    {
        string[] table = ["relative_position_bias_table 52,4", "relative_position_index 17,17"];   // (2 4 - 1)² + 3

        AssertKeys(
            _small with { RelativePositions = relative, Positions = ViTPositions.None, QkvBias = QkvBias.QueryValue, LayerScale = 0.1, Init = ViTInit.Beit },
            ["cls_token 1,1,32", .. _patches, "norm.weight 32", "norm.bias 32",
                .. Blocks([.. _block.Where(key => key != "attn.qkv.bias 96"), "ls1.gamma 32", "ls2.gamma 32", "attn.q_bias 32", "attn.v_bias 32",
                    .. relative == ViTRelativePositions.PerBlock ? table.Select(key => $"attn.{key}") : []]),
                .. relative == ViTRelativePositions.Shared ? table.Select(key => $"rel_pos_bias.{key}") : []]);
    }

    [Theory]
    [InlineData(ViTRelativePositions.Shared, true)]
    [InlineData(ViTRelativePositions.PerBlock, true)]
    [InlineData(ViTRelativePositions.PerBlock, false)]
    public void Encode_RelativePositionsOfAPermutedSequence_AreThoseOfItsPatches(ViTRelativePositions relative, bool hasClassToken)
    {
        var backbone = Relative(relative, hasClassToken);
        var patches = backbone.EmbedPatches(Tensors.Normal(1, 2, 3, 16, 16));
        var order = stack([randperm(16), randperm(16)]);   // [2, 16]
        var prefix = backbone.PrefixTokens;

        var whole = backbone.Encode(patches);
        var permuted = backbone.Encode(patches, new() { Visible = order });

        Tensors.AssertClose(Tokens.Take(whole.narrow(1, prefix, 16), order), permuted.narrow(1, prefix, 16));
        if (hasClassToken)
        {
            Tensors.AssertClose(whole.select(1, 0), permuted.select(1, 0));
        }
    }

    [Fact]
    public void Encode_RelativePositionsOfSomePatches_AreThoseOfTheWholeSequenceWithoutTheOthers()
    {
        var backbone = Relative(ViTRelativePositions.PerBlock, hasClassToken: true);
        var patches = backbone.EmbedPatches(Tensors.Normal(1, 1, 3, 16, 16));
        var visible = tensor(new long[,] { { 9, 2, 14 } });

        var few = backbone.Encode(patches, new() { Visible = visible });
        var context = backbone.Encode(patches, new() { Context = visible });   // the others are there, and nobody attends to them

        Tensors.AssertClose(few.narrow(1, 1, 3), Tokens.Take(context.narrow(1, 1, 16), visible));
    }

    [Fact]
    public void Encode_RelativePositions_ChangeWhatIsSeen_AndMayBeLeftOut()
    {
        var backbone = Relative(ViTRelativePositions.PerBlock, hasClassToken: true);
        var patches = backbone.EmbedPatches(Tensors.Normal(1, 1, 3, 16, 16));
        var mirrored = patches.flip(2);

        var (told, untold) = (Difference(new()), Difference(new() { HasPositions = false }));

        Assert.True(told > 1e-3, $"{told}");
        Assert.True(untold < 1e-5, $"{untold}");

        float Difference(PatchSequence sequence) =>
            (backbone.Pool(backbone.Encode(patches, sequence)) - backbone.Pool(backbone.Encode(mirrored, sequence))).abs().max().item<float>();
    }

    [Fact]
    public void Encode_RelativePositionsOfAnotherSize_ServeSmallerImages_AndRefuseLargerOnes()
    {
        var backbone = Relative(ViTRelativePositions.Shared, hasClassToken: true);

        var smaller = backbone.call(Tensors.Normal(1, 2, 3, 8, 12));
        var fault = Assert.Throws<ConfigurationException>(() => backbone.call(Tensors.Normal(1, 2, 3, 20, 16)));

        Assert.Equal([2, 32], smaller.shape);
        Assert.Contains("4 x 4 patches (data.imageSize), which do not cover images of 5 x 4", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_Registers_StandBehindTheClassTokenWithoutAPosition()
    {
        using var backbone = new ViT(_small with { RegisterTokens = 3 }, _run);
        var first = new List<Tensor>();
        var block = (TransformerBlock)backbone.named_modules().Single(entry => entry.name == "blocks.0").module;
        block.register_forward_pre_hook((_, input) =>
        {
            first.Add(input.clone().DetachFromDisposeScope());

            return input;
        });

        backbone.call(Tensors.Normal(1, 2, 3, 16, 16));
        var state = backbone.state_dict();

        Assert.Equal(4, backbone.PrefixTokens);
        Assert.Equal([2, 1 + 3 + 16, 32], first[0].shape);
        Tensors.AssertClose(state["register_tokens"].squeeze(0), first[0][1].narrow(0, 1, 3));
        Tensors.AssertClose((state["cls_token"] + state["pos_embed"].narrow(1, 0, 1)).flatten(), first[0][0, 0]);
    }

    [Theory]
    [InlineData(ViTPooling.PatchMean, 4)]
    [InlineData(ViTPooling.TokenMean, 0)]
    public void Pool_MeansOfNormalisedTokens_AreTheirDefinition(ViTPooling pooling, int first)
    {
        using var backbone = new ViT(_small with { RegisterTokens = 3, Pooling = pooling }, _run);
        var tokens = Tensors.Normal(1, 2, 20, 32);

        Tensors.AssertClose(F.layer_norm(tokens, [32], eps: 1e-6).narrow(1, first, 20 - first).mean([1]), backbone.Pool(tokens));
    }

    [Fact]
    public void Call_WithEverything_GivesEveryParameterAGradient()
    {
        ViTOptions[] all =
        [
            _small with { RegisterTokens = 2, LayerScale = 0.1, Mlp = ViTMlp.Swiglu, Pooling = ViTPooling.PatchMean },
            _small with { RelativePositions = ViTRelativePositions.Shared, Positions = ViTPositions.None, QkvBias = QkvBias.QueryValue, Mlp = ViTMlp.GeluTanh },
            _small with { RelativePositions = ViTRelativePositions.PerBlock, ClassToken = false, Pooling = ViTPooling.Average, QkvBias = QkvBias.None },
        ];
        foreach (var options in all)
        {
            var backbone = new ViT(options, _run);

            backbone.call(Tensors.Normal(1, 2, 3, 16, 16)).pow(3).sum().backward();

            Assert.All(backbone.named_parameters(), entry => Assert.True(entry.parameter.grad is not null, entry.name));
        }
    }

    [Fact]
    public void Init_Mae_DrawsGlorotBounds()
    {
        using var network = new ViT(_small with { Width = 192, Init = ViTInit.Mae }, _run);
        var state = network.state_dict();

        Assert.InRange(state["blocks.0.attn.qkv.weight"].abs().max().item<float>(), Math.Sqrt(6.0 / (192 + 576)) * 0.99, Math.Sqrt(6.0 / (192 + 576)) * 1.0001);
        Assert.InRange(state["patch_embed.proj.weight"].abs().max().item<float>(), Math.Sqrt(6.0 / (192 + 48)) * 0.99, Math.Sqrt(6.0 / (192 + 48)) * 1.0001);
        Assert.Equal(0.02, state["cls_token"].std().item<float>(), tolerance: 0.004);
        Assert.Equal(0, state["blocks.1.mlp.fc1.bias"].abs().max().item<float>());
    }

    [Fact]
    public void Init_Beit_CutsAtOneDeviation_AndDividesTheLastLayersByDepth()
    {
        using var network = new ViT(_small with { Width = 192, Init = ViTInit.Beit }, _run);
        var state = network.state_dict();

        AssertLargest(0.02, "blocks.1.attn.qkv.weight");
        AssertLargest(0.02 / Math.Sqrt(2), "blocks.0.attn.proj.weight");
        AssertLargest(0.02 / Math.Sqrt(4), "blocks.1.mlp.fc2.weight");
        AssertLargest(0.02, "pos_embed");

        void AssertLargest(double bound, string key) => Assert.InRange(state[key].abs().max().item<float>(), bound * 0.99, bound * 1.0001);
    }

    [Fact]
    public void Init_Jepa_CutsNothing_DividesTheLastLayersByDepth_AndDrawsThePatchProjection()
    {
        manual_seed(1);
        using var network = new ViT(_small with { Width = 192, Init = ViTInit.Jepa }, _run);
        var state = network.state_dict();

        AssertDeviation(0.02, "blocks.1.attn.qkv.weight");
        AssertDeviation(0.02 / Math.Sqrt(2), "blocks.0.attn.proj.weight");
        AssertDeviation(0.02 / Math.Sqrt(4), "blocks.1.mlp.fc2.weight");
        AssertDeviation(0.02, "pos_embed");
        AssertDeviation(0.02, "patch_embed.proj.weight");
        Assert.Equal(0, state["patch_embed.proj.bias"].abs().max().item<float>());

        void AssertDeviation(double std, string key)
        {
            Assert.Equal(1, state[key].std().item<float>() / std, tolerance: 0.05);
            Assert.InRange(state[key].abs().max().item<float>(), 3 * std, 7 * std);   // not cut off at one deviation, nor uniform
        }
    }

    [Fact]
    public void Validate_WhatCannotGoTogether_IsTold()
    {
        var noToken = Faults(_small with { ClassToken = false });
        var registers = Faults(_small with { RegisterTokens = 2, RelativePositions = ViTRelativePositions.PerBlock });

        Assert.StartsWith("backbone.classToken is false, but backbone.pooling is token", Assert.Single(noToken), StringComparison.Ordinal);
        Assert.StartsWith("backbone.registerTokens is 2, but backbone.relativePositions is per-block", Assert.Single(registers), StringComparison.Ordinal);
    }

    private static readonly string[] _patches = ["patch_embed.proj.weight 32,3,4,4", "patch_embed.proj.bias 32"];

    private static readonly string[] _block =
    [
        "norm1.weight 32", "norm1.bias 32", "attn.qkv.weight 96,32", "attn.qkv.bias 96", "attn.proj.weight 32,32", "attn.proj.bias 32",
        "norm2.weight 32", "norm2.bias 32", "mlp.fc1.weight 128,32", "mlp.fc1.bias 128", "mlp.fc2.weight 32,128", "mlp.fc2.bias 32",
    ];

    private static IEnumerable<string> Blocks(IReadOnlyList<string> keys) =>
        Enumerable.Range(0, 2).SelectMany(block => keys.Select(key => $"blocks.{block}.{key}"));

    private static void AssertKeys(ViTOptions options, IEnumerable<string> expected)
    {
        using var network = new ViT(options, _run);
        var actual = network.state_dict().Select(entry => $"{entry.Key} {string.Join(',', entry.Value.shape)}");

        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    // Blocks have as many parameters each: two small networks tell of a large one.
    private static long Parameters(ViTOptions options, int depth, int side)
    {
        var (one, two) = (Of(1), Of(2));
        using var narrow = new ViT(options with { Width = 8, Heads = 1 }, TestRuns.Of() with { ImageSize = 224 });

        Assert.Equal(depth, narrow.LayerDims.Count);

        return one + ((depth - 1) * (two - one));

        long Of(int blocks)
        {
            using var backbone = new ViT(options with { Depth = blocks }, TestRuns.Of() with { ImageSize = side });

            return backbone.parameters().Sum(parameter => parameter.numel());
        }
    }

    private static int Width(ViTOptions options)
    {
        using var backbone = new ViT(options with { Depth = 1 }, TestRuns.Of() with { ImageSize = 224 });

        return backbone.FeatureDim;
    }

    private static ViT Relative(ViTRelativePositions relative, bool hasClassToken)
    {
        var backbone = new ViT(_small with
        {
            RelativePositions = relative,
            Positions = ViTPositions.None,
            ClassToken = hasClassToken,
            Pooling = ViTPooling.Average,
        }, _run);
        using var noGradients = no_grad();
        foreach (var (name, parameter) in backbone.named_parameters())
        {
            if (name.EndsWith("bias_table", StringComparison.Ordinal))
            {
                parameter.normal_(0, 2);
            }
        }

        backbone.eval();

        return backbone;
    }

    private static IEnumerable<string> Faults(ViTOptions options) => options.Validate(new ValidationContext(options)).Select(fault => fault.ErrorMessage!);
}
