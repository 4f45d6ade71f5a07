using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class VirtualAdversaryTests
{
    private static readonly Tensor _weights =
        Tensors.Normal(2, 12, 2).DetachFromDisposeScope(), _images = Tensors.Normal(1, 5, 3, 2, 2).DetachFromDisposeScope();

    [Fact]
    public void Change_OfALinearClassifierOfTwoClasses_LiesAlongTheDifferenceOfTheirWeights()
    {
        var change = VirtualAdversary.Change(_images, Tensors.Normal(3, 5, 3, 2, 2), Predict(_images), Predict, length: 2.5).flatten(1);   // [5, 12]

        var direction = F.normalize(_weights.select(1, 0) - _weights.select(1, 1), dim: 0);       // [12]
        Tensors.AssertClose(full([5], 2.5f), change.matmul(direction).abs(), 1e-3);
        Tensors.AssertClose(full([5], 2.5f), change.square().sum(1).sqrt(), 1e-5);
    }

    [Fact]
    public void Change_OfACurvedClassifier_MovesPredictionsFurtherThanAnyRandomChangeOfItsLength()
    {
        const double length = 0.5;
        var hidden = Tensors.Normal(5, 12, 8);
        Tensor Curved(Tensor images) => images.flatten(1).matmul(hidden).tanh().matmul(Tensors.Normal(6, 8, 3));
        var clean = Curved(_images);

        var change = VirtualAdversary.Change(_images, Tensors.Normal(3, 5, 3, 2, 2), clean, Curved, length);

        var random = Enumerable.Range(10, 30).Select(seed => Moved(Of(Tensors.Normal((ulong)seed, 5, 3, 2, 2)))).ToList();
        Tensors.AssertClose(full([5], (float)length), change.flatten(1).square().sum(1).sqrt(), 1e-5);
        Assert.True(Moved(change) > random.Max(), $"{Moved(change)} against {random.Max()}");
        Assert.True(Moved(change) > 2 * random.Average(), $"{Moved(change)} against {random.Average()}");

        float Moved(Tensor by) => VirtualAdversary.Divergence(Curved(_images + by), clean).item<float>();

        Tensor Of(Tensor noise) => (F.normalize(noise.flatten(1), dim: 1) * length).view(noise.shape);
    }

    [Fact]
    public void Change_CarriesNoGradient_AndLeavesNoneInTheClassifier()
    {
        var weights = Tensors.Leaf(_weights);

        var change = VirtualAdversary.Change(_images, Tensors.Normal(3, 5, 3, 2, 2), Predict(_images), x => x.flatten(1).matmul(weights), length: 1);

        Assert.False(change.requires_grad);
        Assert.Null(weights.grad);
    }

    [Fact]
    public void Divergence_OfHandWorkedRows_IsThatOfChangedFromClean()
    {
        var changed = Tensors.Matrix([0, MathF.Log(3)], [1, 1]);                                  // 1/4 and 3/4; a half each
        var clean = Tensors.Leaf(Tensors.Matrix([2, 2], [5, 5]));                                 // a half each

        var divergence = VirtualAdversary.Divergence(changed, clean);

        Assert.Equal(((0.25 * Math.Log(0.5)) + (0.75 * Math.Log(1.5))) / 2, divergence.item<float>(), 1e-6);
        Assert.False(divergence.requires_grad);
    }

    [Fact]
    public void Entropy_OfEqualScores_IsLogOfTheirNumber()
    {
        Assert.Equal(Math.Log(7), VirtualAdversary.Entropy(zeros(3, 7)).item<float>(), 1e-6);
        Assert.Equal(0, VirtualAdversary.Entropy(Tensors.Matrix([100, 0, 0])).item<float>(), 1e-6);
    }

    private static Tensor Predict(Tensor images) => images.flatten(1).matmul(_weights);
}
