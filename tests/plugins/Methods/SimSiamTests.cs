using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class SimSiamTests
{
    private static readonly SimSiamOptions _small = new() { ProjectionDim = 6, PredictorHiddenDim = 4 };

    [Fact]
    public void Step_EqualViews_IsCosineOfPredictionAndEmbedding()
    {
        var method = Create(_small);
        var batch = TestRuns.Batch();

        var output = method.Step(batch with { Views = [batch.Views[0], batch.Views[0]] }, TestRuns.Step());

        var predictor = SiameseHeads.SimSiamPredictor(6, 4);
        predictor.load_state_dict(predictor.state_dict().Keys.ToDictionary(key => key, key => method.state_dict()["predictor." + key]));
        Assert.Equal(NegativeCosineLoss.Compute(predictor.call(output.Embedding!), output.Embedding!).item<float>(), output.Loss.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Step_StopGradient_ChangesGradientsAndNotTheLoss()
    {
        var (stopped, open) = (Create(_small), Create(_small with { StopGradient = false }));
        open.load_state_dict(stopped.state_dict());

        var (loss, openLoss) = (stopped.Step(TestRuns.Batch(), TestRuns.Step()).Loss, open.Step(TestRuns.Batch(), TestRuns.Step()).Loss);
        loss.backward();
        openLoss.backward();

        Assert.Equal(loss.item<float>(), openLoss.item<float>(), tolerance: 1e-6);
        Tensors.AssertClose(Gradient(stopped, "predictor.3.weight"), Gradient(open, "predictor.3.weight"));   // the predictor is on the side that always learns
        Assert.False(allclose(Gradient(stopped, "projector.6.weight"), Gradient(open, "projector.6.weight")));
    }

    [Fact]
    public void Step_Backward_ReachesEverythingButTheBiasThatTheNormalisationCancels()
    {
        var method = Create(_small);

        method.Step(TestRuns.Batch(), TestRuns.Step()).Loss.backward();

        Assert.Equal(["projector.6.bias"], method.named_parameters().Where(named => named.parameter.grad is null).Select(named => named.name));
    }

    [Fact]
    public void Step_SwappedViews_IsSameLoss()
    {
        var method = Create(_small);
        var batch = TestRuns.Batch();

        var swapped = method.Step(batch with { Views = [batch.Views[1], batch.Views[0]] }, TestRuns.Step()).Loss;

        Assert.Equal(method.Step(batch, TestRuns.Step()).Loss.item<float>(), swapped.item<float>(), tolerance: 1e-5);
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
