using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class SwappedPredictionLossTests
{
    [Fact]
    public void Compute_OneHotTargets_IsWorkedOutByHand()
    {
        var (a, b) = (Tensors.Matrix([MathF.Log(3), 0]), Tensors.Matrix([0, MathF.Log(7)]));   // softmax: (3/4, 1/4) and (1/8, 7/8)
        var (first, second) = (Tensors.Matrix([1, 0]), Tensors.Matrix([0, 1]));

        var loss = SwappedPredictionLoss.Compute([a, b], [first, second], temperature: 1);

        Assert.Equal((Math.Log(4) + Math.Log(8)) / 2, loss.item<float>(), tolerance: 1e-5);   // a predicts (0, 1), b predicts (1, 0)
    }

    [Fact]
    public void Compute_EqualScores_IsLogarithmOfTheirNumber()
    {
        var scores = Enumerable.Repeat(full([3, 5], 0.7f), 4).ToList();
        var targets = Enumerable.Range(0, 2).Select(view => F.softmax(Tensors.Normal((ulong)view, 3, 5), 1)).ToList();

        Assert.Equal(Math.Log(5), SwappedPredictionLoss.Compute(scores, targets, temperature: 0.1).item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Compute_ThreeViewsTwoTargets_IsTheMeanOverFourPairs()
    {
        var scores = Enumerable.Range(0, 3).Select(view => Tensors.Normal((ulong)view, 4, 5)).ToList();
        var targets = Enumerable.Range(5, 2).Select(view => F.softmax(Tensors.Normal((ulong)view, 4, 5), 1)).ToList();

        var pairs = new[] { (0, 1), (0, 2), (1, 0), (1, 2) }.Select(pair => Pair(targets[pair.Item1], scores[pair.Item2])).ToList();

        Assert.Equal(pairs.Average(), SwappedPredictionLoss.Compute(scores, targets, temperature: 0.5).item<float>(), tolerance: 1e-5);

        static float Pair(Tensor target, Tensor scores) => F.cross_entropy(scores / 0.5, target).item<float>();
    }

    [Fact]
    public void Compute_Backward_ReachesScoresOnly()
    {
        var (a, b, target) = (Tensors.Leaf(Tensors.Normal(1, 3, 4)), Tensors.Leaf(Tensors.Normal(2, 3, 4)), Tensors.Leaf(full([3, 4], 0.25f)));

        SwappedPredictionLoss.Compute([a, b], [target], temperature: 0.1).backward();

        Assert.Null(a.grad);        // the only target is its own
        Assert.NotNull(b.grad);
        Assert.Null(target.grad);
    }

    [Fact]
    public void Compute_OneView_IsRefused() =>
        Assert.Throws<ArgumentException>(() => SwappedPredictionLoss.Compute([ones([2, 2])], [ones([2, 2])], temperature: 0.1));
}
