using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class SimMIMTests
{
    private const int Side = 32, Square = 8, Squares = 16, Hidden = 10;   // ceil(16 * 0.6)

    private static readonly RunInfo _run = TestRuns.Of() with { ImageSize = Side };
    private static readonly SimMIMOptions _options = new() { MaskPatchSize = Square };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Step_IsThePapers_OnHiddenPixelsAlone(bool swin)
    {
        var (method, batch, context) = (Create(swin), Images(), TestRuns.Step());
        var backbone = (ITokenBackbone)method.Backbone;
        var hidden = Mask(batch, context);                                                                   // [4, 4, 4]
        Tensor Up(int times) => hidden.repeat_interleave(times, 1).repeat_interleave(times, 2);
        var state = method.state_dict();

        var loss = method.Step(batch, context).Loss.item<float>();

        var mask = Up(Square / backbone.PatchSize).unsqueeze(3);                                             // [4, h, w, 1]
        var patches = (backbone.EmbedPatches(batch.Views[0]) * (1 - mask)) + (state["mask_token"] * mask);
        var tokens = backbone.Normalise(backbone.Encode(patches));
        tokens = tokens.narrow(1, backbone.PrefixTokens, tokens.shape[1] - backbone.PrefixTokens);           // [4, L, D]
        var (side, stride) = (Side / backbone.TokenStride, backbone.TokenStride);
        var pixels = F.linear(tokens, state["decoder.0.weight"].flatten(1), state["decoder.0.bias"]);        // [4, L, 3 p p]: colour, row, column
        var images = pixels.view(-1, side, side, 3, stride, stride).permute(0, 3, 1, 4, 2, 5).reshape(-1, 3, Side, Side);
        var expected = ((images - batch.Views[0]).abs() * Up(Square).unsqueeze(1)).sum() / (TestRuns.BatchSize * Hidden * Square * Square) / 3;
        Assert.Equal(expected.item<float>(), loss, tolerance: 1e-5);
    }

    [Fact]
    public void Step_HiddenPixels_AreNotSeen_ButPredicted()
    {
        var (method, batch, context) = (Create(swin: false), Images(), TestRuns.Step());
        var hidden = Mask(batch, context).repeat_interleave(Square, 1).repeat_interleave(Square, 2).unsqueeze(1);                       // [4, 1, 32, 32]
        var outputs = new List<Tensor>();
        ((Module<Tensor, Tensor>)method.named_modules().Single(part => part.name == "decoder").module)
            .register_forward_hook((_, _, output) =>
            {
                outputs.Add(output.detach());

                return output;
            });

        var first = method.Step(batch, context).Loss.item<float>();
        var second = method.Step(batch with { Views = [batch.Views[0] + (5 * hidden)] }, context).Loss.item<float>();

        Tensors.AssertClose(outputs[0], outputs[1], 1e-6);
        Assert.InRange(second, first + 1, first + 5);
    }

    [Theory]
    [InlineData(6, 0.6, 22)]     // 192 pixels
    [InlineData(7, 0.6, 30)]     // 224 pixels
    [InlineData(5, 0.8, 20)]     // exact: 25 (1 - 0.8) is a little below 5 in double precision
    [InlineData(10, 0.9, 90)]
    [InlineData(5, 0.28, 8)]     // 25 * 0.28 is a little above 7, as in the authors' code
    [InlineData(5, 0.01, 1)]
    public void Pictures_HiddenSquares_AreRoundedUp(int side, double ratio, int expected)
    {
        var run = _run with { ImageSize = side * 2 };
        SimMIM method = new(() => new ViT(new() { Width = 12, Depth = 1, Heads = 2, PatchSize = 2 }, run), new() { MaskPatchSize = 2, MaskRatio = ratio }, run);

        var columns = method.Pictures(Images(run.ImageSize), TestRuns.Step()).ToDictionary(column => column.Title, column => column.Images);

        var hidden = PatchPixels.Split(columns["masked"], 2).eq(0).all(2).sum([1]);   // [4]
        Assert.All(Tensors.Integers(hidden), count => Assert.Equal(expected, count));
        var replaced = PatchPixels.Split(columns["reconstruction"], 2).ne(PatchPixels.Split(columns["original"], 2)).any(2).sum([1]);
        Assert.Equal(Tensors.Integers(hidden), Tensors.Integers(replaced));
    }

    [Fact]
    public void Pictures_Reconstruction_HasTheErrorOfTheLoss()
    {
        var (method, batch, context) = (Create(swin: true), Images(), TestRuns.Step());

        var loss = method.Step(batch, context).Loss.item<float>();
        var columns = method.Pictures(batch, context).ToDictionary(column => column.Title, column => column.Images);

        var errors = (columns["reconstruction"] - columns["original"]).abs().sum() / (TestRuns.BatchSize * Hidden * Square * Square * 3);
        Assert.Equal(errors.item<float>(), loss, tolerance: 1e-5);
    }

    [Fact]
    public void Step_Masks_DependOnImageAndEpochAlone()
    {
        var (method, batch) = (Create(swin: false), Images());
        float Loss(int epoch, ulong seed) => method.Step(batch, TestRuns.Step(epoch, seed)).Loss.item<float>();

        Assert.Equal(Loss(0, seed: 1), Loss(0, seed: 2));
        Assert.NotEqual(Loss(0, seed: 1), Loss(1, seed: 1));
    }

    [Fact]
    public void ParameterRules_TokensPositionsAndTheirBiases_DoNotDecay()
    {
        string[] Without(bool swin)
        {
            var method = Create(swin);

            return [.. method.named_parameters().Where(p => Assert.Single(method.ParameterRules).Matches(new(p.name, p.parameter.dim())))
                .Select(p => p.name.Split('.')[^1]).Distinct().Order()];
        }

        Assert.Equal(["mask_token", "relative_position_bias_table"], Without(swin: true));
        Assert.Equal(["cls_token", "mask_token", "pos_embed"], Without(swin: false));
    }

    [Fact]
    public void Faults_SquaresThatDoNotFit_SayWhatFits()
    {
        string Fault(SimMIMOptions options, int side) => Assert.Single(Create(swin: false, options).Faults(_run with { ImageSize = side }));

        Assert.StartsWith("method.maskPatchSize is 10, but the backbone's patches have 4 pixels", Fault(new() { MaskPatchSize = 10 }, 40),
            StringComparison.Ordinal);
        Assert.StartsWith("data.imageSize is 28, but cells of 8 x 8 pixels are hidden (method.maskPatchSize)", Fault(_options, 28), StringComparison.Ordinal);
        Assert.StartsWith("data.imageSize is 40, but a token stands for 16 x 16 pixels (backbone.patchSize)",
            Assert.Single(Create(swin: true).Faults(_run with { ImageSize = 40 })), StringComparison.Ordinal);
        Assert.StartsWith("method.maskRatio is 0.95, which hides all 16", Fault(_options with { MaskRatio = 0.95 }, Side), StringComparison.Ordinal);
        Assert.Empty(Create(swin: false, _options with { MaskRatio = 0.93 }).Faults(_run));
        Assert.StartsWith("method.maskRatio is 0.6, which hides all 1 cells of 32 x 32 pixels", Fault(new(), 32), StringComparison.Ordinal);
        Assert.Empty(Create(swin: false).Faults(_run));
    }

    private static SimMIM Create(bool swin, SimMIMOptions? options = null) => new(
        () => swin ? new Swin(new() { Width = 32, PatchSize = 2, Window = 4 }, _run) : new ViT(new() { Size = ViTSize.Tiny, PatchSize = 4 }, _run),
        options ?? _options, _run);

    private static Batch Images(int side = Side) => new([Tensors.Normal(3, TestRuns.BatchSize, 3, side, side)], tensor(new long[] { 7, 3, 30, 12 }), null);

    private static Tensor Mask(Batch batch, StepContext context) =>
        RandomMasking.Of(SampleNoise.Uniform(new SampleRandom(_run).Of(batch, context), Squares), 0.6).Hidden.view(-1, 4, 4);
}
