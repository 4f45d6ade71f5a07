using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class PseudoLabelBankTests
{
    private static readonly PseudoLabelSettings _settings = new(Clusters: 4, MinClusterSize: 3, Momentum: 1, CentroidEverySteps: 2);

    [Fact]
    public void Initialize_SeparateGroups_FindsThem()
    {
        var bank = new PseudoLabelBank(24, 4, _settings, seed: 2);   // its first centroids come from four groups

        bank.Initialize(Groups(), iterations: 10);

        var labels = Tensors.Integers(bank.Labels).Chunk(6).ToList();
        Assert.All(labels, group => Assert.Single(group.Distinct()));
        Assert.Equal(4, labels.Select(group => group[0]).Distinct().Count());
        Tensors.AssertClose(ones([24]), bank.Features.square().sum(1));
    }

    [Fact]
    public void Update_HalfMomentum_MixesAndNormalises()
    {
        var bank = new PseudoLabelBank(4, 2, new(2, 1, Momentum: 0.5, CentroidEverySteps: 10), seed: 1);
        bank.Features.copy_(Tensors.Matrix([1, 0], [1, 0], [0, 1], [0, 1]));
        bank.Labels.copy_(tensor(new long[] { 0, 0, 1, 1 }));
        bank.ComputeCentroids();

        var changed = bank.Update(tensor(new long[] { 0 }), Tensors.Matrix([0, 5])).item<float>();

        var root = (float)Math.Sqrt(0.5);
        Tensors.AssertClose([root, root], Tensors.Values(bank.Features.narrow(0, 0, 1)));
        Assert.Equal(0, changed);   // a tie of both centroids goes to the lower number, the old one
    }

    [Fact]
    public void Companions_AnyNumber_AreOfTheSameClusterAndCoverIt()
    {
        var bank = new PseudoLabelBank(12, 3, _settings, seed: 1);   // labels in turn: 0 1 2 3 0 1 ...
        var images = full([300], 5, dtype: int64);

        var companions = Tensors.Integers(bank.Companions(images, linspace(0, 0.999999, 300, dtype: float64)));

        Assert.Equal([1, 5, 9], companions.Distinct().Order());
        Assert.All(companions.CountBy(i => i), pair => Assert.Equal(100, pair.Value));
    }

    [Fact]
    public void Remember_SmallCluster_IsDissolvedAndGetsHalfOfTheLargest()
    {
        var bank = Prepared();

        Remember(bank, Tensors.Matrix([1, 0, 0, 0]), image: 23);   // cluster 3 falls to two images, cluster 0 has thirteen

        var sizes = Tensors.Integers(bank.Labels.bincount(null, minlength: 4));
        Assert.Equal(24, sizes.Sum());
        Assert.All(sizes, size => Assert.True(size >= 3, $"sizes {string.Join(' ', sizes)}"));
        var members = bank.Features[bank.Labels == 3];
        Tensors.AssertClose(members.mean([0]), bank.Centroids[3]);
    }

    [Fact]
    public void Remember_EqualFeatures_AreHalvedAtRandom()
    {
        var bank = new PseudoLabelBank(24, 4, _settings, seed: 1);
        bank.Features.copy_(Tensors.Matrix([1, 0, 0, 0]).expand(24, 4));
        bank.Labels.fill_(0);

        Remember(bank, Tensors.Matrix([1, 0, 0, 0]), image: 0);

        Assert.Equal(4, Tensors.Integers(bank.Labels).Distinct().Count());
    }

    [Fact]
    public void Remember_EverySecondUpdate_ComputesAllCentroids()
    {
        var bank = Prepared();
        bank.Labels.copy_(arange(24, dtype: int64).remainder(4));
        bank.Centroids.fill_(7);

        Remember(bank, Tensors.Matrix([1, 0, 0, 0]), image: 0);
        var after = Tensors.Values(bank.Centroids);
        Remember(bank, Tensors.Matrix([1, 0, 0, 0]), image: 0);

        Assert.All(after, value => Assert.Equal(7, value));
        Tensors.AssertClose(KMeans.Means(bank.Features, bank.Labels, zeros([4, 4])), bank.Centroids);
    }

    [Fact]
    public void Remember_FromTheSameState_TakesTheSameDecisions()
    {
        var (first, second) = (Prepared(), Prepared());

        Remember(first, Tensors.Matrix([1, 0, 0, 0]), image: 23);
        Remember(second, Tensors.Matrix([1, 0, 0, 0]), image: 23);

        Assert.Equal(Tensors.Integers(first.Labels), Tensors.Integers(second.Labels));
    }

    [Fact]
    public void Remember_WithoutIndices_IsRefused()
    {
        var fault = Assert.Throws<ArgumentException>(() => ((IFeatureMemory)Prepared()).Remember(zeros([1, 4]), null));

        Assert.Contains("image indices", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Clusters of 12, 6, 3 and 3 images.</summary>
    private static PseudoLabelBank Prepared()
    {
        var bank = new PseudoLabelBank(24, 4, _settings, seed: 1);
        bank.Features.copy_(Rows.Unit(Groups()));
        bank.Labels.copy_(cat([zeros([12], dtype: int64), ones([6], dtype: int64), full([3], 2, dtype: int64), full([3], 3, dtype: int64)]));
        bank.ComputeCentroids();

        return bank;
    }

    private static void Remember(PseudoLabelBank bank, Tensor row, long image) => ((IFeatureMemory)bank).Remember(row, tensor(new[] { image }));

    /// <summary>Six points around each of four axes.</summary>
    private static Tensor Groups() => eye(4).repeat_interleave(6, 0) + (0.05f * Tensors.Normal(9, 24, 4));
}
