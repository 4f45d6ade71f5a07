using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class ClusterAgreementTests
{
    [Fact]
    public void Measures_SamePartitionUnderOtherNames_AreOne()
    {
        var agreement = Of([0, 0, 1, 1, 2], [7, 7, 3, 3, 5]);

        Assert.All(
            [agreement.ArithmeticNmi, agreement.GeometricNmi, agreement.AdjustedMutualInformation, agreement.AdjustedRandIndex, agreement.Purity],
            value => Assert.Equal(1, value, 1e-12));
    }

    [Fact]
    public void Measures_ByHand_OfAnIndependentSquare()
    {
        var agreement = Of([0, 0, 1, 1], [0, 1, 0, 1]);   // every pair of labels once: nothing in common

        Assert.Equal((0.0, 0.0, 0.5), (agreement.ArithmeticNmi, agreement.GeometricNmi, agreement.Purity));
        Assert.Equal(-0.5, agreement.AdjustedRandIndex, 1e-12);               // (0 - 2 * 2 / 6) / (2 - 2 * 2 / 6)
        Assert.Equal(-0.5, agreement.AdjustedMutualInformation, 1e-12);       // E[MI] = ln 2 / 3, H = ln 2: (0 - 1/3) / (1 - 1/3)
    }

    [Fact]
    public void Measures_Purity_LooksAtTheClassesOfEachCluster()
    {
        long[] fine = [0, 1, 2, 3], coarse = [0, 0, 0, 1];

        Assert.Equal(1, Of(fine, coarse).Purity);
        Assert.Equal(0.5, Of(coarse, fine).Purity);
        Assert.Equal(Of(fine, coarse).ArithmeticNmi, Of(coarse, fine).ArithmeticNmi, 1e-12);
        Assert.True(Of(fine, coarse).GeometricNmi > Of(fine, coarse).ArithmeticNmi);   // unless the entropies are equal
    }

    [Fact]
    public void Measures_OneClusterOfAll_SayNothing()
    {
        var agreement = Of([0, 0, 0, 0], [0, 1, 0, 1]);

        Assert.Equal((0.0, 0.0, 0.5), (agreement.ArithmeticNmi, agreement.GeometricNmi, agreement.Purity));
        Assert.Equal(0, Of([0, 1, 0, 1], [0, 0, 0, 0]).GeometricNmi);
        Assert.Equal(0, agreement.AdjustedRandIndex, 1e-12);
        Assert.Equal(0, agreement.AdjustedMutualInformation, 1e-12);
        Assert.Equal(1, Of([0, 0], [4, 4]).ArithmeticNmi);   // as scikit-learn: the same partition
        Assert.Equal(1, Of([0, 0], [4, 4]).GeometricNmi);
    }

    [Fact]
    public void Measures_ByHand_OfATableWithUnequalClasses()
    {
        var agreement = Of([0, 0, 1, 1], [2, 2, 2, 5]);   // cells 2, 1, 1; other classes are empty

        var common = (0.5 * Math.Log(4 / 3.0)) + (0.25 * Math.Log(2 / 3.0)) + (0.25 * Math.Log(2));
        var classes = (0.75 * Math.Log(4 / 3.0)) + (0.25 * Math.Log(4));
        Assert.Equal(2 * common / (Math.Log(2) + classes), agreement.ArithmeticNmi, 1e-12);
        Assert.Equal(common / Math.Sqrt(Math.Log(2) * classes), agreement.GeometricNmi, 1e-12);
        Assert.Equal(0.75, agreement.Purity);
        Assert.Equal(0, agreement.AdjustedRandIndex, 1e-12);           // 1 common pair, and 2 x 3 / 6 = 1 by chance
        Assert.Equal(0, agreement.AdjustedMutualInformation, 1e-12);   // so are all tables of these sizes
    }

    [Fact]
    public void Measures_RandomLabels_AreAdjustedToZero()
    {
        using var generator = new Generator(3);
        var (a, b) = (randint(0, 40, [400], dtype: int64, generator: generator), randint(0, 8, [400], dtype: int64, generator: generator));

        var agreement = new ClusterAgreement(a, b);

        Assert.InRange(agreement.ArithmeticNmi, 0.08, 0.3);   // grows with the number of clusters
        Assert.Equal(0, agreement.AdjustedMutualInformation, 0.05);
        Assert.Equal(0, agreement.AdjustedRandIndex, 0.05);
    }

    [Fact]
    public void Measures_OtherShapes_AreRefused() => Assert.Contains(
        "'clusters' has the shape [2], 'classes' [3]", Assert.Throws<ArgumentException>(() => Of([0, 1], [0, 1, 1])).Message, StringComparison.Ordinal);

    [Fact]
    public void Histogram_ByHand()
    {
        var spread = ClusterHistogram.Of(tensor(new long[] { 0, 0, 2, 2, 2, 2, 0, 0 }), clusters: 4);

        Assert.Equal((Math.Log(2), 2, 0.5), (spread.Entropy, spread.Empty, spread.LargestShare));
    }

    [Fact]
    public void PlusPlus_FarGroups_GetACentroidEach()
    {
        var groups = eye(5, 8).repeat(20, 1) * 10;   // 100 samples in five places

        for (var seed = 0; seed < 10; seed++)
        {
            var chosen = KMeansPlusPlus.Choose(groups, 5, new CounterRandom(seed, 0, 0, RandomPurpose.Clustering));

            Assert.Equal([10, 10, 10, 10, 10], Tensors.Values(chosen.sum([0])).Take(5).Select(value => (double)value));
        }
    }

    [Fact]
    public void PlusPlus_AllSamplesEqual_StillGivesThem()
    {
        var chosen = KMeansPlusPlus.Choose(ones(3, 2), 3, new CounterRandom(0, 0, 0, RandomPurpose.Clustering));

        Assert.Equal([3L, 2], chosen.shape);
    }

    private static ClusterAgreement Of(long[] clusters, long[] classes) => new(tensor(clusters), tensor(classes));
}
