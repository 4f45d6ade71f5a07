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
    [InlineData(3, 0.5, "An image has 1 x 1 patches, but hidden rectangles are smaller than that on both sides. Expected at least 2 x 2")]
    [InlineData(8, 0.06, "method.maskRatio is 0.06, which hides none of 16 patches. Raise it")]
    public void Faults_NothingHidden_IsTold(int side, double ratio, string expected)
    {
        var fault = Assert.Single(Create(new() { MaskRatio = ratio }).Faults(TestRuns.Of() with { ImageSize = side }));

        Assert.StartsWith(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_MaskToken_IsCutOffAtOneDeviation()
    {
        manual_seed(3);

        var tokens = cat([.. Enumerable.Range(0, 20).Select(_ => Create(new()).state_dict()["mask_token"])], 1);   // [1, 240]

        Assert.InRange(tokens.abs().max().item<float>(), 0.018, 0.02);
    }

    [Fact]
    public void Faults_RectangleLargerThanWhatIsHidden_IsTold()
    {
        var fault = Assert.Single(Create(new() { MaskRatio = 0.3, MinBlockRatio = 0.5 }).Faults(TestRuns.Of()));

        Assert.StartsWith("The smallest hidden rectangle has 8 patches (method.minBlockRatio), but 4 of 16", fault, StringComparison.Ordinal);
        Assert.Empty(Create(new()).Faults(TestRuns.Of()));
    }

    private static Data2Vec Create(Data2VecOptions options) => new(Transformers.Tiny, options, TestRuns.Of());
}
