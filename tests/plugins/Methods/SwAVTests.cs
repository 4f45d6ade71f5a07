using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class SwAVTests
{
    private static readonly SwAVOptions _small = new() { Prototypes = 7, ProjectionDim = 6, HiddenDim = 10, QueueSize = 9, QueueStartEpoch = 1 };

    [Fact]
    public void Step_OfUnnormalisedPrototypes_GivesThemLengthOneFirst()
    {
        var method = Create(_small);
        using (no_grad())
        {
            method.state_dict()["prototypes.weight"].mul_(5);
        }

        method.Step(TestRuns.Batch(), TestRuns.Step());

        Tensors.AssertClose(ones([7]), method.state_dict()["prototypes.weight"].square().sum(1));
    }

    [Fact]
    public void ParameterRules_FreezePrototypesOnly_ForWholeSteps()
    {
        var rule = Assert.Single(Create(_small with { FreezePrototypesSteps = 13 }).ParameterRules);

        Assert.True(rule.Matches(new("prototypes.weight", 2)));
        Assert.False(rule.Matches(new("projector.0.weight", 2)));
        Assert.Equal((13, 0), (rule.FrozenSteps, rule.FrozenEpochs));
    }

    [Fact]
    public void Constructor_QueueOfNoWholeNumberOfBatches_IsRoundedDown()
    {
        Assert.Equal([8, 6], Create(_small).state_dict()["queues.0.queue"].shape);   // 9 rows, batches of 4
        Assert.DoesNotContain(Create(_small with { QueueSize = 3 }).state_dict().Keys, key => key.StartsWith("queues", StringComparison.Ordinal));
    }

    private static SwAV Create(SwAVOptions options) => new(new PixelBackbone(), options, TestRuns.Of());
}
