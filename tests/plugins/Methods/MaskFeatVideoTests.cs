using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Methods.Steps;

namespace Parallax.Plugins.Tests.Methods;

public sealed class MaskFeatVideoTests
{
    private const int Side = 64, Square = 32, Moments = 2;   // 2 x 2 squares of 2 x 2 tokens, at two moments

    private static readonly RunInfo _run = TestRuns.Of() with { ImageSize = Side };

    [Fact]
    public void Step_ClipsWithHiddenCuboids_IsThePapers()
    {
        var method = Create(new());
        var (networks, batch) = (new Networks(method), Clips());

        var output = method.Step(batch, TestRuns.Step());

        var (clips, backbone, squares) = (batch.Views[0], (IClipTokenBackbone)method.Backbone, Squares(batch));
        var covered = squares.repeat_interleave(8, 2).repeat_interleave(8, 3).unsqueeze(4);                       // [N, t, 16, 16, 1]
        var patches = (backbone.EmbedPatches(clips) * (1 - covered)) + (networks.State("mask_token") * covered);   // [N, t, 16, 16, D]
        var tokens = backbone.Normalise(backbone.Encode(patches))[.., 1..];                                       // [N, L, D]
        var histograms = new[] { 0, 2 }.Select(frame => OrientedGradients.Rows(new OrientedGradients(9, 8).Of(clips[.., .., frame]), 2));
        var errors = (networks.Run(tokens, "head") - cat([.. histograms], 1)).to(float64).square().mean([2]);    // [N, L]
        var hidden = squares.repeat_interleave(2, 2).repeat_interleave(2, 3).flatten(1);                          // [N, L]
        networks.AssertStep(
            new(errors.masked_select(hidden.to(@bool)).mean()) { Embedding = tokens.mean([1]), Reports = [("hidden_share", hidden.mean())] },
            output);
    }

    [Fact]
    public void Step_OtherEpochOrClip_HidesOtherSquares()
    {
        var method = Create(new());
        var batch = Clips();

        var first = Hidden(method, batch, epoch: 0);

        Assert.False(first.allclose(Hidden(method, batch, epoch: 1)));
        Assert.True(first[1].allclose(Hidden(method, batch with { Indices = batch.Indices.roll(1, 0) }, epoch: 0)[2]));   // the mask is the video's
    }

    [Fact]
    public void Pictures_OfClips_ShowTheFirstFrameOfTheMiddleMoment()
    {
        using var noGradients = no_grad();
        var method = Create(new());
        var batch = Clips();

        var columns = method.Pictures(batch, TestRuns.Step()).ToDictionary(column => column.Title, column => column.Images);

        var hidden = Squares(batch)[.., 1].repeat_interleave(Square, 1).repeat_interleave(Square, 2).unsqueeze(1);   // [N, 1, H, W]
        Tensors.AssertClose(batch.Views[0][.., .., 2], columns["original"]);
        Tensors.AssertClose(batch.Views[0][.., .., 2] * (1 - hidden), columns["masked"]);
        var differs = columns["predicted"].ne(columns["gradients"]);   // [N, 1, H, W]: cells of 8 pixels are drawn with as many
        Assert.True(differs.any().item<bool>());
        Assert.False(differs.logical_and(hidden.eq(0)).any().item<bool>());
    }

    [Theory]
    [InlineData("", 32, 0, 2, 0.4)]
    [InlineData("", 16, 9, 4, 0.4)]
    [InlineData("method.squareSide is 24, but tokens have 16 pixels per side and frames 64 (data.imageSize).", 24, 0, 2, 0.4)]
    [InlineData("method.squareSide is 48, but tokens have 16 pixels per side and frames 64 (data.imageSize).", 48, 0, 2, 0.4)]
    [InlineData("The smallest hidden cuboid covers 1 squares of a frame", 64, 0, 2, 0.4)]
    [InlineData("The smallest hidden cuboid covers 2.5 squares of a frame (method.minSquares)", 32, 2.5, 2, 0.4)]
    [InlineData("method.maskRatio is 0.05, which hides less of 4 frames", 32, 0, 2, 0.05)]
    [InlineData("method.cellsPerToken is 3, but tokens have 16 pixels per side.", 32, 0, 3, 0.4)]
    public void Faults_WhatDoesNotFit_IsTold(string start, int square, double smallest, int cells, double ratio)
    {
        var method = Create(new() { SquareSide = square, MinSquares = smallest, CellsPerToken = cells, MaskRatio = ratio });

        var faults = method.Faults(_run with { Clip = new(4) }).ToList();

        Assert.Equal(start.Length > 0 ? 1 : 0, faults.Count);
        Assert.All(faults, fault => Assert.StartsWith(start, fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Constructor_BackboneForImages_SaysWhatIsNeeded()
    {
        var fault = Assert.Throws<ConfigurationException>(() => new MaskFeatVideo(() => new ClipBackbone(), new(), _run));

        Assert.Contains(nameof(IClipTokenBackbone), fault.Message, StringComparison.Ordinal);
    }

    private static MaskFeatVideo Create(MaskFeatVideoOptions options)
    {
        manual_seed(3);
        var backbone = new MViTOptions { Form = MViTForm.MaskFeat, PoolsLast = false, Width = 8, Depth = 6, Frames = 4 };

        return new(() => new MViTV2S(backbone, _run), options, _run);
    }

    private static Batch Clips() => Networks.Batch(Side) with { Views = [Tensors.Normal(41, TestRuns.BatchSize, 3, 4, Side, Side)] };

    /// <summary>40 % of 8 squares, in cuboids of at least one square.</summary>
    private static Tensor Squares(Batch batch)
    {
        var cuboids = new BlockMasking(2, 2) { Moments = Moments, MinPatches = 1, MaxPatches = 4, Tries = 100 };

        return cuboids.Draw(new SampleRandom(_run).Of(batch, TestRuns.Step()), 3).view(-1, Moments, 2, 2);
    }

    private static Tensor Hidden(MaskFeatVideo method, Batch batch, int epoch)
    {
        using var noGradients = no_grad();
        var columns = method.Pictures(batch with { Views = [ones_like(batch.Views[0])] }, TestRuns.Step(epoch));

        return columns.Single(column => column.Title == "masked").Images;
    }
}
