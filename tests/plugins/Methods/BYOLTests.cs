using Parallax.Contracts;
using Parallax.Plugins.Methods;

namespace Parallax.Plugins.Tests.Methods;

public sealed class BYOLTests
{
    private static readonly BYOLOptions _small = new() { ProjectionDim = 6, HiddenDim = 10 };

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

    private static BYOL Create(BYOLOptions options) => new(() => new PixelBackbone(), options, TestRuns.Of());
}
