using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class KMeansTests
{
    [Fact]
    public void Cluster_TwoPairs_ConvergesToTheirMeans()
    {
        var samples = Tensors.Matrix([0, 0], [0, 2], [10, 0], [10, 4]);

        var (centroids, assignments) = KMeans.Cluster(samples, samples.narrow(0, 1, 2), iterations: 3);

        Assert.Equal([0, 0, 1, 1], Tensors.Integers(assignments));
        Assert.Equal([0, 1, 10, 2], Tensors.Values(centroids));
    }

    [Fact]
    public void Nearest_ByHand_IsEuclideanNotTheLargestProduct()
    {
        var nearest = KMeans.Nearest(Tensors.Matrix([1, 0]), Tensors.Matrix([9, 0], [0.5f, 0]));

        Assert.Equal([1], Tensors.Integers(nearest));
    }

    [Fact]
    public void Means_EmptyCluster_KeepsWhatItIsGiven()
    {
        var means = KMeans.Means(Tensors.Matrix([2, 4], [4, 0]), tensor(new long[] { 2, 2 }), Tensors.Matrix([7, 7], [8, 8], [9, 9]));

        Assert.Equal([7, 7, 8, 8, 3, 2], Tensors.Values(means));
    }

    [Fact]
    public void Cluster_MoreIterations_NeverRaiseTheDistortion()
    {
        var samples = Tensors.Normal(3, 200, 4);
        double Distortion(int iterations)
        {
            var (centroids, assignments) = KMeans.Cluster(samples, samples.narrow(0, 0, 7), iterations);

            return (samples - centroids.index_select(0, assignments)).square().sum().item<float>();
        }

        double[] distortions = [.. Enumerable.Range(0, 8).Select(Distortion)];

        Assert.Equal(distortions.OrderDescending(), distortions);
    }

    [Fact]
    public void Nearest_OfSeveralBlocks_IsThatOfAllDistances()
    {
        var (samples, centroids) = (Tensors.Normal(3, 9000, 2), Tensors.Normal(4, 1000, 2));   // blocks of 8388 rows

        var nearest = KMeans.Nearest(samples, centroids);

        var own = (samples - centroids.index_select(0, nearest)).square().sum(1);
        Assert.True(own.le(cdist(samples, centroids).square().amin([1]) + 1e-4).all().item<bool>());
    }

    [Fact]
    public void SquaredDistances_ByHand() => Assert.Equal([4, 25], Tensors.Values(
        KMeans.SquaredDistances(Tensors.Matrix([0, 2], [3, 4]), Tensors.Matrix([0, 0], [9, 9]), tensor(new long[] { 0, 0 }))));

    [Fact]
    public void Cluster_Repair_SeesMeansAndSizesOfEveryRound()
    {
        List<long[]> sizes = [];
        var samples = Tensors.Matrix([0, 0], [0, 2], [10, 0], [10, 4]);

        var (centroids, assignments) = KMeans.Cluster(samples, Tensors.Matrix([5, 1], [900, 0]), iterations: 2, (means, counts) =>
        {
            sizes.Add([.. counts]);
            EmptyClusters.Split(means, counts, _ => 0);
        });

        Assert.Equal([[4, 0], [2, 2]], sizes);   // the empty one takes over a part: its first coordinate is the larger one
        Assert.Equal([0, 0, 1, 1], Tensors.Integers(assignments));
        Assert.Equal([0, 1, 10, 2], Tensors.Values(centroids));
    }

    [Fact]
    public void ClusterAll_SameKey_IsTheSame_AndUsesEveryCluster()
    {
        var samples = cat([Tensors.Normal(3, 30, 4), full([30, 4], 2f)], 0);   // half of them are equal

        var first = KMeans.ClusterAll(samples, 12, iterations: 5, new(1, 0, 0, RandomPurpose.Clustering));
        var second = KMeans.ClusterAll(samples, 12, iterations: 5, new(1, 0, 0, RandomPurpose.Clustering));

        Assert.Equal(Tensors.Integers(first.Assignments), Tensors.Integers(second.Assignments));
        Assert.InRange(Tensors.Integers(first.Assignments).Distinct().Count(), 10, 12);
    }
}
