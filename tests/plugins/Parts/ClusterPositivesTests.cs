using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class ClusterPositivesTests
{
    private static readonly long[] _clusters = [0, 1, 0, 2, 0, 1, 0];

    [Fact]
    public void Of_ManyEpochs_AreOtherMembersOfTheClusterEachAsOften()
    {
        var counts = new int[7, 7];
        for (var epoch = 0; epoch < 3000; epoch++)
        {
            foreach (var (sample, positive) in Positives(0.2, epoch).Index())
            {
                counts[sample, positive]++;
            }
        }

        for (var sample = 0; sample < 7; sample++)
        {
            var others = _clusters.Count(cluster => cluster == _clusters[sample]) - 1;
            for (var positive = 0; positive < 7; positive++)
            {
                var expected = positive == sample ? (others == 0 ? 1 : 0.2) : _clusters[positive] == _clusters[sample] ? 0.8 / others : 0;
                Assert.Equal(expected, counts[sample, positive] / 3000.0, tolerance: 0.03);
            }
        }
    }

    [Fact]
    public void Of_ClusterOfOne_IsItself() =>
        Assert.All(Enumerable.Range(0, 50), epoch => Assert.Equal(3, Positives(ownShare: 0, epoch)[3]));

    [Fact]
    public void Of_OwnShareOne_AreThemselves() => Assert.Equal([0, 1, 2, 3, 4, 5, 6], Positives(ownShare: 1, epoch: 0));

    [Fact]
    public void Of_SameKey_AreTheSame()
    {
        Assert.Equal(Positives(0.2, epoch: 4), Positives(0.2, epoch: 4));
        Assert.NotEqual(Enumerable.Range(0, 9).SelectMany(epoch => Positives(0.2, epoch)), Enumerable.Range(9, 9).SelectMany(epoch => Positives(0.2, epoch)));
    }

    private static long[] Positives(double ownShare, int epoch) => ClusterPositives.Of(tensor(_clusters), ownShare, seed: 7, epoch);
}
