using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts.Video;

public sealed class MinedPositivesTests
{
    private static readonly Tensor _queue = Tensors.Matrix([1, 0], [0, 1], [-1, 0], [0, -1]).DetachFromDisposeScope();

    [Fact]
    public void Of_WrittenQueue_AddsTheMostSimilarOfOtherSources()
    {
        // (3, 1) is most similar to key 0, which has the same source, then to key 1
        var positives = MinedPositives.Of(Tensors.Matrix([3, 1]), _queue, tensor(new long[] { 7 }), tensor(new long[] { 7, 2, 7, 4 }), count: 1);

        Assert.Equal([1, 1, 1, 1, 0], Tensors.Integers(positives.to(int64)));
    }

    [Fact]
    public void Of_QueueNotYetWritten_TakesTheSameSourceOnly()
    {
        var positives = MinedPositives.Of(Tensors.Matrix([3, 1]), _queue, tensor(new long[] { 7 }), tensor(new long[] { 7, 2, 4, -1 }), count: 2);

        Assert.Equal([1, 1, 0, 0, 0], Tensors.Integers(positives.to(int64)));
    }

    [Fact]
    public void Of_FewerOtherSourcesThanWanted_TakesThem()
    {
        var positives = MinedPositives.Of(Tensors.Matrix([3, 1]), _queue, tensor(new long[] { 7 }), tensor(new long[] { 7, 7, 7, 4 }), count: 3);

        Assert.Equal([1, 1, 1, 1, 1], Tensors.Integers(positives.to(int64)));
    }
}
