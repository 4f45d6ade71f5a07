using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class SoftTargetsTests
{
    [Fact]
    public void Similarities_TwoCandidates_IsHandValue()
    {
        var k = Tensors.Matrix([3, 0]);
        var candidates = Tensors.Matrix([1, 0], [0, 1]);

        var p = SoftTargets.Similarities(k, candidates, temperature: 0.5);

        var first = (float)(Math.Exp(2) / (Math.Exp(2) + 1));
        Tensors.AssertClose([first, 1 - first], Tensors.Values(p));
    }

    [Fact]
    public void Similarities_LowerTemperature_IsSharper()
    {
        var (k, queue) = (Tensors.Normal(1, 6, 8), Tensors.UnitRows(2, 20, 8));

        var sharp = Neighbourhood.Of(k, queue, 0.04).Confidence(20);
        var flat = Neighbourhood.Of(k, queue, 0.1).Confidence(20);

        Assert.True((sharp > flat).all().item<bool>());
    }

    [Fact]
    public void Confidence_UniformAndCertain_AreZeroAndOne()
    {
        var queue = Tensors.Matrix([1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0]);
        var k = Tensors.Matrix([0, 0, 1], [1, 0, 0], [1, 1, 0]);   // as far from all, on one, between two

        Tensors.AssertClose([0, 1, 0.5f], Tensors.Values(Neighbourhood.Of(k, queue, 0.02).Confidence(4)), tolerance: 1e-4);
    }

    [Theory]
    [InlineData(6, 20)]        // written out
    [InlineData(300, 2000)]    // fused
    public void Of_StatisticsOfARow_AreThoseOfItsDistribution(long rows, long candidates)
    {
        var (k, queue) = (Tensors.Normal(1, rows, 8), Tensors.UnitRows(2, candidates, 8));

        var neighbours = Neighbourhood.Of(k, queue, 0.1);

        var p = SoftTargets.Similarities(k, queue, 0.1);
        Tensors.AssertClose(p.matmul(queue), neighbours.Expected);
        Tensors.AssertClose(PlainLosses.Confidence(p, candidates), neighbours.Confidence(candidates), tolerance: 1e-5);
    }

    [Theory]
    [InlineData(6, 20)]
    [InlineData(600, 1000)]
    public void OfOthers_WithAndWithoutQueue_IsTheSampledDistribution(long rows, long candidates)
    {
        var (k, queue) = (Tensors.Normal(1, rows, 8), Tensors.UnitRows(2, candidates, 8));
        var keys = F.normalize(k);

        Tensors.AssertClose(SoftTargets.SampleOfOthers(k, null, 0.1).matmul(keys), Neighbourhood.OfOthers(k, null, 0.1).Expected);
        Tensors.AssertClose(
            SoftTargets.SampleOfOthers(k, queue, 0.1).matmul(cat([keys, queue], 0)), Neighbourhood.OfOthers(k, queue, 0.1).Expected);
        Tensors.AssertClose(zeros([rows]), SoftTargets.SampleOfOthers(k, queue, 0.1).diagonal());
    }

    [Fact]
    public void Confidence_OneCandidate_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Neighbourhood.Of(ones([3, 2]), ones([1, 2]), 0.1).Confidence(1));

    [Fact]
    public void Sample_LargeQueue_TakesTheFirstRows()
    {
        var (k, queue) = (Tensors.Normal(1, 40, 4), Tensors.UnitRows(2, 131_072, 4));

        var sample = SoftTargets.Sample(k, queue, 0.1);

        Assert.Equal([16L, 131_072L], sample.shape);
        Tensors.AssertClose(SoftTargets.Similarities(k.narrow(0, 0, 16), queue, 0.1), sample);
    }
}
