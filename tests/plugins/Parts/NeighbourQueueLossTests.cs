using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class NeighbourQueueLossTests
{
    [Fact]
    public void Compute_EqualKeys_IsLogOfTheQueue()
    {
        var (q, queue) = (Tensors.Normal(1, 2, 3), F.normalize(ones([5, 3])));

        var loss = NeighbourQueueLoss.Compute(q, queue, Pairs(0, 3, 1, 4), LogSumExp.Over(F.normalize(q), queue, 0.2), 0.2).item<float>();

        Assert.Equal(Math.Log(5), loss, tolerance: 1e-5);
    }

    [Fact]
    public void Compute_Neighbours_AreAveragedOverLogSoftmax()
    {
        var (q, queue) = (Tensors.Leaf(Tensors.Normal(1, 2, 3)), Tensors.UnitRows(2, 6, 3));
        var reference = Tensors.Leaf(q);
        var neighbours = Pairs(0, 1, 5, 0);

        var loss = NeighbourQueueLoss.Compute(q, queue, neighbours, LogSumExp.Over(F.normalize(q), queue, 0.2), 0.2);
        loss.backward();

        var expected = -(F.normalize(reference).matmul(queue.t()) / 0.2).log_softmax(1).gather(1, neighbours).mean();
        expected.backward();
        Assert.Equal(expected.item<float>(), loss.item<float>(), tolerance: 1e-5);
        Tensors.AssertClose(reference.grad!, q.grad!);
    }

    [Fact]
    public void Compute_NeighboursOfOtherQueries_AreRefused() =>
        Assert.Throws<ArgumentException>(() => NeighbourQueueLoss.Compute(zeros([3, 4]), zeros([5, 4]), Pairs(0, 1, 2, 3), zeros([3]), 0.2));

    private static Tensor Pairs(params long[] indices) => tensor(indices).view(2, 2);

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
