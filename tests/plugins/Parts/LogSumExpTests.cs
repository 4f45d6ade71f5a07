using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

/// <summary>The denominator of contrastive losses and its gradients, against the written-out form in float64. Shapes from 512 x 512 on take fused
/// attention.</summary>
public sealed class LogSumExpTests
{
    public static TheoryData<long, long, long, double> Shapes => new()
    {
        { 512, 512, 128, 0.1 },
        { 512, 512, 128, 0.01 },
        { 512, 512, 128, 100 },
        { 777, 1030, 20, 0.2 },      // width no multiple of 8, rows no multiple of a block
        { 1, 270_000, 7, 0.07 },     // one row
        { 3, 100_003, 33, 0.2 },
        { 2_500, 130, 16, 0.5 },     // more rows than keys
        { 5, 9, 4, 0.2 },            // written out
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Over_AllKeys_IsTheWrittenOutForm(long rows, long keys, long width, double temperature) =>
        AssertWrittenOut(Tensors.UnitRows(1, rows, width), Tensors.UnitRows(2, keys, width), temperature, []);

    [Theory]
    [InlineData(600, 0.1)]
    [InlineData(1500, 0.02)]
    [InlineData(1500, 0.005)]    // exponentials leave float32: fused attention instead of tiles
    [InlineData(2049, 0.5)]
    public void Over_OwnEmbeddingLeftOut_IsTheWrittenOutForm(long rows, double temperature) =>
        AssertWrittenOut(Tensors.UnitRows(1, rows, 24), null, temperature, [new(0, 0, rows)]);

    [Theory]
    [InlineData(300)]
    [InlineData(1200)]
    public void Over_WholeImageLeftOut_IsTheWrittenOutForm(long images) => AssertWrittenOut(
        Tensors.UnitRows(1, 2 * images, 24), null, temperature: 0.1, [new(0, 0, 2 * images), new(0, images, images), new(images, 0, images)]);

    [Theory]
    [InlineData(700, 2000)]
    [InlineData(2000, 1100)]
    public void Over_PieceLeftOutOfOtherKeys_IsTheWrittenOutForm(long rows, long keys) =>
        AssertWrittenOut(Tensors.UnitRows(1, rows, 24), Tensors.UnitRows(2, keys, 24), temperature: 0.1, [new(100, 37, 513)]);

    [Fact]
    public void Over_OwnEmbeddingLeftOutOfOtherKeys_IsTheWrittenOutForm() =>
        AssertWrittenOut(Tensors.UnitRows(1, 1500, 24), Tensors.UnitRows(2, 1500, 24), temperature: 0.1, [new(0, 0, 1500)]);

    [Fact]
    public void Over_NeighbouringDiagonals_IsTheWrittenOutForm() =>
        AssertWrittenOut(Tensors.UnitRows(1, 520, 8), null, temperature: 0.3, [new(0, 0, 520), new(0, 7, 513)]);

    [Fact]
    public void Over_TransposedInputs_AreReadAsTheyAre()
    {
        var (q, k) = (Tensors.UnitRows(1, 600, 40), Tensors.UnitRows(2, 700, 40));
        var (across, narrow) = (q.t().contiguous().t(), cat([k, k], 1).narrow(1, 0, 40));

        Tensors.AssertClose(LogSumExp.Over(q, k, 0.1), LogSumExp.Over(across, narrow, 0.1), tolerance: 1e-6);
    }

    [Fact]
    public void Over_UnderAutocast_StaysFloat32()
    {
        var (q, k) = (Tensors.UnitRows(1, 600, 32), Tensors.UnitRows(2, 700, 32));
        using var autocast = Autocast.Enter(CPU, bfloat16);

        var result = LogSumExp.Over(q, k, 0.05);

        Assert.Equal(float32, result.dtype);
        Tensors.AssertClose(LogSumExp.Over(q, k, 0.05), result, tolerance: 1e-6);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(600)]
    public void Over_NoKeys_IsMinusInfinity_AndAddsNothing(long rows)
    {
        var q = Tensors.Leaf(Tensors.UnitRows(1, rows, 8));
        var positives = q.sum(1);

        var total = logaddexp(positives, LogSumExp.Over(q, zeros([0, 8]), 0.1));
        total.sum().backward();

        Tensors.AssertClose(positives.detach(), total.detach());
        Tensors.AssertClose(ones_like(q), q.grad!);
    }

    [Fact]
    public void Over_KeysWithoutGradient_DifferentiatesQueriesOnly_AndMayChangeAfterwards()
    {
        var (q, queue) = (Tensors.Leaf(Tensors.UnitRows(1, 600, 16)), Tensors.UnitRows(2, 800, 16));
        var expected = Gradients(q.detach(), queue.clone(), 0.1, [], ones([600]), float64).Queries;

        var loss = LogSumExp.Over(q, queue, 0.1).sum();
        queue.zero_();   // what follows the loss of a step, such as a queue that takes in keys, does not reach its gradient
        loss.backward();

        AssertNear(expected, q.grad!);
        Assert.Null(queue.grad);
    }

    [Fact]
    public void Over_BatchOfMoreTilesThanAreKept_IsThatOverACopyOfItself()
    {
        var (z, copy) = (Tensors.Leaf(Tensors.UnitRows(1, 5_700, 16)), Tensors.Leaf(Tensors.UnitRows(1, 5_700, 16)));
        var own = new Diagonal(0, 0, 5_700);

        LogSumExp.Over(z, z, 0.2, own).mean().backward();         // by tiles
        LogSumExp.Over(copy, copy * 1, 0.2, own).mean().backward();   // other keys, as far as can be seen: by fused attention

        AssertNear(copy.grad!.to(float64), z.grad!);
    }

    [Fact]
    public void Over_TwoLosses_Accumulate()
    {
        var q = Tensors.Leaf(Tensors.UnitRows(1, 600, 16));

        LogSumExp.Over(q, q, 0.1, new Diagonal(0, 0, 600)).sum().backward();
        var once = q.grad!.clone();
        LogSumExp.Over(q, q, 0.1, new Diagonal(0, 0, 600)).sum().backward();

        Tensors.AssertClose(once * 2, q.grad!, tolerance: 1e-6);
    }

    [Fact]
    public void Over_OtherWidth_NamesBoth()
    {
        var fault = Assert.Throws<ArgumentException>(() => LogSumExp.Over(zeros([2, 4]), zeros([2, 5]), 0.1));

        Assert.Contains("[2, 4]", fault.Message, StringComparison.Ordinal);
        Assert.Contains("[2, 5]", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(600)]
    public void Over_Bfloat16_NamesTheArgument_AndWhatMakesFloat32(long rows)
    {
        var (z, half) = (Tensors.UnitRows(1, rows, 8), Tensors.UnitRows(1, rows, 8).to(bfloat16));

        var ofQueries = Assert.Throws<ArgumentException>("queries", () => LogSumExp.Over(half, z, 0.1));
        var ofKeys = Assert.Throws<ArgumentException>("keys", () => LogSumExp.Over(z, half, 0.1));

        Assert.Contains("BFloat16; expected float32", ofQueries.Message, StringComparison.Ordinal);
        Assert.Contains("Rows.Unit", ofKeys.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Over_PiecesThatOverlap_AreRefused()
    {
        var z = Tensors.UnitRows(1, 20, 8);

        var fault = Assert.Throws<ArgumentException>("leftOut", () => LogSumExp.Over(z, z, 0.1, new Diagonal(0, 2, 10), new Diagonal(9, 11, 5)));

        Assert.Contains("Row = 9", fault.Message, StringComparison.Ordinal);
        Assert.Equal([20], LogSumExp.Over(z, z, 0.1, new Diagonal(0, 2, 9), new Diagonal(9, 11, 5), new Diagonal(0, 0, 20)).shape);
    }

    /// <summary>Value and both gradients; keys that are null are the queries themselves. Weights of both signs stand for what follows in a loss.</summary>
    private static void AssertWrittenOut(Tensor queries, Tensor? keys, double temperature, Diagonal[] leftOut)
    {
        var weights = Tensors.Normal(3, queries.shape[0]);
        var q = Tensors.Leaf(queries);
        var k = keys is null ? q : Tensors.Leaf(keys);
        var expected = Gradients(queries, keys, temperature, leftOut, weights, float64);
        var single = Gradients(queries, keys, temperature, leftOut, weights, float32);

        var actual = LogSumExp.Over(q, k, temperature, leftOut);
        (actual * weights).sum().backward();

        AssertNear(expected.Value, actual, single.Value);
        AssertNear(expected.Queries, q.grad!, single.Queries);
        if (keys is not null)
        {
            AssertNear(expected.Keys!, k.grad!, single.Keys);
        }
    }

    private static (Tensor Value, Tensor Queries, Tensor? Keys) Gradients(
        Tensor queries, Tensor? keys, double temperature, Diagonal[] leftOut, Tensor weights, ScalarType type)
    {
        var q = Tensors.Leaf(queries.to(type));
        var k = keys is null ? q : Tensors.Leaf(keys.to(type));
        var mask = zeros([q.shape[0], k.shape[0]], dtype: @bool);
        foreach (var piece in leftOut)
        {
            mask.narrow(0, piece.Row, piece.Length).narrow(1, piece.Key, piece.Length).diagonal().fill_(true);
        }

        var value = (q.matmul(k.t()) / temperature).masked_fill(mask, double.NegativeInfinity).logsumexp(1);
        (value * weights.to(type)).sum().backward();

        return (value, q.grad!, keys is null ? null : k.grad);
    }

    /// <summary>Equal to 1e-5 of the largest entry, or twice what the written-out form in float32 loses: sums over very many keys lose more.</summary>
    private static void AssertNear(Tensor expected, Tensor actual, Tensor? single = null)
    {
        var allowed = 1e-5 * expected.abs().max().item<double>();
        allowed = single is null ? allowed : Math.Max(allowed, 2 * Worst(expected, single));

        Assert.True(Worst(expected, actual) <= allowed, $"differs by {Worst(expected, actual)}; {allowed} is allowed");
    }

    private static double Worst(Tensor expected, Tensor actual) => (expected - actual.to(float64)).abs().max().item<double>();
}
