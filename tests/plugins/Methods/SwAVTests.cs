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
    public void Step_Backward_ReachesBackboneHeadAndPrototypes()
    {
        var method = Create(_small);

        method.Step(TestRuns.Batch(), TestRuns.Step()).Loss.backward();

        Assert.All(method.parameters(), parameter => Assert.NotNull(parameter.grad));
    }

    [Fact]
    public void ParameterRules_FreezePrototypesOnly_ForWholeSteps()
    {
        var rule = Assert.Single(Create(_small with { FreezePrototypesSteps = 13 }).ParameterRules);

        Assert.True(rule.Matches(new("prototypes.weight", 2)));
        Assert.False(rule.Matches(new("projector.0.weight", 2)));
        Assert.Equal(13, Enumerable.Range(0, 20).Count(step => step < rule.FrozenEpochs * 10));   // a run of 10 steps per epoch
    }

    [Fact]
    public void Constructor_QueueOfNoWholeNumberOfBatches_IsRoundedDown()
    {
        Assert.Equal([8, 6], Create(_small).state_dict()["queues.0.queue"].shape);   // 9 rows, batches of 4
        Assert.DoesNotContain(Create(_small with { QueueSize = 3 }).state_dict().Keys, key => key.StartsWith("queues", StringComparison.Ordinal));
    }

    [Fact]
    public void Step_BeforeTheQueueStarts_RemembersNothing_LaterUnitEmbeddingsOfBothViews()
    {
        var method = Create(_small);

        var (early, later) = (method.Step(TestRuns.Batch(), TestRuns.Step(epoch: 0)), method.Step(TestRuns.Batch(), TestRuns.Step(epoch: 1)));

        Assert.Empty(early.Remember);
        Assert.Equal(2, later.Remember.Select(update => update.Memory).Distinct().Count());
        Assert.All(later.Remember, update => Tensors.AssertClose(ones([TestRuns.BatchSize]), update.Rows.square().sum(1)));
        Assert.All(later.Remember, update => Assert.False(update.Rows.requires_grad));
    }

    [Fact]
    public void Step_UntilTheQueueIsFull_AssignsWithoutIt()
    {
        var (method, without) = (Create(_small), Create(_small with { QueueSize = 0 }));
        without.load_state_dict(method.state_dict().Where(entry => !entry.Key.StartsWith("queues", StringComparison.Ordinal)).ToDictionary());
        var (batch, first) = (TestRuns.Batch(), TestRuns.Step(epoch: 1));

        Tensor At(SwAV swav, long step) => swav.Step(batch, first with { Step = step }).Targets!;

        Tensors.AssertClose(At(without, 11), At(method, 11));   // batches of 4 since step 10: half full
        Assert.False(allclose(At(without, 12), At(method, 12)));   // 8 rows
    }

    [Fact]
    public void Step_Targets_AreBalancedAssignmentsOfTheFirstView()
    {
        var method = Create(_small);

        var output = method.Step(TestRuns.Batch(), TestRuns.Step());

        var scores = output.Embedding!.matmul(method.state_dict()["prototypes.weight"].t());
        Tensors.AssertClose(SinkhornAssignment.Compute(scores, _small.Epsilon, _small.SinkhornIterations), output.Targets!, tolerance: 1e-4);
    }

    [Fact]
    public void Step_FurtherViews_PredictButAreNotAssigned()
    {
        var method = Create(_small);
        var batch = TestRuns.Batch();

        var output = method.Step(batch with { Views = [.. batch.Views, Tensors.Normal(13, TestRuns.BatchSize, 3, TestRuns.ImageSize, TestRuns.ImageSize)] }, TestRuns.Step(epoch: 1));

        Assert.Equal(2, output.Remember.Count);
        Assert.True(float.IsFinite(output.Loss.item<float>()));
    }

    [Fact]
    public void Views_LargeImages_AreMultiCrop_SmallOnesTwo()
    {
        static SwAV Of(int side) => new(new PixelBackbone(), _small, TestRuns.Of() with { ImageSize = side });

        Assert.Equal(8, Of(224).Views.Views.Count);
        Assert.Equal(2, Of(32).Views.Views.Count);
    }

    private static SwAV Create(SwAVOptions options) => new(new PixelBackbone(), options, TestRuns.Of());
}
