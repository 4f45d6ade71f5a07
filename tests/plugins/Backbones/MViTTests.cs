using System.Globalization;
using Parallax.Contracts;
using Parallax.Plugins.Backbones;

namespace Parallax.Plugins.Tests.Backbones;

/// <summary>MViTv2-S: its blocks, its relative positions, its tokens.</summary>
public sealed class MViTTests
{
    private static readonly RunInfo _run = TestRuns.Of() with { ImageSize = 32 };
    private static readonly MViTOptions _small = new() { Width = 8, Depth = 6, Frames = 4 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Parameters_OfMaskFeatsBlocks_AreAsManyAsInTheAuthorsCode(bool poolsLast)
    {
        using var scope = NewDisposeScope();
        long[] expected =
        [
            198_528, 465_216, 686_976, .. Enumerable.Repeat(1_789_440L, 10), 2_675_328, 7_102_848, poolsLast ? 7_100_160 : 7_102_848,
        ];

        using var network = new MViTV2S(new() { Form = MViTForm.MaskFeat, PoolsLast = poolsLast }, _run with { ImageSize = 224 });

        var blocks = network.named_parameters().Where(entry => entry.name.StartsWith("blocks.", StringComparison.Ordinal))
            .GroupBy(entry => int.Parse(entry.name.Split('.')[1], CultureInfo.InvariantCulture)).OrderBy(block => block.Key)
            .Select(block => block.Sum(entry => entry.parameter.numel()));
        Assert.Equal(expected, blocks);
        Assert.Equal(42_432, network.get_parameter("conv_proj.weight")!.numel() + network.get_parameter("conv_proj.bias")!.numel());
    }

    [Fact]
    public void Blocks_OfMViTV2S_AreThePapers()
    {
        var blocks = MViTShape.Blocks(new(), 224).ToList();

        Assert.Equal([96, 96, 192, 192, .. Enumerable.Repeat(384L, 11), 768], blocks.Select(block => block.Inputs));
        Assert.Equal([96, 192, 192, .. Enumerable.Repeat(384L, 11), 768, 768], blocks.Select(block => block.Outputs));
        Assert.Equal([1, 2, 2, .. Enumerable.Repeat(4L, 11), 8, 8], blocks.Select(block => block.Heads));
        Assert.Equal([1, 2, 1, 2, .. Enumerable.Repeat(1L, 10), 2, 1], blocks.Select(block => block.QueryStride));
        Assert.Equal([8, 4, 4, .. Enumerable.Repeat(2L, 11), 1, 1], blocks.Select(block => block.KeyStride));
    }

    [Theory]
    [InlineData(3, 3, new long[] { 2, 1, 0, 3, 2, 1, 4, 3, 2 })]
    [InlineData(2, 4, new long[] { 3, 2, 1, 0, 5, 4, 3, 2 })]   // a query counts for two keys
    [InlineData(4, 2, new long[] { 2, 0, 3, 1, 4, 2, 5, 3 })]   // a key counts for two queries
    public void Displacements_OfQueriesAndKeys_CountInStepsOfTheFinerOne(int queries, int keys, long[] expected) =>
        Assert.Equal(expected, RelativeClipPositions.Displacements(queries, keys));

    [Fact]
    public void Columns_BesideQueriesAndKeys_AddTheVectorsOfAllThreeDisplacements()
    {
        using var scope = NewDisposeScope();
        var (of, to) = (new ClipGrid(2, 2, 2), new ClipGrid(2, 1, 2));
        var queries = Tensors.Normal(1, 1, 1, 9, 3);
        Tensor time = Tensors.Normal(2, 3, 3), rows = Tensors.Normal(3, 3, 3), columns = Tensors.Normal(4, 3, 3);

        var (ofQueries, ofKeys) = RelativeClipPositions.Columns(queries, of, to, time, rows, columns);

        var added = ofQueries[0, 0].matmul(ofKeys.transpose(0, 1));   // [9, 5]
        Assert.Equal(0, added[0].abs().sum().item<float>());           // the class token has no position
        Assert.Equal(0, added[.., 0].abs().sum().item<float>());
        var query = queries[0, 0, 1 + 4 + 2 + 1];                      // frame 1, row 1, column 1
        var expected = query.dot(time[2]) + query.dot(rows[1]) + query.dot(columns[2]);   // to frame 0, row 0 of a coarser grid, column 0
        Assert.Equal(expected.item<float>(), added[8, 1].item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Resize_ATable_InterpolatesBetweenItsRows()
    {
        var resized = RelativeClipPositions.Resize(tensor(new[] { 0f, 2f, 4f }).view(3, 1), 6);

        Tensors.AssertClose([0, 0.5f, 1.5f, 2.5f, 3.5f, 4], Tensors.Values(resized.squeeze(1)));   // by hand: centres of rows, held at both ends
    }

    [Theory]
    [InlineData(MViTForm.Supervised)]
    [InlineData(MViTForm.MaskFeat)]
    public void Call_OtherClips_InterpolatesItsTables(MViTForm form)
    {
        using var scope = NewDisposeScope();
        using var network = new MViTV2S(_small with { Form = form }, _run);
        network.eval();

        var features = network.call(Tensors.Normal(1, 2, 3, 7, 40, 40));
        features.sum().backward();

        Assert.Equal([2, 64], features.shape);
        Tensors.AssertFinite(features);
        Assert.All(network.named_parameters(), entry => Assert.NotNull(entry.parameter.grad));
    }

    [Fact]
    public void Encode_EmbeddedPatches_GivesTheTokensOfTheLastGrid()
    {
        using var scope = NewDisposeScope();
        using var network = new MViTV2S(_small with { Form = MViTForm.MaskFeat, PoolsLast = false }, _run);
        network.eval();
        var clips = Tensors.Normal(1, 2, 3, 4, 32, 32);

        var patches = network.EmbedPatches(clips);
        var tokens = network.Encode(patches);

        Assert.Equal([2, 2, 8, 8, 8], patches.shape);
        Assert.Equal([2, 1 + (2 * 2 * 2), 64], tokens.shape);   // a stride of 16
        Assert.Equal((2, 16), (network.TokenFrames, network.TokenStride));
        Tensors.AssertClose(network.call(clips), network.Pool(tokens));
    }

    [Fact]
    public void Call_EvalMode_DoesNotDependOnOtherClips()
    {
        using var scope = NewDisposeScope();
        using var network = new MViTV2S(_small, _run);
        network.eval();
        var clips = Tensors.Normal(1, 3, 3, 4, 32, 32);

        Tensors.AssertClose(network.call(clips)[1..2], network.call(clips[1..2]));
    }
}
