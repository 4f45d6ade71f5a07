using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class NegativeCosineLossTests
{
    [Fact]
    public void Compute_AlignedOrthogonalAndOpposite_IsMeanOfHandValues()
    {
        var p = Tensors.Matrix([3, 0], [1, 0], [0, 2]);
        var z = Tensors.Matrix([1, 0], [0, 5], [0, -1]);

        Assert.Equal(0, NegativeCosineLoss.Compute(p, z).item<float>(), tolerance: 1e-6);   // (-1 + 0 + 1) / 3
        Assert.Equal(-1, NegativeCosineLoss.Compute(p, p).item<float>(), tolerance: 1e-6);
    }

    [Fact]
    public void Compute_RescaledRows_IsSame()
    {
        var (p, z) = (Tensors.Normal(1, 6, 4), Tensors.Normal(2, 6, 4));

        Assert.Equal(NegativeCosineLoss.Compute(p, z).item<float>(), NegativeCosineLoss.Compute(p * 7, z * 0.1).item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Compute_NothingDetached_GivesBothSidesGradients()
    {
        var (p, z) = (Tensors.Leaf(Tensors.Normal(1, 6, 4)), Tensors.Leaf(Tensors.Normal(2, 6, 4)));

        NegativeCosineLoss.Compute(p, z).backward();

        Assert.True(p.grad!.abs().sum().item<float>() > 0);
        Assert.True(z.grad!.abs().sum().item<float>() > 0);
    }

    [Fact]
    public void Compute_AtTheOptimum_HasNoGradient()
    {
        var p = Tensors.Leaf(Tensors.Normal(1, 6, 4));

        NegativeCosineLoss.Compute(p, p.detach() * 2).backward();

        Tensors.AssertClose(zeros([6, 4]), p.grad!);
    }

    [Fact]
    public void Compute_RowsOfZeros_AreOrthogonalAndHaveFiniteGradients()
    {
        var p = Tensors.Leaf(zeros([3, 4]));

        var loss = NegativeCosineLoss.Compute(p, ones([3, 4]));
        loss.backward();

        Assert.Equal(0, loss.item<float>());
        Tensors.AssertFinite(p.grad!);
    }

    [Fact]
    public void Compute_DifferentShapes_NamesBoth()
    {
        var fault = Assert.Throws<ArgumentException>(() => NegativeCosineLoss.Compute(zeros([4, 3]), zeros([5, 3])));

        Assert.Contains("[4, 3]", fault.Message, StringComparison.Ordinal);
        Assert.Contains("[5, 3]", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 2)]
    [InlineData(-1, 4)]
    public void BYOLCompute_Cosine_IsSquaredDistanceOfUnitVectors(float cosine, float expected)
    {
        var p = Tensors.Matrix([2, 0]);
        var z = Tensors.Matrix([3 * cosine, 3 * MathF.Sqrt(1 - (cosine * cosine))]);

        Assert.Equal(expected, BYOLLoss.Compute(p, z).item<float>(), tolerance: 1e-6);
    }
}
