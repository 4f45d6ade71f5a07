using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class InfoNCELossTests
{
    private const double Temperature = 0.5;

    [Fact]
    public void Compute_KeyEqualsQueryAndQueueIsOrthogonal_IsHandValue()
    {
        var q = Tensors.Matrix([2, 0, 0]);
        var queue = Tensors.Matrix([0, 1, 0], [0, 0, 1]);

        var loss = InfoNCELoss.Compute(q, q, queue, Temperature).item<float>();

        Assert.Equal(Math.Log(Math.Exp(1 / Temperature) + 2) - (1 / Temperature), loss, tolerance: 1e-6);
    }

    [Fact]
    public void Logits_PositiveComesFirst()
    {
        var q = Tensors.Matrix([1, 0]);
        var k = Tensors.Matrix([0.6f, 0.8f]);
        var queue = Tensors.Matrix([0, 1], [-1, 0]);

        var logits = InfoNCELoss.Logits(q, k, queue, Temperature);

        Tensors.AssertClose([1.2f, 0, -2], Tensors.Values(logits));
    }

    [Fact]
    public void FromLogits_AllEqual_IsLogOfCandidates() =>
        Assert.Equal(Math.Log(9), InfoNCELoss.FromLogits(full([3, 9], 4f)).item<float>(), tolerance: 1e-5);

    [Fact]
    public void FromLogits_RemovedNegative_CountsAsAbsent()
    {
        var with = InfoNCELoss.FromLogits(Tensors.Matrix([1, 2, float.NegativeInfinity])).item<float>();

        Assert.Equal(InfoNCELoss.FromLogits(Tensors.Matrix([1, 2])).item<float>(), with, tolerance: 1e-6);
    }

    [Fact]
    public void Compute_OnlyQueriesReceiveGradients()
    {
        var (q, k) = (Tensors.Leaf(Tensors.Normal(1, 4, 6)), Tensors.Leaf(Tensors.Normal(2, 4, 6)));
        var queue = Tensors.Leaf(Tensors.UnitRows(3, 8, 6));

        InfoNCELoss.Compute(q, k, queue, Temperature).backward();

        Assert.True(q.grad!.abs().sum().item<float>() > 0);
        Assert.Null(k.grad);
        Assert.Null(queue.grad);
    }

    [Fact]
    public void Compute_Collapsed_HasFiniteGradient()
    {
        var q = Tensors.Leaf(ones([4, 6]));

        InfoNCELoss.Compute(q, ones([4, 6]), F.normalize(ones([8, 6])), Temperature).backward();

        Tensors.AssertFinite(q.grad!);
    }

    [Fact]
    public void Compute_RescaledQueriesAndPermutedQueue_IsSame()
    {
        var (q, k, queue) = (Tensors.Normal(1, 4, 6), Tensors.Normal(2, 4, 6), Tensors.UnitRows(3, 8, 6));
        var order = tensor(new long[] { 7, 2, 5, 0, 1, 6, 4, 3 });

        var changed = InfoNCELoss.Compute(q * 3, k * 0.2, queue.index_select(0, order), Temperature);

        Assert.Equal(InfoNCELoss.Compute(q, k, queue, Temperature).item<float>(), changed.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Logits_QueueOfOtherWidth_NamesBothShapes()
    {
        var fault = Assert.Throws<ArgumentException>(() => InfoNCELoss.Logits(zeros([4, 6]), zeros([4, 6]), zeros([8, 5]), Temperature));

        Assert.Contains("[4, 6]", fault.Message, StringComparison.Ordinal);
        Assert.Contains("[8, 5]", fault.Message, StringComparison.Ordinal);
    }
}
