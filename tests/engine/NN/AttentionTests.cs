namespace Parallax.Engine.Tests.NN;

public sealed class AttentionTests
{
    [Fact]
    public void ScaledDotProductAttention_AddedMask_EqualsTheDefinition()
    {
        using var scope = NewDisposeScope();
        torch.manual_seed(5);
        var (query, key, value) = (torch.randn(2, 3, 4, 8), torch.randn(2, 3, 6, 8), torch.randn(2, 3, 6, 8));
        var mask = torch.randn(4, 6);

        var output = F.scaled_dot_product_attention(query, key, value, mask);

        var logits = query.matmul(key.transpose(-2, -1)) / Math.Sqrt(8) + mask;
        Assert.True(output.allclose(logits.softmax(-1).matmul(value), rtol: 1e-5, atol: 1e-6));
    }

    [Fact]
    public void ScaledDotProductAttention_MaskAndCausal_IsRefused()
    {
        using var scope = NewDisposeScope();
        var x = torch.ones(1, 2, 2);

        Assert.Throws<ArgumentException>(() => F.scaled_dot_product_attention(x, x, x, torch.zeros(2, 2), is_casual: true));
    }

    [Fact]
    public void MultiheadAttention_OneTensorForAll_EqualsThreeEqualTensors()
    {
        using var scope = NewDisposeScope();
        using var attention = MultiheadAttention(8, 2);
        var x = torch.randn(5, 3, 8);

        var (joint, jointWeights) = attention.call(x, x, x);
        var (separate, separateWeights) = attention.call(x, x.clone(), x.clone());
        var (fast, none) = attention.call(x, x, x, need_weights: false);

        Assert.True(joint.allclose(separate, atol: 1e-6));
        Assert.True(jointWeights.allclose(separateWeights, atol: 1e-6));
        Assert.True(joint.allclose(fast, atol: 1e-6));
        Assert.Null(none);
    }

    [Fact]
    public void MultiheadAttention_WidthNotDivisible_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => MultiheadAttention(6, 4));
    }
}
