using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class NeighbourQueueLossTests
{
    [Fact]
    public void FromLogits_EqualLogits_IsLogOfTheQueue()
    {
        var loss = NeighbourQueueLoss.FromLogits(zeros([2, 5]), tensor(new long[] { 0, 3, 1, 4 }).view(2, 2)).item<float>();

        Assert.Equal(Math.Log(5), loss, tolerance: 1e-6);
    }

    [Fact]
    public void FromLogits_ByHand_IsMeanOverNeighboursAndQueries()
    {
        var logits = Tensors.Matrix([(float)Math.Log(2), 0, 0], [0, 0, (float)Math.Log(6)]);   // softmax 2/4 1/4 1/4 and 1/8 1/8 6/8

        var loss = NeighbourQueueLoss.FromLogits(logits, tensor(new long[] { 0, 1, 2, 0 }).view(2, 2)).item<float>();

        Assert.Equal(-(Math.Log(0.5) + Math.Log(0.25) + Math.Log(0.75) + Math.Log(0.125)) / 4, loss, tolerance: 1e-6);
    }

    [Fact]
    public void Neighbours_LengthOfFeatures_DoesNotMatter()
    {
        var queue = Tensors.Matrix([1, 0], [0, 1], [-1, 0]);

        var neighbours = NeighbourQueueLoss.Neighbours(Tensors.Matrix([0.1f, 0.2f], [-50, -1]), queue, 2);

        Assert.Equal([1, 0, 2, 1], Tensors.Integers(neighbours));
        Assert.False(neighbours.requires_grad);
    }

    [Fact]
    public void Neighbours_MoreThanTheQueueHolds_AreRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NeighbourQueueLoss.Neighbours(zeros([2, 3]), zeros([4, 3]), 5));
}
