using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class SimSiamTests
{
    private static readonly SimSiamOptions _small = new() { ProjectionDim = 6, PredictorHiddenDim = 4 };

    [Fact]
    public void Step_Backward_ReachesEverythingButTheBiasThatTheNormalisationCancels()
    {
        var method = Create(_small);

        method.Step(TestRuns.Batch(), TestRuns.Step()).Loss.backward();

        Assert.Equal(["projector.6.bias"], method.named_parameters().Where(named => named.parameter.grad is null).Select(named => named.name));
    }

    [Fact]
    public void ParameterRules_FixedPredictorLearningRate_TakesThePredictorAloneOutOfTheSchedule()
    {
        var rule = Assert.Single(Create(_small).ParameterRules);

        Assert.False(rule.FollowsSchedule);
        Assert.True(rule.Matches(new ParameterInfo("predictor.0.weight", 2)));
        Assert.False(rule.Matches(new ParameterInfo("projector.0.weight", 2)));
        Assert.Empty(Create(_small with { FixedPredictorLearningRate = false }).ParameterRules);
    }

    private static Tensor Gradient(SimSiam method, string name) => method.named_parameters().Single(named => named.name == name).parameter.grad!;

    private static SimSiam Create(SimSiamOptions options) => new(new PixelBackbone(), options, TestRuns.Of());
}
