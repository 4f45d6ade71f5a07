using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class PcaWhiteningTests
{
    [Fact]
    public void Apply_OfTheFeaturesItWasFittedOn_HasMeanZeroAndUnitCovariance()
    {
        var features = Tensors.Normal(3, 300, 6).matmul(Tensors.Normal(4, 6, 6)) + 5;

        var y = PcaWhitening.Fit(features, 4, eigenFloor: 0, CPU).Apply(features);

        Tensors.AssertClose(zeros([4]), y.mean([0]), 1e-4);
        Tensors.AssertClose(eye(4), y.t().matmul(y) / 300, 1e-3);
    }

    [Fact]
    public void Apply_AFeatureThatNeverVaries_IsFiniteWithAFloor()
    {
        var features = cat([Tensors.Normal(3, 50, 3), full([50, 1], 2f)], 1);

        var y = PcaWhitening.Fit(features, 4, eigenFloor: 1e-5, CPU).Apply(features);

        Tensors.AssertFinite(y);
        Tensors.AssertClose(zeros([50]), y.select(1, 3), 1e-3);   // the last direction is that of the constant
    }

    [Fact]
    public void Fit_ByHand_LargestVarianceFirst()
    {
        var pca = PcaWhitening.Fit(Tensors.Matrix([1, 0], [-1, 0], [1, 4], [-1, 4]), 2, eigenFloor: 0, CPU);   // variances 1 and 4

        Assert.Equal([0, 2], Tensors.Values(pca.Mean));
        Tensors.AssertClose([4, 1], Tensors.Values(pca.Eigenvalues));
        Tensors.AssertClose([0, 1, 1, 0], Tensors.Values(pca.Directions.abs()));
    }

    [Fact]
    public void Fit_MoreDirectionsThanFeatures_IsAFault() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PcaWhitening.Fit(Tensors.Normal(1, 5, 3), 4, eigenFloor: 0, CPU));
}
