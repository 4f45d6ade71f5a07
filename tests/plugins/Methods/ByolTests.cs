using Parallax.Contracts;
using Parallax.Plugins.Methods;

namespace Parallax.Plugins.Tests.Methods;

public sealed class ByolTests
{
    private static readonly ByolOptions _small = new() { ProjectionDim = 6, HiddenDim = 10 };

    [Fact]
    public void MomentumPairs_CoverBackboneAndProjector_AfterTheOptimizerStep()
    {
        var method = Create(_small);

        Assert.Equal(2, method.MomentumPairs.Count);
        Assert.All(method.MomentumPairs, pair => Assert.Equal(MomentumUpdate.AfterOptimizerStep, pair.When));
        Assert.All(method.MomentumPairs, pair => Assert.Equal([0.996, 0.998, 1], new[] { 0L, 50, 100 }.Select(step => Math.Round(pair.Momentum.At(step, 100), 6))));
        Assert.Equal(
            method.named_parameters().Count(named => !named.name.StartsWith("predictor.", StringComparison.Ordinal)),
            method.MomentumPairs.Sum(pair => pair.Online.parameters().Count() + pair.Target.parameters().Count()));   // the predictor has no target
    }

    [Fact]
    public void Step_Backward_ReachesOnlineNetworkAndPredictorOnly()
    {
        var method = Create(_small);

        method.Step(TestRuns.Batch(), TestRuns.Step()).Loss.backward();

        var targets = method.MomentumPairs.SelectMany(pair => pair.Target.parameters()).ToHashSet(ReferenceEqualityComparer.Instance);
        Assert.All(method.parameters(), parameter => Assert.Equal(targets.Contains(parameter), parameter.grad is null));
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
    public void Step_TargetsMovedApart_ChangeTheLossOnly()
    {
        var method = Create(_small);
        var before = method.Step(TestRuns.Batch(), TestRuns.Step());
        using (no_grad())
        {
            method.named_parameters().Single(p => p.name == "targetProjector.3.weight").parameter.neg_();
        }

        var after = method.Step(TestRuns.Batch(), TestRuns.Step());

        Assert.Equal(8 - before.Loss.item<float>(), after.Loss.item<float>(), tolerance: 1e-4);   // every cosine changes its sign: 4 - 2 sum becomes 4 + 2 sum
        Tensors.AssertClose(before.Embedding!, after.Embedding!);
    }

    [Fact]
    public void Step_WithoutPredictorAndEqualNetworks_SeesIdenticalViewsAsSolved()
    {
        var method = Create(_small with { Predictor = false });
        foreach (var pair in method.MomentumPairs)
        {
            pair.Target.load_state_dict(pair.Online.state_dict());
        }

        var view = TestRuns.Batch().Views[0];

        Assert.DoesNotContain(method.state_dict().Keys, key => key.StartsWith("predictor", StringComparison.Ordinal));
        Assert.Equal(0, method.Step(TestRuns.Batch() with { Views = [view, view] }, TestRuns.Step()).Loss.item<float>(), tolerance: 1e-4);
    }

    [Fact]
    public void Views_DifferByBlurAndSolarize()
    {
        var views = new Byol(() => new PixelBackbone(), _small, TestRuns.Of() with { ImageSize = 224 }).Views.Views;

        Assert.Equal([1.0, 0.1], views.Select(view => (double)view.Steps.Single(step => step.Name == "gaussian-blur").Options["probability"]));
        Assert.Equal([false, true], views.Select(view => view.Steps.Any(step => step.Name == "solarize")));
    }

    private static Byol Create(ByolOptions options) => new(() => new PixelBackbone(), options, TestRuns.Of());
}
