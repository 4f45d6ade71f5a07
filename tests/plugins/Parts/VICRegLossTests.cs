using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class VICRegLossTests
{
    [Fact]
    public void Compute_WideUncorrelatedEqualViews_IsZero()
    {
        var z = Tensors.Matrix([2, 2], [2, -2], [-2, 2], [-2, -2]);

        var terms = VICRegLoss.Compute(z, z);

        Assert.Equal([0f, 0f, 0f], [terms.Invariance.item<float>(), terms.Variance.item<float>(), terms.Covariance.item<float>()]);
    }

    [Fact]
    public void Compute_Distance_IsMeanOverImagesAndFeatures()
    {
        var za = Tensors.Matrix([0, 0], [0, 0], [0, 0]);
        var zb = Tensors.Matrix([3, 0], [0, 0], [0, 3]);

        Assert.Equal(18.0 / 6, VICRegLoss.Compute(za, zb).Invariance.item<float>(), tolerance: 1e-6);
    }

    [Fact]
    public void Compute_CollapsedViews_HaveAlmostFullVarianceTermAndFiniteGradient()
    {
        var z = Tensors.Leaf(ones([5, 3]));

        var terms = VICRegLoss.Compute(z, ones([5, 3]));
        terms.Weighted(25, 25, 1).backward();

        Assert.Equal(1 - Math.Sqrt(1e-4), terms.Variance.item<float>(), tolerance: 1e-6);
        Tensors.AssertFinite(z.grad!);
    }

    [Fact]
    public void Compute_SumOfViews_IsTwiceTheMeanAndChangesNothingElse()
    {
        var (za, zb) = (Tensors.Normal(1, 16, 4) * 0.3, Tensors.Normal(2, 16, 4) * 0.3);

        var (mean, sum) = (VICRegLoss.Compute(za, zb), VICRegLoss.Compute(za, zb, VarianceReduction.SumOfViews));

        Assert.Equal(2 * mean.Variance.item<float>(), sum.Variance.item<float>(), tolerance: 1e-6);
        Assert.Equal(mean.Covariance.item<float>(), sum.Covariance.item<float>());
        Assert.Equal(mean.Invariance.item<float>(), sum.Invariance.item<float>());
    }

    [Fact]
    public void Compute_EqualFeatures_HaveHandCovariance()
    {
        var z = Tensors.Matrix([1, 1], [1, 1], [-1, -1], [-1, -1]);

        // covariance of the two features 4 / (4 - 1); two off-diagonal entries, two features, two views
        Assert.Equal(2 * 2 * (16.0 / 9) / 2, VICRegLoss.Compute(z, z).Covariance.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Weighted_Weights_MultiplyTheirTerms()
    {
        var terms = new VICRegLoss(tensor(2f), tensor(3f), tensor(5f));

        Assert.Equal(20 + 300 + 5000, terms.Weighted(10, 100, 1000).item<float>());
    }

    [Fact]
    public void Compute_DifferentShapes_AreRefused() => Assert.Throws<ArgumentException>(() => VICRegLoss.Compute(zeros([4, 3]), zeros([4, 2])));
}
