namespace Parallax.Torch.Tests.Optimizers;

public sealed class MomentumUpdaterTests
{
    [Fact]
    public void Update_TwoParameters_AveragesByHand()
    {
        var targets = new[] { torch.tensor(new[] { 1f, 2f }), torch.tensor(new[] { 10f }) };
        var online = new[] { torch.tensor(new[] { 3f, 6f }), torch.tensor(new[] { 0f }) };

        new MomentumUpdater(targets, online).Update(0.75);

        Assert.Equal([1.5f, 3f], OptimizerRuns.Values(targets[0]));
        Assert.Equal([7.5f], OptimizerRuns.Values(targets[1]));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.BFloat16)]
    public void Update_TargetInOtherMemoryOrder_AveragesEqualElements(ScalarType type)
    {
        var target = OptimizerRuns.Random(2, 3, 4, 4, 5).permute(0, 3, 1, 2).to(type);
        var online = OptimizerRuns.Random(3, 3, 5, 4, 4).to(type);
        var expected = ((target.to(torch.float32) * 0.9f) + (online.to(torch.float32) * 0.1f)).to(type);

        new MomentumUpdater([target], [online]).Update(0.9);

        Assert.True(target.to(torch.float32).allclose(expected.to(torch.float32), rtol: type == ScalarType.BFloat16 ? 0.01 : 1e-6));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.BFloat16)]
    public void Update_OnePassAgainstTensorOperators_Agree(ScalarType type)
    {
        var (one, two) = (OptimizerRuns.Parameters(type), OptimizerRuns.Parameters(type));
        var online = OptimizerRuns.Parameters(type, seed: 2);

        new MomentumUpdater(one, online).Update(0.75);
        new MomentumUpdater(two, online) { PreferTensorLists = true }.Update(0.75);

        Assert.All(one.Zip(two), pair => Assert.True(pair.First.allclose(pair.Second, rtol: type == ScalarType.BFloat16 ? 0.01 : 1e-6, atol: 1e-6)));
    }

    [Fact]
    public void Update_OnlineRequiresGradients_TargetStaysOutOfTheGraph()
    {
        var online = new Parameter(torch.ones([2]));
        var target = new Parameter(torch.zeros([2]), requires_grad: false);

        new MomentumUpdater([target], [online]).Update(0.5);

        Assert.False(target.requires_grad);
        Assert.Equal([0.5f, 0.5f], OptimizerRuns.Values(target));
    }

    [Fact]
    public void Constructor_DifferentShapes_NamesBoth()
    {
        var error = Assert.Throws<ArgumentException>(() => new MomentumUpdater([torch.zeros([2])], [torch.zeros([3])]));

        Assert.Contains("[2]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[3]", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Update_MomentumOutsideUnitInterval_Throws(double momentum) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MomentumUpdater([torch.zeros([2])], [torch.zeros([2])]).Update(momentum));
}
