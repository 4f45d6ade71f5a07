using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class BankNegativesTests
{
    private static readonly Tensor _bank = Tensors.UnitRows(3, 50, 6).DetachFromDisposeScope(), _q = Tensors.Normal(4, 5, 6).DetachFromDisposeScope();

    [Theory]
    [InlineData(NegativeSampler.SemiHard, 0, 20)]
    [InlineData(NegativeSampler.SemiEasy, 30, 50)]
    [InlineData(NegativeSampler.Hard, 0, 8)]
    [InlineData(NegativeSampler.Random, 0, 50)]
    public void Choose_EachSampler_StaysInItsPartOfTheRanking(NegativeSampler sampler, int first, int end)
    {
        var negatives = Rows(sampler);

        var ranking = Tensors.Integers(_q.matmul(_bank.t()).argsort(1, descending: true)).Chunk(50).ToArray();
        for (var query = 0; query < 5; query++)
        {
            Assert.Equal(8, negatives[query].Distinct().Count());
            Assert.Subset(ranking[query][first..end].ToHashSet(), negatives[query].ToHashSet());
        }
    }

    [Fact]
    public void Choose_ManySteps_ReachesThePoolEvenly()
    {
        var counts = Enumerable.Range(0, 500).SelectMany(step => Rows(NegativeSampler.SemiHard, (ulong)step)[0]).CountBy(row => row).ToList();

        Assert.Equal(20, counts.Count);
        Assert.All(counts, pair => Assert.InRange(pair.Value, 150, 250));   // 500 draws of 8 from 20: 200 each
    }

    [Fact]
    public void Choose_SameGenerator_IsSameDraw() => Assert.Equal(Rows(NegativeSampler.SemiHard), Rows(NegativeSampler.SemiHard));

    [Fact]
    public void Choose_MoreThanThePool_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => BankNegatives.Choose(_q, _bank, NegativeSampler.SemiHard, pool: 4, count: 5, TestRuns.Step()));

    private static long[][] Rows(NegativeSampler sampler, ulong seed = 5) =>
        [.. Tensors.Integers(BankNegatives.Choose(_q, _bank, sampler, sampler == NegativeSampler.Random ? 50 : 20, 8, TestRuns.Step(seed: seed))).Chunk(8)];
}
