using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class NNCLRLossTests
{
    private const double Temperature = 0.5;

    [Fact]
    public void NearestRows_LongRows_FollowsTheCosine()
    {
        var memory = Tensors.Matrix([1, 0], [0, 1], [-1, 0]);

        var rows = NNCLRLoss.NearestRows(Tensors.Matrix([0.1f, 9], [-5, 1], [3, 2]), memory);

        Assert.Equal([1, 2, 0], Tensors.Integers(rows));
    }

    [Fact]
    public void Compute_OrthogonalPairs_IsHandValue()
    {
        var z = Tensors.Matrix([1, 0], [0, 3]);

        var loss = NNCLRLoss.Compute(z, z, Temperature).item<float>();

        Assert.Equal(Math.Log(Math.Exp(1 / Temperature) + 1) - (1 / Temperature), loss, tolerance: 1e-6);
    }

    [Fact]
    public void Compute_EqualPredictions_IsLogOfTheBatch() =>
        Assert.Equal(Math.Log(5), NNCLRLoss.Compute(Tensors.Normal(1, 5, 4), ones([5, 4]), Temperature).item<float>(), tolerance: 1e-5);

    [Fact]
    public void Compute_NeighboursBesidePredictions_IsNTXent()
    {
        var (neighbours, predictions) = (Tensors.Normal(1, 5, 4), Tensors.Normal(2, 5, 4));

        var loss = NNCLRLoss.Compute(neighbours, predictions, Temperature, NNCLRNegatives.PredictionsAndNeighbours).item<float>();

        Assert.Equal(NTXentLoss.Compute(neighbours, predictions, Temperature).item<float>(), loss, tolerance: 1e-6);
    }

    [Theory]
    [InlineData(NNCLRNegatives.OtherPredictions)]
    [InlineData(NNCLRNegatives.PredictionsAndNeighbours)]
    public void Compute_Backward_ReachesPredictionsOnly(NNCLRNegatives negatives)
    {
        var (neighbours, predictions) = (Tensors.Leaf(Tensors.Normal(1, 5, 4)), Tensors.Leaf(Tensors.Normal(2, 5, 4)));

        NNCLRLoss.Compute(neighbours, predictions, Temperature, negatives).backward();

        Assert.Null(neighbours.grad);
        Assert.True(predictions.grad!.abs().sum().item<float>() > 0);
    }
}
