using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class KeyedNTXentLossTests
{
    private const double Temperature = 0.5;

    [Fact]
    public void Compute_QueriesAsKeys_IsNTXent()
    {
        var (za, zb) = (Tensors.Normal(1, 6, 4), Tensors.Normal(2, 6, 4));

        Assert.Equal(NTXentLoss.Compute(za, zb, Temperature).item<float>(), KeyedNTXentLoss.Compute(za, zb, za, zb, Temperature).item<float>(),
            tolerance: 1e-5);
    }

    [Fact]
    public void Compute_OneImage_IsZero()
    {
        var loss = KeyedNTXentLoss.Compute(Tensors.Normal(1, 1, 4), Tensors.Normal(2, 1, 4), Tensors.Normal(3, 1, 4), Tensors.Normal(4, 1, 4), Temperature);

        Assert.Equal(0, loss.item<float>(), tolerance: 1e-6);   // the only key left is the right one
    }

    [Fact]
    public void Compute_KeyOfTheOwnView_DoesNotCount()
    {
        var (qa, qb, ka, kb) = (Tensors.Matrix([1, 0]), Tensors.Matrix([0, 1]), Tensors.Matrix([1, 0]), Tensors.Matrix([0, 1]));

        Assert.Equal(0, KeyedNTXentLoss.Compute(qa, qb, ka, kb, Temperature).item<float>(), tolerance: 1e-6);   // each query equals the key it may not see
    }

    [Fact]
    public void Compute_Backward_ReachesQueriesOnly()
    {
        var leaves = Enumerable.Range(1, 4).Select(seed => Tensors.Leaf(Tensors.Normal((ulong)seed, 6, 4))).ToArray();

        KeyedNTXentLoss.Compute(leaves[0], leaves[1], leaves[2], leaves[3], Temperature).backward();

        Assert.All(leaves[..2], query => Assert.True(query.grad!.abs().sum().item<float>() > 0));
        Assert.All(leaves[2..], key => Assert.Null(key.grad));
    }

    [Fact]
    public void Compute_DifferentShapes_AreRefused() =>
        Assert.Throws<ArgumentException>(() => KeyedNTXentLoss.Compute(zeros([4, 3]), zeros([4, 3]), zeros([4, 3]), zeros([5, 3]), Temperature));
}
