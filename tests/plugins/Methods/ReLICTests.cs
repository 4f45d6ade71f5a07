using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class ReLICTests
{
    private static readonly ReLICOptions _small = new() { HeadLayers = 2, HiddenDim = 10, ProjectionDim = 6 };
    private static readonly ReLICv2Options _manyViews =
        new() { LargeViews = 2, SmallViews = 1, Negatives = 2, HeadLayers = 2, HiddenDim = 10, ProjectionDim = 6 };

    [Fact]
    public void Step_EqualViewsAndNetworks_HaveNoDivergence()
    {
        var method = Create(_small);
        CopyOnlineToTarget(method.MomentumPairs);
        var batch = TestRuns.Batch();

        var output = method.Step(batch with { Views = [batch.Views[0], batch.Views[0]] }, TestRuns.Step());

        Assert.Equal(0, output.Diagnostics.Single(d => d.Name == "invariance").Value.item<float>(), tolerance: 1e-6);
    }

    [Fact]
    public void StepV2_DrawnNegatives_FollowTheGenerator()
    {
        var method = Create(_manyViews with { Negatives = 1 });
        float Loss(ulong seed) => method.Step(TestRuns.Batch(), TestRuns.Step(seed: seed)).Loss.item<float>();

        Assert.Equal(Loss(1), Loss(1));
        Assert.Contains(Enumerable.Range(2, 5).Select(seed => Loss((ulong)seed)), loss => loss != Loss(1));
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
