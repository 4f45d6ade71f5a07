using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Tests.Methods.Steps;

namespace Parallax.Plugins.Tests.Methods;

public sealed class Data2VecTests
{
    [Fact]
    public void MomentumPairs_RiseAlongALineThenStay()
    {
        var pair = Assert.Single(Create(new() { Momentum = 0.9, MomentumEnd = 0.99, MomentumRise = 0.5 }).MomentumPairs);

        Assert.Equal([0.9, 0.945, 0.99, 0.99], new long[] { 0, 25, 50, 100 }.Select(step => Math.Round(pair.Momentum.At(step, 100), 9)));
    }

    [Fact]
    public void Step_Masks_ComeFromTheSampleNotFromTheGenerator()
    {
        var (method, batch) = (Create(new()), Networks.Batch(8));

        Assert.Equal(Loss(TestRuns.Step(seed: 5)), Loss(TestRuns.Step(seed: 6)));
        Assert.NotEqual(Loss(TestRuns.Step(epoch: 1)), Loss(TestRuns.Step(epoch: 2)));

        float Loss(StepContext context) => method.Step(batch, context).Loss.item<float>();
    }

    [Fact]
    public void Step_Backward_NoGradientReachesTheTarget()
    {
        var method = Create(new());

        method.Step(Networks.Batch(8), TestRuns.Step()).Loss.backward();

        Assert.All(method.named_parameters(), p => Assert.Equal(p.name.StartsWith("target.", StringComparison.Ordinal), p.parameter.grad is null));
    }

    [Theory]
    [InlineData(3, 0.5, "backbone.patchSize is 2, so that images of 3 pixels (data.imageSize) have 1 patches; expected 2 x 2 at least")]
    [InlineData(8, 0.06, "method.maskRatio is 0.06, which is less than one of 4 x 4 patches")]
    [InlineData(8, 0.063, null)]   // the number that the message gives
    public void Faults_NothingHidden_IsTold(int side, double ratio, string? expected)
    {
        var faults = Create(new() { MaskRatio = ratio }).Faults(TestRuns.Of() with { ImageSize = side }).ToList();

        Assert.Equal(expected is null ? 0 : 1, faults.Count);
        Assert.StartsWith(expected ?? "", faults.FirstOrDefault(""), StringComparison.Ordinal);
    }

    private static Data2Vec Create(Data2VecOptions options) => new(Transformers.Tiny, options, TestRuns.Of());
}
