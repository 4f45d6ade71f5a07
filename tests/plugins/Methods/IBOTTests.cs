using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Tests.Methods.Steps;

namespace Parallax.Plugins.Tests.Methods;

public sealed class IBOTTests
{
    private static readonly IBOTOptions _small = new() { Outputs = 9, HiddenDim = 10, BottleneckDim = 6 };

    [Fact]
    public void Step_NothingHidden_IsDINOAlone()
    {
        var method = Create(_small with { MaskProbability = 0 });

        var output = method.Step(TestRuns.Batch(), TestRuns.Step());

        Assert.Equal(0, output.Diagnostics[1].Value.item<float>());
        Assert.Equal(output.Diagnostics[0].Value.item<float>(), output.Loss.item<float>());
    }

    [Fact]
    public void Step_BeforeMaskStartEpoch_HidesNothing()
    {
        var method = Create(_small with { MaskProbability = 1, MaskStartEpoch = 2 });

        Assert.Equal(0, method.Step(TestRuns.Batch(), TestRuns.Step(epoch: 1)).Diagnostics[1].Value.item<float>());
        Assert.True(method.Step(TestRuns.Batch(), TestRuns.Step(epoch: 2)).Diagnostics[1].Value.item<float>() > 0);
    }

    [Fact]
    public void Step_HiddenPatches_ComeFromTheSampleNotFromTheGenerator()
    {
        var method = Create(_small with { MaskProbability = 1 });
        var batch = Networks.Batch(8, 8, 4);

        var (once, again, later) = (Loss(TestRuns.Step(seed: 5)), Loss(TestRuns.Step(seed: 6)), Loss(TestRuns.Step(epoch: 1)));

        Assert.Equal(once, again);
        Assert.NotEqual(once, later);

        float Loss(StepContext context) => method.Step(batch, context).Loss.item<float>();
    }

    [Fact]
    public void Step_Backward_NoGradientReachesTheTeacher()
    {
        var method = Create(_small with { MaskProbability = 1 });

        method.Step(Networks.Batch(8, 8, 4), TestRuns.Step()).Loss.backward();

        Assert.All(method.named_parameters(), p => Assert.Equal(p.name.StartsWith("teacher.", StringComparison.Ordinal), p.parameter.grad is null));
        Assert.NotEqual(0, method.get_parameter("mask_token")!.grad!.abs().sum().item<float>());
    }

    [Fact]
    public void ParameterRules_FreezeTheStudentsLastLayerOnly()
    {
        var rule = Assert.Single(Create(_small).ParameterRules);

        Assert.Equal(["head.last_layer.weight_v"], Create(_small).named_parameters().Where(p => rule.Matches(new(p.name, p.parameter.dim())))
            .Select(p => p.name));
    }

    [Fact]
    public void Faults_RatiosTheWrongWayRound_AreToldWithBothKeys()
    {
        var fault = Assert.Single((_small with { MinMaskRatio = 0.6 }).Faults(TestRuns.Of()));

        Assert.StartsWith("method.minMaskRatio is 0.6, and method.maxMaskRatio 0.5;", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_SwinWithOneToken_IsTold()
    {
        var run = TestRuns.Of();

        var fault = Assert.Single(new IBOT(Transformers.Windows, _small, run).Faults(run));

        Assert.StartsWith("data.imageSize is 8, which is 1 x 1 tokens", fault, StringComparison.Ordinal);
        Assert.Empty(new IBOT(Transformers.Windows, _small, run).Faults(run with { ImageSize = 16 }));
    }

    private static IBOT Create(IBOTOptions options) => new(Transformers.Tiny, options, TestRuns.Of());
}
