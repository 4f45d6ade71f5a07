using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class ReLICTests
{
    private static readonly ReLICOptions _small = new() { HeadLayers = 2, HiddenDim = 10, ProjectionDim = 6 };
    private static readonly ReLICv2Options _manyViews = new() { LargeViews = 2, SmallViews = 1, Negatives = 2, HeadLayers = 2, HiddenDim = 10, ProjectionDim = 6 };

    [Fact]
    public void Step_TwoEqualNetworks_IsTheLossOfTheirEmbeddings()
    {
        var method = Create(_small);
        CopyOnlineToTarget(method.MomentumPairs);
        var batch = TestRuns.Batch();

        var output = method.Step(batch, TestRuns.Step());

        var other = method.Step(batch with { Views = [batch.Views[1], batch.Views[0]] }, TestRuns.Step()).Embedding!;   // the second view's
        var expected = RelicLoss.TwoViews(output.Embedding!, other, output.Embedding!, other, _small.Temperature, _small.Invariance, stopGradient: false);
        Assert.Equal(expected.Weighted(_small.InvarianceWeight).item<float>(), output.Loss.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Step_EqualViewsAndNetworks_HaveNoDivergence()
    {
        var method = Create(_small);
        CopyOnlineToTarget(method.MomentumPairs);
        var batch = TestRuns.Batch();

        var output = method.Step(batch with { Views = [batch.Views[0], batch.Views[0]] }, TestRuns.Step());

        Assert.Equal(0, output.Diagnostics.Single(d => d.Name == "invariance").Value.item<float>(), tolerance: 1e-6);
    }

    [Theory]
    [InlineData(RelicPairing.BetweenViews)]
    [InlineData(RelicPairing.RowsAndColumns)]
    public void Step_Backward_ReachesTheOnlineNetworkOnly(RelicPairing pairing)
    {
        var method = Create(_small with { Pairing = pairing });

        method.Step(TestRuns.Batch(), TestRuns.Step()).Loss.backward();

        AssertOnlineOnly(method, method.MomentumPairs);
    }

    [Fact]
    public void MomentumPairs_AreUpdatedAfterTheStep_UpToOne()
    {
        var pairs = Create(_small).MomentumPairs;

        Assert.All(pairs, pair => Assert.Equal(MomentumUpdate.AfterOptimizerStep, pair.When));
        Assert.All(pairs, pair => Assert.Equal((0.996, 1.0), (pair.Momentum.At(0, 100), pair.Momentum.At(100, 100))));
    }

    [Fact]
    public void StepV2_AllPairs_AreAveraged_OwnTargetsIncluded()
    {
        var method = Create(_manyViews with { Negatives = 0 });
        CopyOnlineToTarget(method.MomentumPairs);
        method.eval();
        var batch = TestRuns.Batch();
        Tensor[] views = [.. batch.Views, Tensors.Normal(13, TestRuns.BatchSize, 3, TestRuns.ImageSize, TestRuns.ImageSize)];
        Tensor Embedding(Tensor view) => method.Step(batch with { Views = [view, view] }, TestRuns.Step()).Embedding!;

        var loss = method.Step(batch with { Views = views }, TestRuns.Step()).Loss.item<float>();

        Tensor[] z = [.. views.Select(Embedding)];
        var expected = z.SelectMany(online => z.Take(2).Select(target =>
            RelicLoss.Pair(online, target, null, _manyViews.Temperature, _manyViews.Invariance, _manyViews.StopGradient).Weighted(_manyViews.InvarianceWeight).item<float>()));
        Assert.Equal(expected.Average(), loss, tolerance: 1e-5);
    }

    [Fact]
    public void StepV2_DrawnNegatives_FollowTheGenerator()
    {
        var method = Create(_manyViews with { Negatives = 1 });
        float Loss(ulong seed) => method.Step(TestRuns.Batch(), TestRuns.Step(seed: seed)).Loss.item<float>();

        Assert.Equal(Loss(1), Loss(1));
        Assert.Contains(Enumerable.Range(2, 5).Select(seed => Loss((ulong)seed)), loss => loss != Loss(1));
    }

    [Fact]
    public void StepV2_Backward_ReachesTheOnlineNetworkOnly()
    {
        var method = Create(_manyViews);

        method.Step(TestRuns.Batch(), TestRuns.Step()).Loss.backward();

        AssertOnlineOnly(method, method.MomentumPairs);
    }

    [Fact]
    public void ViewsV2_LargeComeFirst_ThenSmallOfThreeSevenths()
    {
        var method = new ReLICv2(() => new PixelBackbone(), new() { HiddenDim = 8, ProjectionDim = 4 }, TestRuns.Of() with { ImageSize = 224 });

        Assert.Equal([224, 224, 224, 224, 96, 96], method.Views.Views.Select(view => (int)view.Steps[0].Options["size"]));
    }

    private static void AssertOnlineOnly(Module method, IReadOnlyList<MomentumPair> pairs)
    {
        var targets = pairs.SelectMany(pair => pair.Target.parameters()).ToHashSet(ReferenceEqualityComparer.Instance);

        Assert.All(method.parameters(), parameter => Assert.Equal(targets.Contains(parameter), parameter.grad is null));
    }

    private static void CopyOnlineToTarget(IReadOnlyList<MomentumPair> pairs)
    {
        foreach (var pair in pairs)
        {
            pair.Target.load_state_dict(pair.Online.state_dict());
        }
    }

    private static ReLIC Create(ReLICOptions options) => new(() => new PixelBackbone(), options, TestRuns.Of());

    private static ReLICv2 Create(ReLICv2Options options) => new(() => new PixelBackbone(), options, TestRuns.Of());
}
