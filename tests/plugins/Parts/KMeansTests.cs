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
}
