using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class EmptyClustersTests
{
    [Theory]
    [InlineData(0, 1)]      // sizes minus one: 0, 2, 0, 1
    [InlineData(0.66, 1)]
    [InlineData(0.67, 3)]
    [InlineData(0.999, 3)]
    public void DrawDonor_IsInProportionToTheSizeMinusOne(double uniform, int expected) =>
        Assert.Equal(expected, EmptyClusters.DrawDonor([1, 3, 0, 2], uniform));

    [Fact]
    public void DrawDonor_NoClusterOfTwo_IsAFault() =>
        Assert.Contains("at least as many samples as clusters", Assert.Throws<ArgumentException>(() => EmptyClusters.DrawDonor([1, 0, 1], 0.5)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Split_ByHand_MovesBothApartAndSharesTheSamples()
    {
        var (centroids, sizes) = (Tensors.Matrix([1024, 2048], [7, 7]), new long[] { 5, 0 });

        EmptyClusters.Split(centroids, sizes, _ => 0);

        Assert.Equal([1023, 2050, 1025, 2046], Tensors.Values(centroids));
        Assert.Equal([3, 2], sizes);
    }

    [Fact]
    public void Split_AnotherShift_MovesSoFar()
    {
        var (centroids, sizes) = (Tensors.Matrix([8, 8], [7, 7]), new long[] { 5, 0 });

        EmptyClusters.Split(centroids, sizes, _ => 0, shift: 0.25);

        Assert.Equal([6, 10, 10, 6], Tensors.Values(centroids));
    }

    [Fact]
    public void Halve_AnotherShift_MovesSoFar()
    {
        var (centroids, sizes, assignments) = (Tensors.Matrix([8, 8], [7, 7]), new long[] { 3, 0 }, tensor(new long[] { 0, 0, 0 }));

        EmptyClusters.Halve(centroids, sizes, assignments, _ => 0, shift: 0.5);

        Assert.Equal([8.5f, 7.5f, 7.5f, 8.5f], Tensors.Values(centroids));
        Assert.Equal([1, 1, 0], Tensors.Integers(assignments));   // the size of the donor says two
    }

    [Fact]
    public void Fill_AllInOneCluster_LeavesNoneEmpty()
    {
        var (centroids, assignments) = (Tensors.Normal(1, 9, 3), zeros([20], dtype: int64));

        EmptyClusters.Fill(centroids, assignments, new CounterRandom(1, 0, 0, RandomPurpose.Clustering));

        Assert.Equal(9, Tensors.Integers(assignments).Distinct().Count());
    }

    [Fact]
    public void Fill_NoneEmpty_ChangesNothing()
    {
        var (centroids, assignments) = (Tensors.Normal(1, 3, 2), tensor(new long[] { 2, 0, 1, 1 }));
        var before = Tensors.Values(centroids);

        EmptyClusters.Fill(centroids, assignments, new CounterRandom(1, 0, 0, RandomPurpose.Clustering));

        Assert.Equal(before, Tensors.Values(centroids));
        Assert.Equal([2, 0, 1, 1], Tensors.Integers(assignments));
    }

    [Fact]
    public void Fill_FewerSamplesThanClusters_IsAFault() => Assert.Throws<ArgumentOutOfRangeException>(
        () => EmptyClusters.Fill(Tensors.Normal(1, 3, 2), zeros([2], dtype: int64), new CounterRandom(1, 0, 0, RandomPurpose.Clustering)));
}
