using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class UniformClustersTests
{
    [Fact]
    public void Order_UnequalClusters_ShowsAllEquallyOften()
    {
        var members = Members(90, 9, 1, 0);

        var order = Order(members, 100, seed: 1);

        Assert.Equal(100, order.Length);
        int[] shown = [.. members.Select(images => order.Count(images.Contains))];
        Assert.All(shown[..3], count => Assert.InRange(count, 32, 34));   // floor(100 / 3) + 1 of each, two of all are cut
        Assert.Equal(0, shown[3]);
    }

    [Fact]
    public void Order_LargeCluster_RepeatsNoImage()
    {
        var order = Order(Members(90, 9), 60, seed: 1).Where(image => image < 90).ToList();

        Assert.Equal(order.Distinct(), order);
    }

    [Fact]
    public void Order_SameKey_IsTheSame_OtherKeyAnother()
    {
        var members = Members(30, 10);

        Assert.Equal(Order(members, 40, seed: 1), Order(members, 40, seed: 1));
        Assert.NotEqual(Order(members, 40, seed: 1), Order(members, 40, seed: 2));
    }

    [Fact]
    public void Order_NoImages_IsAFault() => Assert.Throws<ArgumentException>(() => Order(Members(0, 0), 4, seed: 1));

    [Fact]
    public void Members_ByHand_AreTheImagesOfEachCluster()
    {
        var members = ClusterSizes.Members(tensor(new long[] { 2, 0, 2, 2 }), 4);

        Assert.Equal([[1], [], [0, 2, 3], []], members);
    }

    [Fact]
    public void Describe_ByHand_CountsEmptyClustersAndTheLargest() => Assert.Equal(
        "2 of 4 clusters are empty, the largest has 75.00 % of the images", ClusterSizes.Describe(tensor(new long[] { 2, 0, 2, 2 }), 4));

    private static long[] Order(long[][] members, long length, long seed)
    {
        var random = new CounterRandom(seed, 0, 0, RandomPurpose.Clustering);

        return UniformClusters.Order(members, length, ref random);
    }

    private static long[][] Members(params int[] sizes)
    {
        var next = 0L;

        return [.. sizes.Select(size => Enumerable.Range(0, size).Select(_ => next++).ToArray())];
    }
}
