using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class SphericalKMeansTests
{
    [Fact]
    public void Cluster_TwoGroups_FindsTheirDirections()
    {
        var samples = Tensors.Matrix([1, 0], [0.8f, 0.6f], [0.8f, -0.6f], [0, 1]);

        var (centroids, assignments) = SphericalKMeans.Cluster(samples, Tensors.Matrix([1, 0], [0, 1]), iterations: 5);

        Assert.Equal([0, 0, 0, 1], Tensors.Integers(assignments));
        Tensors.AssertClose(Tensors.Matrix([1, 0], [0, 1]), centroids);   // the mean of the first three is (2.6 / 3, 0)
    }

    [Fact]
    public void Cluster_CentroidWithoutMembers_StaysWhereItIs()
    {
        var samples = Tensors.Matrix([1, 0], [0.6f, 0.8f]);

        var (centroids, assignments) = SphericalKMeans.Cluster(samples, Tensors.Matrix([1, 0], [-1, 0]), iterations: 3);

        Assert.Equal([0, 0], Tensors.Integers(assignments));
        Tensors.AssertClose(Tensors.Matrix([-1, 0]), centroids[1..]);
    }

    [Fact]
    public void Cluster_MoreSamplesThanAChunk_AreAllAssigned()
    {
        var centroids = Tensors.UnitRows(1, 2000, 3);   // chunks of 4194 rows
        var samples = centroids.repeat(3, 1);

        var (_, assignments) = SphericalKMeans.Cluster(samples, centroids, iterations: 0);

        Assert.Equal(Enumerable.Repeat(Enumerable.Range(0, 2000).Select(i => (long)i), 3).SelectMany(i => i), Tensors.Integers(assignments));
    }

    [Fact]
    public void Cluster_LeavesItsArgumentsAlone()
    {
        var (samples, first) = (Tensors.UnitRows(1, 20, 4), Tensors.UnitRows(2, 3, 4));
        var before = Tensors.Values(first);

        SphericalKMeans.Cluster(samples, first, iterations: 2);

        Assert.Equal(before, Tensors.Values(first));
    }

    [Fact]
    public void RandomMembers_EnoughSamples_AreDifferentOnes()
    {
        var samples = arange(10, dtype: float32).view(10, 1);

        var members = Tensors.Values(SphericalKMeans.RandomMembers(samples, 6, new Generator(3)));

        Assert.Equal(6, members.Distinct().Count());
        Assert.NotEqual([0, 1, 2, 3, 4, 5], members);
    }

    [Fact]
    public void RandomMembers_MoreClustersThanSamples_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SphericalKMeans.RandomMembers(ones([4, 1]), 5, new Generator(3)));
}
