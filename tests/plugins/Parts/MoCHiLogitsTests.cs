using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class MoCHiLogitsTests
{
    private const double Temperature = 0.2;
    private const int Queries = 5, Width = 8, Keys = 20, Hardest = 6, Pairs = 9, WithQuery = 7;

    private readonly Tensor _q = Tensors.Normal(1, Queries, Width);
    private readonly Tensor _k = Tensors.Normal(2, Queries, Width);
    private readonly Tensor _queue = Tensors.UnitRows(3, Keys, Width);

    [Fact]
    public void Compute_Identities_EqualDotProductsWithTheVectors()
    {
        var draws = Draws();

        var logits = MoCHiLogits.Compute(_q, _k, _queue, Temperature, Hardest, draws);

        var between = SyntheticNegatives.BetweenNegatives(_queue, logits.Hardest, draws);
        var withQuery = SyntheticNegatives.WithQuery(_q, _queue, logits.Hardest, draws);
        var query = Rows.Unit(_q).unsqueeze(1);   // [B, 1, D]
        Tensors.AssertClose((between * query).sum(2) / Temperature, logits.All.narrow(1, 1 + Keys, Pairs));
        Tensors.AssertClose((withQuery * query).sum(2) / Temperature, logits.All.narrow(1, 1 + Keys + Pairs, WithQuery));
    }

    [Fact]
    public void Compute_Gradient_EqualsThatOfDetachedVectors()
    {
        var draws = Draws();
        var q = Tensors.Leaf(_q);
        var logits = MoCHiLogits.Compute(q, _k, _queue, Temperature, Hardest, draws);
        InfoNCELoss.FromLogits(logits.All).backward();

        var reference = Tensors.Leaf(_q);
        var between = SyntheticNegatives.BetweenNegatives(_queue, logits.Hardest, draws);
        var synthetic = cat([between, SyntheticNegatives.WithQuery(_q, _queue, logits.Hardest, draws)], 1);
        var unit = F.normalize(reference);
        var all = cat([InfoNCELoss.Logits(reference, _k, _queue, Temperature), (synthetic * unit.unsqueeze(1)).sum(2) / Temperature], 1);
        InfoNCELoss.FromLogits(all).backward();

        Tensors.AssertClose(reference.grad!, q.grad!);
    }

    [Fact]
    public void Compute_WithoutSyntheticPoints_IsMoCo()
    {
        var logits = MoCHiLogits.Compute(_q, _k, _queue, Temperature, Hardest, Draws(pairs: 0, withQuery: 0));

        Tensors.AssertClose(InfoNCELoss.Logits(_q, _k, _queue, Temperature), logits.All);
    }

    [Fact]
    public void Compute_PointsMixedWithTheQuery_AreAtLeastAsHardAsTheirNegative()
    {
        var draws = Draws();

        var logits = MoCHiLogits.Compute(_q, _k, _queue, Temperature, Hardest, draws);

        var parents = logits.All.narrow(1, 1, Keys).gather(1, logits.Hardest).gather(1, draws.PickQuery);
        var harder = logits.All.narrow(1, 1 + Keys + Pairs, WithQuery) - parents;
        Assert.All(Tensors.Values(harder), difference => Assert.True(difference > -1e-5));
    }

    [Fact]
    public void Compute_PairOfOneNegative_IsThatNegative()
    {
        var same = Draws() with { PickJ = Draws().PickI };

        var logits = MoCHiLogits.Compute(_q, _k, _queue, Temperature, Hardest, same);

        var parents = logits.All.narrow(1, 1, Keys).gather(1, logits.Hardest).gather(1, same.PickI);
        Tensors.AssertClose(parents, logits.All.narrow(1, 1 + Keys, Pairs));
    }

    [Fact]
    public void Compute_OppositeNegatives_StayWithinTheCosineRange()
    {
        var q = Tensors.Matrix([1, 0]);
        var queue = Tensors.Matrix([1, 0], [-1, 0]);
        var draws = new MoCHiDraws(
            zeros([1, 1], dtype: int64), ones([1, 1], dtype: int64), full([1, 1], 0.5f), zeros([1, 0], dtype: int64), zeros([1, 0]));

        var logits = MoCHiLogits.Compute(q, q, queue, 1, 2, draws);

        Assert.InRange(Tensors.Values(logits.All)[3], -1, 1);
    }

    [Fact]
    public void Compute_FalseNegatives_LeaveLossHardestAndMixing()
    {
        var similar = Rows.Unit(_q).matmul(_queue.t());
        var falseNegatives = similar >= MinimumOfLargest(similar, Hardest);   // exactly the hardest

        var logits = MoCHiLogits.Compute(_q, _k, _queue, Temperature, Hardest, Draws(), falseNegatives);

        Assert.Equal(0, falseNegatives.gather(1, logits.Hardest).to(float32).sum().item<float>());
        Assert.Equal(Queries * Hardest, logits.All.narrow(1, 1, Keys).isinf().to(float32).sum().item<float>());
        Tensors.AssertFinite(logits.All.narrow(1, 1 + Keys, Pairs + WithQuery));
    }

    [Fact]
    public void Compute_OracleLeavesFewerThanN_DropsTheirPointsAndKeepsGradientsFinite()
    {
        var q = Tensors.Leaf(_q);
        var falseNegatives = ones([Queries, Keys], dtype: @bool);   // every key shows the query's class

        var logits = MoCHiLogits.Compute(q, _k, _queue, Temperature, Hardest, Draws(), falseNegatives);
        InfoNCELoss.FromLogits(logits.All).backward();

        Assert.All(Tensors.Values(logits.All.narrow(1, 1 + Keys, Pairs + WithQuery)), value => Assert.True(float.IsNegativeInfinity(value)));
        Tensors.AssertFinite(q.grad!);
    }

    [Fact]
    public void Compute_MorePointsThanHardest_IsAllowed()
    {
        var logits = MoCHiLogits.Compute(_q, _k, _queue, Temperature, hardest: 2, MoCHiDraws.Sample(TestRuns.Step(seed: 4), Queries, 2, 30, 40, CPU));

        Assert.Equal([Queries, 1 + Keys + 30 + 40], logits.All.shape);
        Tensors.AssertFinite(logits.All);
    }

    [Fact]
    public void Sample_Draws_AreInRangeAndReproducible()
    {
        var draws = MoCHiDraws.Sample(TestRuns.Step(seed: 5), 50, Hardest, 40, 40, CPU);
        var again = MoCHiDraws.Sample(TestRuns.Step(seed: 5), 50, Hardest, 40, 40, CPU);

        Assert.All(Tensors.Integers(draws.PickI), pick => Assert.InRange(pick, 0, Hardest - 1));
        Assert.Equal(Hardest, Tensors.Integers(draws.PickQuery).Distinct().Count());
        Assert.All(Tensors.Values(draws.Alpha), alpha => Assert.InRange(alpha, 0, 1));
        Assert.Contains(Tensors.Values(draws.Alpha), alpha => alpha > 0.9f);
        Assert.All(Tensors.Values(draws.Beta), beta => Assert.InRange(beta, 0, 0.5f));
        Assert.Equal(Tensors.Integers(draws.PickJ), Tensors.Integers(again.PickJ));
        Assert.Equal(Tensors.Values(draws.Beta), Tensors.Values(again.Beta));
        Assert.NotEqual(Tensors.Values(draws.Alpha.select(0, 0)), Tensors.Values(draws.Alpha.select(0, 1)));   // each query draws its own
    }

    [Fact]
    public void Hardest_LargestFirst()
    {
        var similarities = Tensors.Matrix([0.1f, 0.9f, -0.5f, 0.3f], [0.4f, 0.2f, 0.8f, 0.6f]);

        Assert.Equal([1, 3, 2, 3], Tensors.Integers(MoCHiLogits.HardestOf(similarities, 2)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Hardest_CountOutOfRange_IsRefused(int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => MoCHiLogits.HardestOf(zeros([2, 4]), count));

    private static MoCHiDraws Draws(int pairs = Pairs, int withQuery = WithQuery) =>
        MoCHiDraws.Sample(TestRuns.Step(seed: 7), Queries, Hardest, pairs, withQuery, CPU);

    private static Tensor MinimumOfLargest(Tensor values, int count) => values.topk(count, 1).values.narrow(1, count - 1, 1);
}
