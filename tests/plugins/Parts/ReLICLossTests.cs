using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class ReLICLossTests
{
    private const double Temperature = 0.5;

    [Fact]
    public void TwoViews_OrthogonalImagesWithEqualViews_IsHandValue()
    {
        var z = Tensors.Matrix([1, 0], [0, 2]);

        var terms = ReLICLoss.TwoViews(z, z, z, z, Temperature, ReLICInvariance.FirstToSecond, stopGradient: false);

        Assert.Equal(2 * (Math.Log(Math.Exp(1 / Temperature) + 1) - (1 / Temperature)), terms.Contrastive.item<float>(), tolerance: 1e-6);
        Assert.Equal(0, terms.Invariance.item<float>(), tolerance: 1e-6);
    }

    [Fact]
    public void TwoViews_Symmetric_IsBothDirectionsAdded()
    {
        float Invariance(ReLICInvariance way, bool stop) => ReLICLoss.TwoViews(
            Tensors.Normal(1, 5, 4), Tensors.Normal(2, 5, 4), Tensors.Normal(3, 5, 4), Tensors.Normal(4, 5, 4), Temperature, way,
                stop).Invariance.item<float>();

        var (first, second) = (Invariance(ReLICInvariance.FirstToSecond, false), Invariance(ReLICInvariance.SecondToFirst, false));

        Assert.NotEqual(first, second, tolerance: 1e-4);
        Assert.Equal(first + second, Invariance(ReLICInvariance.Symmetric, true), tolerance: 1e-5);   // stopping gradients changes no value
    }

    [Theory]
    [InlineData(ReLICInvariance.FirstToSecond, false, true)]
    [InlineData(ReLICInvariance.SecondToFirst, true, false)]
    public void TwoViews_StopGradient_KeepsTheReferenceFixed(ReLICInvariance way, bool firstLearns, bool secondLearns)
    {
        var (o1, o2) = (Tensors.Leaf(Tensors.Normal(1, 5, 4)), Tensors.Leaf(Tensors.Normal(2, 5, 4)));

        ReLICLoss.TwoViews(o1, o2, Tensors.Normal(3, 5, 4), Tensors.Normal(4, 5, 4), Temperature, way, stopGradient: true).Invariance.backward();

        Assert.Equal(firstLearns, o1.grad is not null);
        Assert.Equal(secondLearns, o2.grad is not null);
    }

    [Fact]
    public void Pair_TargetReceivesNoGradient()
    {
        var (online, target) = (Tensors.Leaf(Tensors.Normal(1, 5, 4)), Tensors.Leaf(Tensors.Normal(2, 5, 4)));

        ReLICLoss.Pair(online, target, null, Temperature, ReLICInvariance.Symmetric, stopGradient: false).Weighted(1).backward();

        Assert.True(online.grad!.abs().sum().item<float>() > 0);
        Assert.Null(target.grad);
    }

    [Fact]
    public void Pair_AllOthersAsNegatives_IsThePairWithoutDrawing()
    {
        var (online, target) = (Tensors.Normal(1, 4, 6), Tensors.Normal(2, 4, 6));
        var others = tensor(new long[] { 3, 1, 2, 0, 2, 3, 1, 3, 0, 2, 0, 1 }).view(4, 3);

        var drawn = ReLICLoss.Pair(online, target, others, Temperature, ReLICInvariance.FirstToSecond, stopGradient: false);

        var all = ReLICLoss.Pair(online, target, null, Temperature, ReLICInvariance.FirstToSecond, stopGradient: false);
        Assert.Equal(all.Contrastive.item<float>(), drawn.Contrastive.item<float>(), tolerance: 1e-5);
        Assert.Equal(all.Invariance.item<float>(), drawn.Invariance.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Pair_DrawnNegatives_AreTheSameImagesInBothDistributions()
    {
        // image 0 against image 2 only, and so on: images outside of the draw may show anything on either side
        var (online, target) = (Tensors.Normal(1, 4, 6), Tensors.Normal(2, 4, 6));
        var negatives = tensor(new long[] { 2, 2, 0, 2 }).view(4, 1);
        var expected = ReLICLoss.Pair(online, target, negatives, Temperature, ReLICInvariance.FirstToSecond, stopGradient: false);

        float Row(int image, int other)
        {
            var pair = tensor(new long[] { image, other });
            var logits = SoftTargets.Logits(online.index_select(0, pair), F.normalize(target.index_select(0, pair), dim: 1), Temperature);   // [2, 2]
            var (p, q) = (logits.log_softmax(1)[0], logits.t().log_softmax(1)[0]);                                                        // [2]

            return (p.exp() * (p - q)).sum().item<float>();
        }

        Assert.Equal((Row(0, 2) + Row(1, 2) + Row(2, 0) + Row(3, 2)) / 4, expected.Invariance.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void DrawNegatives_AreOthers_WithoutRepetition_AndRepeatable()
    {
        var drawn = ReLICLoss.DrawNegatives(9, 5, new Generator(3));

        for (var image = 0; image < 9; image++)
        {
            var row = Tensors.Integers(drawn[image]);
            Assert.Equal(5, row.Distinct().Count());
            Assert.DoesNotContain(image, row);
        }

        Assert.Equal(Tensors.Integers(drawn), Tensors.Integers(ReLICLoss.DrawNegatives(9, 5, new Generator(3))));
    }

    [Fact]
    public void DrawNegatives_EveryOtherImage_ComesEquallyOften()
    {
        var counts = new long[4];
        using var generator = new Generator(1);
        for (var draw = 0; draw < 600; draw++)
        {
            counts[ReLICLoss.DrawNegatives(4, 1, generator)[1, 0].item<long>()]++;
        }

        Assert.Equal(0, counts[1]);
        Assert.All(new[] { counts[0], counts[2], counts[3] }, count => Assert.InRange(count, 150, 250));
    }

    [Fact]
    public void DrawNegatives_MoreThanOthers_AreRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ReLICLoss.DrawNegatives(4, 4, new Generator(1)));
}
