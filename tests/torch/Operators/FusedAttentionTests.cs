namespace Parallax.Torch.Tests.Operators;

public sealed class FusedAttentionTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 5, 7)]
    [InlineData(700, 1000, 20)]
    public void Run_NoBias_IsSoftmaxAndItsDenominator(long rows, long keys, long width)
    {
        using var scope = NewDisposeScope();
        var (q, k, v) = (randn(rows, width), randn(keys, width), randn(keys, width));

        var (output, logSumExp) = FusedAttention.Run(q, k, v, 0.3);

        var logits = q.matmul(k.t()) * 0.3;
        AssertClose(logits.softmax(1).matmul(v), output);
        AssertClose(logits.logsumexp(1), logSumExp);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_BiasOfPairsOrKeys_IsAdded(bool isOfKeys)
    {
        using var scope = NewDisposeScope();
        var (q, k) = (randn(40, 8), randn(50, 8));
        var bias = randn(isOfKeys ? 1 : 40, 50);
        bias[0, 3] = double.NegativeInfinity;

        var (output, logSumExp) = FusedAttention.Run(q, k, k, 0.3, bias);

        var logits = (q.matmul(k.t()) * 0.3) + bias;
        AssertClose(logits.softmax(1).matmul(k), output);
        AssertClose(logits.logsumexp(1), logSumExp);
    }

    [Fact]
    public void Run_PartsOfLargerTensors_AreReadAsTheyAre()
    {
        using var scope = NewDisposeScope();
        var (q, k) = (randn(8, 40).t(), randn(50, 16).narrow(1, 4, 8));

        var (output, logSumExp) = FusedAttention.Run(q, k, k, 1);

        var (expected, expectedLog) = FusedAttention.Run(q.contiguous(), k.contiguous(), k.contiguous(), 1);
        AssertClose(expected, output);
        AssertClose(expectedLog, logSumExp);
    }

    [Theory]
    [InlineData(1, 50, 56)]
    [InlineData(3, 50, 56)]
    [InlineData(3, 48, 48)]
    public void Aligned_PartOfALargerBias_HasTheSameNumbersInRowsOfEights(long rows, long keys, long stride)
    {
        using var scope = NewDisposeScope();
        var bias = randn(rows, 77).narrow(1, 5, keys);   // neither its start nor its rows are aligned

        var aligned = FusedAttention.Aligned(bias);

        Assert.Equal(bias.shape, aligned.shape);
        Assert.True(bias.equal(aligned).all().item<bool>());
        Assert.Equal([stride, 1], aligned.stride());
        Assert.Equal(0, aligned.storage_offset());
    }

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(expected.allclose(actual, rtol: 1e-4, atol: 1e-5));
    }
}
