using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class NTXentLossTests
{
    private const double Temperature = 0.5;

    [Fact]
    public void Compute_OrthogonalImagesWithEqualViews_IsHandValue()
    {
        var z = Tensors.Matrix([1, 0], [0, 3]);

        var loss = NTXentLoss.Compute(z, z, Temperature).item<float>();

        // every anchor: its other view has cosine 1, the two views of the other image cosine 0
        Assert.Equal(Math.Log(Math.Exp(1 / Temperature) + 2) - (1 / Temperature), loss, tolerance: 1e-6);
    }

    [Fact]
    public void Compute_AllEqual_IsLogOfCandidates()
    {
        var z = ones([5, 3]);

        var loss = NTXentLoss.Compute(z, z, Temperature).item<float>();

        Assert.Equal(Math.Log((2 * 5) - 1), loss, tolerance: 1e-5);
    }

    [Fact]
    public void Compute_AllEqual_HasFiniteGradient()
    {
        var z = Tensors.Leaf(ones([5, 3]));

        NTXentLoss.Compute(z, z, Temperature).backward();

        Tensors.AssertFinite(z.grad!);
    }

    [Fact]
    public void Compute_OneImage_IsZero()
    {
        var loss = NTXentLoss.Compute(Tensors.Normal(1, 1, 4), Tensors.Normal(2, 1, 4), Temperature).item<float>();

        Assert.Equal(0, loss, tolerance: 1e-6);
    }

    [Fact]
    public void Compute_SwappedViews_IsSame()
    {
        var (za, zb) = (Tensors.Normal(1, 6, 4), Tensors.Normal(2, 6, 4));

        Assert.Equal(NTXentLoss.Compute(za, zb, Temperature).item<float>(), NTXentLoss.Compute(zb, za, Temperature).item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Compute_PermutedBatch_IsSame()
    {
        var (za, zb) = (Tensors.Normal(1, 6, 4), Tensors.Normal(2, 6, 4));
        var order = tensor(new long[] { 3, 5, 0, 1, 4, 2 });

        var permuted = NTXentLoss.Compute(za.index_select(0, order), zb.index_select(0, order), Temperature);

        Assert.Equal(NTXentLoss.Compute(za, zb, Temperature).item<float>(), permuted.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Compute_RescaledRows_IsSame()
    {
        var (za, zb) = (Tensors.Normal(1, 6, 4), Tensors.Normal(2, 6, 4));

        Assert.Equal(NTXentLoss.Compute(za, zb, Temperature).item<float>(), NTXentLoss.Compute(za * 7, zb * 0.1, Temperature).item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Compute_SumOfViewMeans_IsTwiceTheMean()
    {
        var (za, zb) = (Tensors.Normal(1, 6, 4), Tensors.Normal(2, 6, 4));

        var sum = NTXentLoss.Compute(za, zb, Temperature, NTXentReduction.SumOfViewMeans).item<float>();

        Assert.Equal(2 * NTXentLoss.Compute(za, zb, Temperature).item<float>(), sum, tolerance: 1e-5);
    }

    [Fact]
    public void Compute_BothViews_ReceiveGradients()
    {
        var (za, zb) = (Tensors.Leaf(Tensors.Normal(1, 6, 4)), Tensors.Leaf(Tensors.Normal(2, 6, 4)));

        NTXentLoss.Compute(za, zb, Temperature).backward();

        Assert.True(za.grad!.abs().sum().item<float>() > 0);
        Assert.True(zb.grad!.abs().sum().item<float>() > 0);
    }

    [Fact]
    public void Compute_DifferentShapes_NamesBoth()
    {
        var fault = Assert.Throws<ArgumentException>(() => NTXentLoss.Compute(zeros([4, 3]), zeros([5, 3]), Temperature));

        Assert.Contains("[4, 3]", fault.Message, StringComparison.Ordinal);
        Assert.Contains("[5, 3]", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void Compute_TemperatureNotPositive_IsRefused(double temperature) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NTXentLoss.Compute(zeros([4, 3]), zeros([4, 3]), temperature));
}
