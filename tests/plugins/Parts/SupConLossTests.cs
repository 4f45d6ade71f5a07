using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class SupConLossTests
{
    private const double Temperature = 0.5;

    [Fact]
    public void Compute_TwoOrthogonalClasses_IsHandValue()
    {
        var view = Tensors.Matrix([1, 0], [5, 0], [0, 2]);

        var loss = SupConLoss.Compute([view], tensor(new long[] { 4, 4, 9 }), Temperature, Temperature).item<float>();

        // the first two find each other beside one stranger; the third has no positive and counts as 0
        var each = Math.Log(Math.Exp(1 / Temperature) + 1) - (1 / Temperature);
        Assert.Equal(2 * each / 3, loss, tolerance: 1e-6);
    }

    [Fact]
    public void Compute_DifferentLabels_IsNTXent()
    {
        var (za, zb) = (Tensors.Normal(1, 5, 4), Tensors.Normal(2, 5, 4));

        var loss = SupConLoss.Compute([za, zb], arange(5, dtype: int64), Temperature, Temperature).item<float>();

        Assert.Equal(NTXentLoss.Compute(za, zb, Temperature).item<float>(), loss, tolerance: 1e-5);
    }

    [Fact]
    public void Compute_UnknownLabels_AreClassesOfTheirOwn()
    {
        var (za, zb) = (Tensors.Normal(1, 4, 4), Tensors.Normal(2, 4, 4));

        var unknown = SupConLoss.Compute([za, zb], tensor(new long[] { 0, -1, -1, 0 }), Temperature, Temperature).item<float>();

        Assert.Equal(SupConLoss.Compute([za, zb], tensor(new long[] { 0, 1, 2, 0 }), Temperature, Temperature).item<float>(), unknown, tolerance: 1e-6);
    }

    [Fact]
    public void Compute_BaseTemperature_ScalesByTheRatio()
    {
        var views = new[] { Tensors.Normal(1, 5, 4), Tensors.Normal(2, 5, 4) };
        var labels = tensor(new long[] { 0, 1, 0, 1, 1 });

        var scaled = SupConLoss.Compute(views, labels, Temperature, baseTemperature: 0.07).item<float>();

        Assert.Equal(SupConLoss.Compute(views, labels, Temperature, Temperature).item<float>() * Temperature / 0.07, scaled, tolerance: 1e-4);
    }

    [Fact]
    public void Compute_FirstViewAnchors_IsMeanOfTheirHalf()
    {
        var (za, zb) = (Tensors.Normal(1, 5, 4), Tensors.Normal(2, 5, 4));
        var labels = tensor(new long[] { 0, 1, 0, 1, 1 });

        var first = SupConLoss.Compute([za, zb], labels, Temperature, Temperature, SupConAnchors.FirstView).item<float>();
        var second = SupConLoss.Compute([zb, za], labels, Temperature, Temperature, SupConAnchors.FirstView).item<float>();

        Assert.Equal(SupConLoss.Compute([za, zb], labels, Temperature, Temperature).item<float>(), (first + second) / 2, tolerance: 1e-5);
        Assert.NotEqual(first, second, tolerance: 1e-3);
    }

    [Fact]
    public void Compute_NoPositivesAtAll_IsZeroWithZeroGradient()
    {
        var z = Tensors.Leaf(Tensors.Normal(1, 3, 4));

        var loss = SupConLoss.Compute([z], arange(3, dtype: int64), Temperature, Temperature);
        loss.backward();

        Assert.Equal(0, loss.item<float>());
        Tensors.AssertClose(zeros([3, 4]), z.grad!);
    }

    [Fact]
    public void Compute_LabelsOfAnotherCount_NamesBoth()
    {
        var fault = Assert.Throws<ArgumentException>(() => SupConLoss.Compute([zeros([4, 3])], zeros([5], dtype: int64), Temperature, Temperature));

        Assert.Contains("[5]", fault.Message, StringComparison.Ordinal);
        Assert.Contains("[4]", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_OneEmbedding_IsRefused() =>
        Assert.Throws<ArgumentException>(() => SupConLoss.Compute([ones([1, 3])], zeros([1], dtype: int64), Temperature, Temperature));
}
