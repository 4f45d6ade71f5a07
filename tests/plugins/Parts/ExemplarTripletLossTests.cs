using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class ExemplarTripletLossTests
{
    private static readonly long[] _images = [0, 0, 1, 1];

    [Fact]
    public void Hardest_PointsOnALine_AreTheFurthestOwnAndTheNearestOther()
    {
        var hardest = ExemplarTripletLoss.Hardest(Line(0, 3, 4, 10), tensor(_images));

        Assert.Equal([3, 3, 6, 6], Tensors.Values(hardest.Positive));
        Assert.Equal([4, 1, 1, 7], Tensors.Values(hardest.Negative));
        Assert.Equal(0.5f, hardest.Solved(margin: 0, soft: true).item<float>());      // 3 < 4 and 6 < 7
        Assert.Equal(0.5f, hardest.Solved(margin: 2, soft: true).item<float>());      // a soft margin has no zero
        Assert.Equal(0.5f, hardest.Solved(margin: 1, soft: false).item<float>());     // gaps of 0, 3, 6 and 0
        Assert.Equal(0f, hardest.Solved(margin: 1.5, soft: false).item<float>());
        Assert.Equal((0 + 2.5 + 5.5 + 0) / 4, ExemplarTripletLoss.BatchHard(hardest, margin: 0.5, soft: false).item<float>(), 1e-5);
        Assert.Equal(
            new[] { -1.0, 2, 5, -1 }.Average(gap => Math.Log(1 + Math.Exp(gap))), ExemplarTripletLoss.BatchHard(hardest, 0, soft: true).item<float>(), 1e-5);
    }

    [Fact]
    public void SemiHard_PointsOnALine_TakesTheNearestBeyondThePositive()
    {
        // squared distances: (0, 3): 9, beyond: 16; (3, 0): 9, beyond: 49; (4, 10): 36, none beyond 16 and 1: 16; (10, 4): 36, beyond: 49
        var (loss, solved) = ExemplarTripletLoss.SemiHard(Line(0, 3, 4, 10), tensor(_images), margin: 8);

        Assert.Equal((1 + 0 + 28 + 0) / 4.0, loss.item<float>(), 1e-5);
        Assert.Equal(0.5f, solved.item<float>());   // gaps of 1, -32, 28 and -5
    }

    [Fact]
    public void Gradients_AtCollapse_AreFinite()
    {
        var z = Tensors.Leaf(ones(4, 3));

        (ExemplarTripletLoss.BatchHard(ExemplarTripletLoss.Hardest(z, tensor(_images)), 0, soft: true)
            + ExemplarTripletLoss.SemiHard(z, tensor(_images), 0.5).Loss).backward();

        Tensors.AssertFinite(z.grad!);
    }

    [Fact]
    public void Losses_OtherOrderOfTheBatch_AreTheSame()
    {
        var (z, images) = (Tensors.UnitRows(3, 9, 5), tensor(new long[] { 0, 0, 0, 1, 1, 1, 2, 2, 2 }));
        var order = tensor(new long[] { 4, 8, 1, 0, 7, 2, 5, 3, 6 });
        var (otherZ, otherImages) = (z.index_select(0, order), images.index_select(0, order));

        Assert.Equal(
            ExemplarTripletLoss.SemiHard(z, images, 0.5).Loss.item<float>(), ExemplarTripletLoss.SemiHard(otherZ, otherImages, 0.5).Loss.item<float>(), 1e-6);
        Assert.Equal(
            ExemplarTripletLoss.BatchHard(ExemplarTripletLoss.Hardest(z, images), 0.1, soft: false).item<float>(),
            ExemplarTripletLoss.BatchHard(ExemplarTripletLoss.Hardest(otherZ, otherImages), 0.1, soft: false).item<float>(), 1e-6);
    }

    [Fact]
    public void Hardest_LabelsOfAnotherLength_AreRefused() =>
        Assert.Throws<ArgumentException>(() => ExemplarTripletLoss.Hardest(zeros(4, 2), arange(3, dtype: int64)));

    private static Tensor Line(params float[] places) => stack([tensor(places), zeros(places.Length)], 1);
}
