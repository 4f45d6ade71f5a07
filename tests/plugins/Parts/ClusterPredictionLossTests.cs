using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class ClusterPredictionLossTests
{
    [Fact]
    public void Compute_TwoViewsOfOneImage_IsWorkedOutByHand()
    {
        var scores = Tensors.Matrix([MathF.Log(3), 0], [0, MathF.Log(7)]).unsqueeze(0);   // softmax: (3/4, 1/4) and (1/8, 7/8)

        var loss = ClusterPredictionLoss.Compute(scores, tensor(new long[] { 0 }).view(1, 1), temperature: 1);

        Assert.Equal((Math.Log(4 / 3.0) + Math.Log(8)) / 2, loss.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Compute_EqualScores_IsLogarithmOfTheClusters() =>
        Assert.Equal(Math.Log(5), ClusterPredictionLoss.Compute(ones([2, 6, 5]), zeros([2, 3], dtype: int64), temperature: 0.1).item<float>(), tolerance: 1e-5);

    [Fact]
    public void Compute_UnassignedImage_DoesNotCount()
    {
        var scores = Tensors.Normal(1, 1, 3, 4);
        var clusters = tensor(new long[] { 2, ClusterPredictionLoss.Unassigned, 1 }).view(1, 3);
        var kept = tensor(new long[] { 0, 2 });

        var without = ClusterPredictionLoss.Compute(scores.index_select(1, kept), clusters.index_select(1, kept), temperature: 0.1);

        Assert.Equal(without.item<float>(), ClusterPredictionLoss.Compute(scores, clusters, temperature: 0.1).item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Compute_ScoresOfNoWholeNumberOfViews_AreRefused() =>
        Assert.Throws<ArgumentException>(() => ClusterPredictionLoss.Compute(ones([1, 5, 4]), zeros([1, 2], dtype: int64), temperature: 0.1));
}
