using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class BarlowTwinsLossTests
{
    private const double Weight = 0.01;

    [Fact]
    public void Compute_UncorrelatedFeaturesAndEqualViews_IsNearZero()
    {
        var z = Tensors.Matrix([1, 1], [1, -1], [-1, 1], [-1, -1]);

        Assert.Equal(0, BarlowTwinsLoss.Compute(z, z, Weight).item<float>(), tolerance: 1e-8);   // only epsilon keeps C_ii below 1
    }

    [Fact]
    public void Compute_EqualFeatures_IsHandValue()
    {
        var z = Tensors.Matrix([1, 1], [1, 1], [-1, -1], [-1, -1]);

        var loss = BarlowTwinsLoss.Compute(z, z, Weight).item<float>();

        Assert.Equal(2 * Weight, loss, tolerance: 1e-6);   // C is all ones: two off-diagonal entries
    }

    [Fact]
    public void Compute_NegatedView_IsHandValue()
    {
        var z = Tensors.Matrix([1, 1], [1, -1], [-1, 1], [-1, -1]);

        Assert.Equal(8, BarlowTwinsLoss.Compute(z, -z, Weight).item<float>(), tolerance: 1e-3);   // C = -identity: (-1 - 1)² twice
    }

    [Fact]
    public void Compute_ShiftedAndRescaledFeatures_IsSame()
    {
        var (za, zb) = (Tensors.Normal(1, 16, 4), Tensors.Normal(2, 16, 4));

        var moved = BarlowTwinsLoss.Compute((za * 5) + 3, (zb * 0.5) - 1, Weight).item<float>();

        Assert.Equal(BarlowTwinsLoss.Compute(za, zb, Weight).item<float>(), moved, tolerance: 1e-3);
    }

    [Fact]
    public void Compute_SwappedViews_IsSame()
    {
        var (za, zb) = (Tensors.Normal(1, 16, 4), Tensors.Normal(2, 16, 4));

        Assert.Equal(BarlowTwinsLoss.Compute(za, zb, Weight).item<float>(), BarlowTwinsLoss.Compute(zb, za, Weight).item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Compute_CollapsedViews_HasFiniteGradient()
    {
        var z = Tensors.Leaf(ones([5, 3]));

        var loss = BarlowTwinsLoss.Compute(z, ones([5, 3]), Weight);
        loss.backward();

        Assert.Equal(3, loss.item<float>(), tolerance: 1e-6);   // nothing varies: C is zero, each diagonal entry misses 1
        Tensors.AssertFinite(z.grad!);
    }

    [Fact]
    public void Compute_DifferentShapes_AreRefused() =>
        Assert.Throws<ArgumentException>(() => BarlowTwinsLoss.Compute(zeros([4, 3]), zeros([4, 2]), Weight));
}
