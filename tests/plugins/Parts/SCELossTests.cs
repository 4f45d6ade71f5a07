using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class SCELossTests
{
    private const double Temperature = 0.1, TargetTemperature = 0.07;

    private readonly Tensor _q = Tensors.Normal(1, 4, 6), _k = Tensors.Normal(2, 4, 6), _queue = Tensors.UnitRows(3, 8, 6);

    [Theory]
    [InlineData(SCEPositive.ZeroLogit)]
    [InlineData(SCEPositive.Excluded)]
    public void Compute_CoefficientOne_IsInfoNCE(SCEPositive positive)
    {
        var loss = SCELoss.Compute(_q, _k, _queue, Neighbourhood.Of(_k, _queue, TargetTemperature), Temperature, coefficient: 1, positive).item<float>();

        Assert.Equal(InfoNCELoss.Compute(_q, _k, _queue, Temperature).item<float>(), loss, tolerance: 1e-5);
    }

    [Theory]
    [InlineData(SCEPositive.ZeroLogit, 0)]
    [InlineData(SCEPositive.ZeroLogit, 0.4)]
    [InlineData(SCEPositive.Excluded, 0.4)]
    public void Compute_AnyCoefficient_IsCrossEntropyWithTheTarget(SCEPositive positive, double coefficient)
    {
        var loss = SCELoss.Compute(_q, _k, _queue, Neighbourhood.Of(_k, _queue, TargetTemperature), Temperature, coefficient, positive).item<float>();

        var expected = PlainLosses.SCE(_q, _k, _queue, Temperature, TargetTemperature, coefficient, positive).item<float>();
        Assert.Equal(expected, loss, tolerance: 1e-5);
    }

    [Theory]
    [InlineData(SCEPositive.Excluded, 0.5)]
    [InlineData(SCEPositive.ZeroLogit, 0.6)]
    public void PositiveShare_FourCandidatesOfCosineZero_IsHandValue(SCEPositive positive, float expected)
    {
        // a logit of 0 among four others of 0 has a fifth of the softmax, of which half counts
        var neighbours = Neighbourhood.Of(Tensors.Matrix([1, 0, 0]), Tensors.Matrix([0, 1, 0], [0, 0, 1], [0, -1, 0], [0, 0, -1]), TargetTemperature);

        Tensors.AssertClose([expected], Tensors.Values(SCELoss.PositiveShare(neighbours, coefficient: 0.5, positive)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void InBatch_WithAndWithoutQueue_IsCrossEntropyWithTheTarget(bool hasQueue)
    {
        var queue = hasQueue ? _queue : null;

        var loss = SCELoss.InBatch(_q, _k, queue, Neighbourhood.OfOthers(_k, queue, TargetTemperature), Temperature, 0.3).item<float>();

        Assert.Equal(PlainLosses.SCEInBatch(_q, _k, queue, Temperature, TargetTemperature, 0.3).item<float>(), loss, tolerance: 1e-5);
    }

    [Fact]
    public void OfOthers_OneImageWithoutQueue_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Neighbourhood.OfOthers(ones([1, 4]), queue: null, TargetTemperature));

    [Fact]
    public void InBatch_OnlyQueriesReceiveGradients()
    {
        var (q, k) = (Tensors.Leaf(_q), Tensors.Leaf(_k));

        SCELoss.InBatch(q, k, null, Neighbourhood.OfOthers(k, null, TargetTemperature), Temperature, 0.5).backward();

        Assert.True(q.grad!.abs().sum().item<float>() > 0);
        Assert.Null(k.grad);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Compute_CoefficientNoFraction_IsRefused(double coefficient)
    {
        var neighbours = Neighbourhood.Of(_k, _queue, TargetTemperature);

        Assert.Throws<ArgumentOutOfRangeException>(
            () => SCELoss.Compute(_q, _k, _queue, neighbours, Temperature, coefficient, SCEPositive.Excluded));
        Assert.Throws<ArgumentOutOfRangeException>(() => SCELoss.InBatch(_q, _k, _queue, neighbours, Temperature, coefficient));
    }
}
