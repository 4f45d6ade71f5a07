using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class MultiPositiveLossTests
{
    [Fact]
    public void BothForms_OwnKeyAlone_AreInfoNCE()
    {
        var logits = Tensors.Normal(1, 5, 8);
        var positives = Positives(5, 8);

        var expected = InfoNCELoss.FromLogits(logits).item<float>();

        Assert.Equal(expected, MultiPositiveLoss.OfSharesTogether(logits, positives).item<float>(), 1e-5);
        Assert.Equal(expected, MultiPositiveLoss.OfSharesApart(logits, positives).item<float>(), 1e-5);
    }

    [Fact]
    public void BothForms_TwoPositives_DifferByTheirLogarithm()
    {
        // shares 1/2, 1/4, 1/4; positives are the first two
        var logits = Tensors.Matrix([MathF.Log(2), 0, 0]);
        var positives = Positives(1, 3, (0, 1));

        Assert.Equal(-Math.Log(0.75), MultiPositiveLoss.OfSharesTogether(logits, positives).item<float>(), 1e-5);
        Assert.Equal(-(Math.Log(0.5) + Math.Log(0.25)) / 2, MultiPositiveLoss.OfSharesApart(logits, positives).item<float>(), 1e-5);
    }

    [Fact]
    public void OfSameClass_UnknownLabels_MatchNothing()
    {
        var positives = MultiPositiveLoss.OfSameClass(tensor(new long[] { 2, -1 }), tensor(new long[] { 2, -1, 0 }));

        Assert.Equal([1, 1, 0, 0, 1, 0, 0, 0], Tensors.Integers(positives.to(int64)));
    }

    [Fact]
    public void WithoutOwnKey_KeepsTheOnlyPositive()
    {
        var kept = MultiPositiveLoss.WithoutOwnKey(Positives(2, 4, (1, 2)));

        Assert.Equal([1, 0, 0, 0, 0, 0, 1, 0], Tensors.Integers(kept.to(int64)));
    }

    [Fact]
    public void Accuracy_AnyPositiveAmongTheLargest_Counts()
    {
        var logits = Tensors.Matrix([0, 3, 2, 1], [0, 3, 2, 1]);
        var positives = Positives(2, 4, (0, 2));

        Assert.Equal(0, MultiPositiveLoss.Accuracy(logits, positives, 1).item<float>());
        Assert.Equal(0.5f, MultiPositiveLoss.Accuracy(logits, positives, 2).item<float>());
        Assert.Equal(1, MultiPositiveLoss.Accuracy(logits, positives, 4).item<float>());
    }

    [Fact]
    public void Gradients_LargeLogits_AreFinite()
    {
        var logits = Tensors.Leaf(Tensors.Normal(2, 3, 6) * 1e4f);
        var positives = Positives(3, 6, (0, 3), (2, 5));

        (MultiPositiveLoss.OfSharesTogether(logits, positives) + MultiPositiveLoss.OfSharesApart(logits, positives)).backward();

        Tensors.AssertFinite(logits.grad!);
    }

    private static Tensor Positives(int rows, int columns, params (int Row, int Column)[] further)
    {
        var values = new bool[rows * columns];
        foreach (var (row, column) in Enumerable.Range(0, rows).Select(row => (row, 0)).Concat(further))
        {
            values[(row * columns) + column] = true;
        }

        return tensor(values).view(rows, columns);
    }
}
