using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class SLICLossTests
{
    [Fact]
    public void Triplets_ByHand_StandByClusterWithTheNearestOther()
    {
        var z = Tensors.Matrix([1, 0], [0, 1], [1, 0.1f], [0.1f, 1], [-1, 0]);

        var triplets = SLICLoss.Triplets(z, tensor(new long[] { 2, 1, 2, 1, 3 }), margin: 0.2);

        Assert.Equal([1, 3, 2, 0, 2, 3], Tensors.Integers(triplets));
    }

    [Fact]
    public void OfTriplets_ByHand_IsTheMeanOverThem()
    {
        // cosines: (0, 1): 0, (0, 2): -1, so 1 - 2 + 0.2 < 0 for negative 2; d(1, 0) - d(1, 2) + 0.2 = 1 - 1 + 0.2
        var loss = SLICLoss.OfTriplets(Tensors.Matrix([2, 0], [0, 3], [-1, 0]), tensor(new long[] { 0, 1, 2, 1, 0, 2 }).view(2, 3), margin: 0.2);

        Assert.Equal(0.1, loss.item<float>(), 1e-6);
    }

    [Fact]
    public void Triplets_Drawn_AreOfAnotherClusterWithinTheMargin()
    {
        var (z, clusters) = (Tensors.UnitRows(1, 24, 3), arange(12, dtype: int64).remainder(4).repeat(2));
        var distances = 1 - z.mm(z.t());
        var seen = new HashSet<(long, long)>();
        foreach (var draw in Enumerable.Range(0, 20))
        {
            using var generator = new Generator((ulong)draw);

            var triplets = Tensors.Integers(SLICLoss.Triplets(z, clusters, 0.2, rand([24], generator: generator))).Chunk(3).ToList();

            Assert.All(triplets, t =>
            {
                Assert.Equal(clusters[t[0]].item<long>(), clusters[t[1]].item<long>());
                Assert.NotEqual(clusters[t[0]].item<long>(), clusters[t[2]].item<long>());
                Assert.True(distances[t[0], t[2]].item<float>() < distances[t[0], t[1]].item<float>() + 0.2
                    || Nearest(t[0]) == t[2], "the negative is neither within the margin nor the nearest");
            });
            seen.UnionWith(triplets.Where(t => t[0] == 0).Select(t => (t[1], t[2])));
        }

        Assert.True(seen.GroupBy(pair => pair.Item1).Any(pairs => pairs.Count() > 3), "the draws of a pair reach several negatives");

        long Nearest(long anchor) => distances[anchor].masked_fill(clusters.eq(clusters[anchor]), 9).argmin().item<long>();
    }

    [Fact]
    public void Triplets_OneClusterOrNoPair_GiveALossOfZeroWithGradients()
    {
        foreach (var clusters in new[] { zeros(4, dtype: int64), arange(4, dtype: int64) })
        {
            var z = Tensors.Leaf(Tensors.Normal(2, 4, 3));

            var loss = SLICLoss.OfTriplets(z, SLICLoss.Triplets(z, clusters, 0.2), 0.2);
            loss.backward();

            Assert.Equal(0, loss.item<float>());
            Tensors.AssertFinite(z.grad!);
        }
    }

    [Fact]
    public void TemporalDiscrimination_SameFramesNearerByTheMargin_IsZero()
    {
        var (anchor, other) = (Tensors.Matrix([1, 0]), Tensors.Matrix([0, 1]));

        Assert.Equal(0, SLICLoss.TemporalDiscrimination(anchor, anchor * 3, other, 0.04).item<float>());
        Assert.Equal(0.04, SLICLoss.TemporalDiscrimination(anchor, other, other, 0.04).item<float>(), 1e-6);
    }
}
