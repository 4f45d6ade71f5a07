using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class PairLossesTests
{
    private const double Temperature = 0.5;

    private static readonly Tensor _orthogonal = Tensors.Matrix([1, 0], [0, 3]).DetachFromDisposeScope();   // positives: cosine 1; both negatives: 0

    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> _losses = new()
    {
        ["NT-Xent"] = (za, zb) => NTXentLoss.Compute(za, zb, Temperature),
        ["DCL"] = (za, zb) => DCLLoss.Compute(za, zb, Temperature),
        ["DCLW"] = (za, zb) => DCLLoss.Weighted(za, zb, Temperature, sigma: 0.5),
        ["debiased"] = (za, zb) => DebiasedLoss.Compute(za, zb, Temperature, classPrior: 0.1),
    };

    public static TheoryData<string> Losses => [.. _losses.Keys];

    [Fact]
    public void PairLogits_OfTwoImages_LeavesSelfAndOtherViewOut()
    {
        var logits = PairLogits.Of(Tensors.Matrix([1, 0], [0, 3]), Tensors.Matrix([2, 0], [0, 1]), Temperature);

        Tensors.AssertClose(full([4], 2f), logits.Positives);
        Tensors.AssertClose(full([4], (float)Math.Log(2)), logits.Negatives);   // two of cosine 0: the image itself is left out in both views
        Assert.Equal(2, logits.NegativeCount);
    }

    [Fact]
    public void DCL_OrthogonalImagesWithEqualViews_IsHandValue()
    {
        var loss = DCLLoss.Compute(_orthogonal, _orthogonal, Temperature).item<float>();

        Assert.Equal(Math.Log(2) - (1 / Temperature), loss, tolerance: 1e-6);
    }

    [Fact]
    public void Dclw_EqualPositives_IsDCL()
    {
        var weighted = DCLLoss.Weighted(_orthogonal, _orthogonal, Temperature, sigma: 0.5).item<float>();

        Assert.Equal(DCLLoss.Compute(_orthogonal, _orthogonal, Temperature).item<float>(), weighted, tolerance: 1e-6);
    }

    [Fact]
    public void Dclw_OneHardPositive_WeighsItMore()
    {
        var (za, zb) = (Tensors.Matrix([1, 0, 0], [0, 1, 0]), Tensors.Matrix([1, 0, 0], [0, 0, 1]));   // cosines of the positives: 1 and 0
        var share = Math.Exp(2) / (Math.Exp(2) + 1);                                                    // softmax of (1, 0) / 0.5

        var loss = DCLLoss.Weighted(za, zb, Temperature, sigma: 0.5).item<float>();

        Assert.Equal(Math.Log(2) - ((2 - (2 * share)) * (1 / Temperature) / 2), loss, tolerance: 1e-5);   // the hard one's positive is 0 whatever its weight
    }

    [Fact]
    public void Dclw_Weights_AreConstantsForTheGradient()
    {
        var (za, zb) = (Tensors.Leaf(Tensors.Normal(1, 4, 3)), Tensors.Normal(2, 4, 3));
        var logits = PairLogits.Of(za, zb, Temperature);
        var weights = 2 - (8 * (logits.Positives.detach() * Temperature / 0.5).softmax(0));
        (logits.Negatives - (weights * logits.Positives)).mean().backward();
        var expected = za.grad!.clone();
        za.grad!.zero_();

        DCLLoss.Weighted(za, zb, Temperature, sigma: 0.5).backward();

        Tensors.AssertClose(expected, za.grad!);
    }

    [Fact]
    public void Debiased_NoPrior_IsNTXent()
    {
        var (za, zb) = (Tensors.Normal(1, 6, 4), Tensors.Normal(2, 6, 4));

        var loss = DebiasedLoss.Compute(za, zb, Temperature, classPrior: 0).item<float>();

        Assert.Equal(NTXentLoss.Compute(za, zb, Temperature).item<float>(), loss, tolerance: 1e-5);
    }

    [Fact]
    public void Debiased_OrthogonalImagesWithEqualViews_IsClamped()
    {
        var loss = DebiasedLoss.Compute(_orthogonal, _orthogonal, Temperature, classPrior: 0.2).item<float>();

        // neg = 2, tau+ N pos = 0.4 e² is more: the negatives fall to their least value, 2 e^-2
        Assert.Equal(-Math.Log(Math.Exp(2) / (Math.Exp(2) + (2 * Math.Exp(-2)))), loss, tolerance: 1e-6);
    }

    [Fact]
    public void Debiased_SmallPrior_IsHandValue()
    {
        var loss = DebiasedLoss.Compute(_orthogonal, _orthogonal, Temperature, classPrior: 0.05).item<float>();

        var negatives = (2 - (0.05 * 2 * Math.Exp(2))) / 0.95;
        Assert.Equal(-Math.Log(Math.Exp(2) / (Math.Exp(2) + negatives)), loss, tolerance: 1e-5);
    }

    [Fact]
    public void Debiased_ClampedAnchors_SendNoGradientToNegatives()
    {
        var (za, zb) = (Tensors.Leaf(Tensors.Matrix([1, 0.1f, 0], [0, 1, 0.2f])), Tensors.Matrix([1, 0, 0.1f], [0.1f, 1, 0]));
        var logits = PairLogits.Of(za, zb, temperature: 0.2);

        var negatives = DebiasedLoss.NegativeTerm(logits, temperature: 0.2, classPrior: 0.2);
        negatives.sum().backward();

        Tensors.AssertClose(full([4], (float)(2 * Math.Exp(-10))), negatives);
        Tensors.AssertClose(zeros([2, 3]), za.grad!);
    }

    [Fact]
    public void Debiased_SmallTemperature_IsFinite()
    {
        var (za, zb) = (Tensors.Leaf(Tensors.Normal(1, 6, 4)), Tensors.Normal(2, 6, 4));

        var loss = DebiasedLoss.Compute(za, zb, temperature: 0.03, classPrior: 0.1);   // exp(1 / 0.03), about 3e14, times itself is near the end of float32
        loss.backward();

        Assert.True(float.IsFinite(loss.item<float>()));
        Tensors.AssertFinite(za.grad!);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Debiased_PriorOutsideItsRange_IsRefused(double classPrior) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DebiasedLoss.Compute(_orthogonal, _orthogonal, Temperature, classPrior));

    [Theory]
    [MemberData(nameof(Losses))]
    public void Compute_AnyLoss_DoesNotDependOnOrderSwapOrLength(string loss)
    {
        var (za, zb) = (Tensors.Normal(1, 6, 4), Tensors.Normal(2, 6, 4));
        var order = tensor(new long[] { 3, 5, 0, 1, 4, 2 });

        var expected = Compute(loss, za, zb);

        Assert.Equal(expected, Compute(loss, za.index_select(0, order), zb.index_select(0, order)), tolerance: 1e-5);
        Assert.Equal(expected, Compute(loss, zb, za), tolerance: 1e-5);
        Assert.Equal(expected, Compute(loss, za * 7, zb * 0.1), tolerance: 1e-5);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Compute_AllEqual_HasFiniteGradient(string loss)
    {
        var z = Tensors.Leaf(ones([5, 3]));

        _losses[loss](z, z).backward();

        Tensors.AssertFinite(z.grad!);
    }

    [Theory]
    [InlineData("DCL")]
    [InlineData("DCLW")]
    [InlineData("debiased")]
    public void Compute_OneImage_SaysThatNegativesAreMissing(string loss)
    {
        var fault = Assert.Throws<ArgumentException>(() => Compute(loss, ones([1, 3]), ones([1, 3])));

        Assert.Contains("at least 2", fault.Message, StringComparison.Ordinal);
    }

    private static double Compute(string loss, Tensor za, Tensor zb) => _losses[loss](za, zb).item<float>();
}
