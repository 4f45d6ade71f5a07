using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class SCELossTests
{
    private const double Temperature = 0.1, TargetTemperature = 0.07;

    [Theory]
    [InlineData(SCEPositive.ZeroLogit)]
    [InlineData(SCEPositive.Excluded)]
    public void Targets_CoefficientOne_IsInfoNCE(SCEPositive positive)
    {
        var (q, k, queue) = (Tensors.Normal(1, 4, 6), Tensors.Normal(2, 4, 6), Tensors.UnitRows(3, 8, 6));

        var targets = SCELoss.Targets(SoftTargets.Logits(k, queue, TargetTemperature), coefficient: 1, positive);
        var loss = SoftTargets.CrossEntropy(targets, InfoNCELoss.Logits(q, k, queue, Temperature)).item<float>();

        Assert.Equal(InfoNCELoss.Compute(q, k, queue, Temperature).item<float>(), loss, tolerance: 1e-5);
    }

    [Fact]
    public void Targets_PositiveExcluded_HasTheCoefficientOnly()
    {
        var targets = SCELoss.Targets(Tensors.Matrix([0, 0, 0, 0]), coefficient: 0.5, SCEPositive.Excluded);

        Tensors.AssertClose([0.5f, 0.125f, 0.125f, 0.125f, 0.125f], Tensors.Values(targets));
    }

    [Fact]
    public void Targets_PositiveWithZeroLogit_HasAShareOfTheSoftmaxToo()
    {
        var targets = SCELoss.Targets(Tensors.Matrix([0, 0, 0, 0]), coefficient: 0.5, SCEPositive.ZeroLogit);

        Tensors.AssertClose([0.6f, 0.1f, 0.1f, 0.1f, 0.1f], Tensors.Values(targets));
    }

    [Fact]
    public void BatchTargets_OwnColumn_HasTheCoefficient_AndRowsAddUpToOne()
    {
        var neighbours = SCELoss.BatchNeighbours(Tensors.Normal(1, 5, 6), Tensors.UnitRows(2, 7, 6), TargetTemperature);

        var targets = SCELoss.BatchTargets(neighbours, coefficient: 0.3);

        Tensors.AssertClose(full([5], 0.3f), targets.narrow(1, 0, 5).diagonal());
        Tensors.AssertClose(ones([5]), targets.sum(1));
        Tensors.AssertClose(zeros([5]), neighbours.narrow(1, 0, 5).diagonal());
    }

    [Fact]
    public void BatchNeighbours_OneImageWithoutQueue_IsRefused() =>
        Assert.Throws<ArgumentException>(() => SCELoss.BatchNeighbours(ones([1, 4]), queue: null, TargetTemperature));

    [Fact]
    public void BatchLogits_OnlyQueriesReceiveGradients()
    {
        var (q, k) = (Tensors.Leaf(Tensors.Normal(1, 4, 6)), Tensors.Leaf(Tensors.Normal(2, 4, 6)));

        SoftTargets.CrossEntropy(SCELoss.BatchTargets(SCELoss.BatchNeighbours(k, null, TargetTemperature), 0.5),
            SCELoss.BatchLogits(q, k, null, Temperature)).backward();

        Assert.True(q.grad!.abs().sum().item<float>() > 0);
        Assert.Null(k.grad);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Targets_CoefficientNoFraction_IsRefused(double coefficient) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SCELoss.Targets(zeros([2, 3]), coefficient, SCEPositive.Excluded));
}
