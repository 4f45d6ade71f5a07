using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class FeatureQueueTests
{
    [Fact]
    public void Constructor_RandomRows_HaveLengthOneAlongTheDimension()
    {
        var queue = new FeatureQueue(capacity: 12, dimension: 5, keysPerStep: 4, seed: 1);

        Tensors.AssertClose(ones([12]), queue.Keys.square().sum(1));
        Assert.Equal([12, 5], queue.Keys.shape);
    }

    [Fact]
    public void Constructor_SameSeed_IsSameQueue()
    {
        var (first, second, other) = (new FeatureQueue(8, 4, 2, seed: 1), new FeatureQueue(8, 4, 2, seed: 1), new FeatureQueue(8, 4, 2, seed: 2));

        Assert.Equal(Tensors.Values(first.Keys), Tensors.Values(second.Keys));
        Assert.NotEqual(Tensors.Values(first.Keys), Tensors.Values(other.Keys));
    }

    [Theory]
    [InlineData(100, 32, "96 and 128")]
    [InlineData(10, 32, "32")]
    public void Constructor_NoMultipleOfTheBatch_NamesNearestSizes(int capacity, int keysPerStep, string nearest)
    {
        var fault = Assert.Throws<ConfigurationException>(() => new FeatureQueue(capacity, 4, keysPerStep, seed: 0));

        Assert.Contains(nearest, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Enqueue_OverwritesOldestAndWrapsAround()
    {
        var queue = new FeatureQueue(4, 2, 2, seed: 0);

        foreach (var step in new[] { 1, 2, 3 })
        {
            queue.Enqueue(full([2, 2], (float)step), labels: null);
        }

        Assert.Equal([3, 3, 3, 3, 2, 2, 2, 2], Tensors.Values(queue.Keys));
        Assert.Equal([2], Tensors.Integers(queue.get_buffer("queue_ptr")!));
    }

    [Fact]
    public void Enqueue_Labels_FollowTheirKeys()
    {
        var queue = new FeatureQueue(4, 2, 2, seed: 0, withLabels: true);

        queue.Enqueue(ones([2, 2]), tensor(new long[] { 7, 8 }));

        Assert.Equal([7, 8, -1, -1], Tensors.Integers(queue.Labels!));
    }

    [Fact]
    public void Enqueue_LabelsMissing_IsRefused()
    {
        var queue = new FeatureQueue(4, 2, 2, seed: 0, withLabels: true);

        Assert.Throws<ArgumentException>(() => queue.Enqueue(ones([2, 2]), labels: null));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    public void Enqueue_CountDoesNotDivideCapacity_IsRefused(int count)
    {
        var queue = new FeatureQueue(4, 2, 2, seed: 0);

        Assert.Throws<ArgumentException>(() => queue.Enqueue(ones([count, 2]), labels: null));
    }

    [Fact]
    public void Enqueue_KeysWithGradient_KeepNoGraph()
    {
        var queue = new FeatureQueue(4, 2, 2, seed: 0);

        queue.Enqueue(Tensors.Leaf(ones([2, 2])) * 2, labels: null);

        Assert.False(queue.Keys.requires_grad);
    }

    [Fact]
    public void StateDict_HoldsQueueAndPointer_AndRestoresThem()
    {
        var queue = new FeatureQueue(4, 2, 2, seed: 0, withLabels: true);
        queue.Enqueue(ones([2, 2]), tensor(new long[] { 1, 2 }));
        var restored = new FeatureQueue(4, 2, 2, seed: 9, withLabels: true);

        restored.load_state_dict(queue.state_dict());
        restored.Enqueue(full([2, 2], 5f), tensor(new long[] { 3, 4 }));

        Assert.Equal(["queue", "queue_labels", "queue_ptr"], queue.state_dict().Keys.Order(StringComparer.Ordinal));
        Assert.Equal([1, 1, 1, 1, 5, 5, 5, 5], Tensors.Values(restored.Keys));
        Assert.Equal([1, 2, 3, 4], Tensors.Integers(restored.Labels!));
    }
}
