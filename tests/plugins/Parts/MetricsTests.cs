using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class MetricsTests
{
    [Fact]
    public void Alignment_OppositeViews_IsFour() =>
        Assert.Equal(4, AlignmentUniformity.Alignment(Tensors.Matrix([2, 0]), Tensors.Matrix([-1, 0])).item<float>(), tolerance: 1e-6);

    [Fact]
    public void Alignment_PowerOne_IsTheDistance() =>
        Assert.Equal(2, AlignmentUniformity.Alignment(Tensors.Matrix([2, 0]), Tensors.Matrix([-1, 0]), power: 1).item<float>(), tolerance: 1e-6);

    [Fact]
    public void Uniformity_OrthogonalPair_IsHandValue() =>
        Assert.Equal(-4, AlignmentUniformity.Uniformity(Tensors.Matrix([1, 0], [0, 5])).item<float>(), tolerance: 1e-5);   // |a - b|² = 2, t = 2

    [Fact]
    public void Uniformity_AllEqual_IsZero() =>
        Assert.Equal(0, AlignmentUniformity.Uniformity(ones([4, 3])).item<float>(), tolerance: 1e-5);

    [Fact]
    public void Uniformity_OneRow_IsRefused() => Assert.Throws<ArgumentException>(() => AlignmentUniformity.Uniformity(ones([1, 3])));

    [Fact]
    public void Accuracy_CountsRowsWhosePositiveWins() =>
        Assert.Equal(0.5, ProxyTask.Accuracy(Tensors.Matrix([3, 1, 2], [1, 5, 0])).item<float>(), tolerance: 1e-6);

    [Fact]
    public void Accuracy_Tie_CountsAsLost() => Assert.Equal(0, ProxyTask.Accuracy(Tensors.Matrix([1, 1, 1])).item<float>());

    [Fact]
    public void Encode_RandomOrder_ReturnsTheOriginalOrder()
    {
        var images = arange(10, dtype: float32).view(10, 1);
        Tensor? seen = null;

        var keys = BatchShuffle.Encode(images, TestRuns.Step(seed: 3), x => seen = x * 2);

        Assert.NotEqual(Tensors.Values(images * 2), Tensors.Values(seen!));
        Assert.Equal(Tensors.Values(images * 2), Tensors.Values(keys));
        Assert.False(keys.requires_grad);
    }
}
