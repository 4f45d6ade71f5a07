using System.ComponentModel.DataAnnotations;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class RevisitingMoCoTests
{
    private const int WarmupEpochs = 2;
    private static readonly RevisitingMoCoOptions _small = new() { QueueSize = 16, ProjectionDim = 6, HiddenDim = 10, Neighbours = 3, NeighbourWarmupEpochs = WarmupEpochs };

    [Fact]
    public void Step_TwoViewsDuringWarmup_IsMoCoV2()
    {
        var method = Create(_small);
        var moco = new MoCoV2(() => new PixelBackbone(), new() { QueueSize = 16, ProjectionDim = 6, HiddenDim = 10 }, TestRuns.Of());
        moco.load_state_dict(method.state_dict().Where(entry => !entry.Key.StartsWith("featureQueue", StringComparison.Ordinal)).ToDictionary());

        var loss = method.Step(TestRuns.Batch(), TestRuns.Step(WarmupEpochs - 1)).Loss.item<float>();

        Assert.Equal(moco.Step(TestRuns.Batch(), TestRuns.Step()).Loss.item<float>(), loss, tolerance: 1e-5);
    }

    [Fact]
    public void Step_MoreQueries_AveragesTheirLossesWithTheOneKey()
    {
        var method = Create(_small);
        var batch = MultiCrop();

        var loss = method.Step(batch, TestRuns.Step()).Loss.item<float>();

        float[] alone = [.. new[] { 0, 2, 3 }.Select(query => method.Step(batch with { Views = [batch.Views[query], batch.Views[1]] }, TestRuns.Step()).Loss.item<float>())];
        Assert.Equal(alone.Average(), loss, tolerance: 1e-4);
    }

    [Fact]
    public void Step_OnlyTheKeyViewIsEnqueued_InBothQueues()
    {
        var method = Create(_small);
        var batch = MultiCrop();

        var remember = method.Step(batch, TestRuns.Step()).Remember;

        Assert.Equal(2, remember.Count);
        Assert.Equal([TestRuns.BatchSize, 6], remember[0].Rows.shape);
        Assert.Equal([TestRuns.BatchSize, 12], remember[1].Rows.shape);
        using var noGradients = no_grad();
        var encoder = (Module<Tensor, Tensor>)method.MomentumPairs[0].Target;
        Tensors.AssertClose(Rows.Unit(encoder.call(batch.Views[1])), remember[1].Rows);
    }

    [Fact]
    public void Step_AfterWarmup_AddsTheWeightedLossOfTheNeighbours()
    {
        var (with, without) = (Create(_small), Create(_small with { NeighbourWeight = 0 }));
        without.load_state_dict(with.state_dict());

        var output = with.Step(MultiCrop(), TestRuns.Step(WarmupEpochs));
        var plain = without.Step(MultiCrop(), TestRuns.Step(WarmupEpochs));

        var neighbours = output.Diagnostics.Single(d => d.Name == "neighbour_loss").Value.item<float>();
        Assert.Equal(plain.Loss.item<float>() + (0.4 * neighbours), output.Loss.item<float>(), tolerance: 1e-4);
        Assert.DoesNotContain(plain.Diagnostics, d => d.Name == "neighbour_loss");
    }

    [Fact]
    public void Remember_ManySteps_KeepsBothQueuesAligned()
    {
        var method = Create(_small);
        for (var step = 0; step < 3; step++)
        {
            foreach (var update in method.Step(TestRuns.Batch(), TestRuns.Step(seed: (ulong)step)).Remember)
            {
                update.Memory.Remember(update.Rows, update.Tags);
            }
        }

        using var noGradients = no_grad();
        var (encoder, head) = ((Module<Tensor, Tensor>)method.MomentumPairs[0].Target, (Module<Tensor, Tensor>)method.MomentumPairs[1].Target);
        var h = encoder.call(TestRuns.Batch().Views[1]).repeat(3, 1);   // three times the same batch
        var state = method.state_dict();
        Tensors.AssertClose(Rows.Unit(head.call(h)), state["queue.queue"].narrow(0, 0, 12));
        Tensors.AssertClose(Rows.Unit(h), state["featureQueue.queue"].narrow(0, 0, 12));
    }

    [Fact]
    public void Step_Backward_ReachesQueriesOnly()
    {
        var method = Create(_small);

        method.Step(MultiCrop(), TestRuns.Step(WarmupEpochs)).Loss.backward();

        Assert.All(method.MomentumPairs.SelectMany(pair => pair.Online.parameters()), parameter => Assert.NotNull(parameter.grad));
        Assert.All(method.MomentumPairs.SelectMany(pair => pair.Target.parameters()), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void Views_Defaults_AreQueryKeyAndSmallQueriesBoundToTheKey()
    {
        var steps = ViewRecipes.Revisiting(160, smallCount: 4, minOverlap: 0.1).Views.Select(view => view.Steps).ToList();

        Assert.Equal(6, steps.Count);
        Assert.Equal([160, 160, 96, 96, 96, 96], steps.Select(s => s[0].Options["size"]));
        Assert.Equal("random-resized-crop horizontal-flip color-jitter grayscale gaussian-blur normalize", string.Join(' ', steps[1].Select(s => s.Name)));
        foreach (var small in steps.Skip(2).Select(s => s[0]))
        {
            Assert.Equal("constrained-crop", small.Name);
            Assert.Equal(steps[1][0].Options["scaleMin"], small.Options["anchorScaleMin"]);   // the key's crop is drawn again with the key's scales
            Assert.Equal(steps[1][0].Options["scaleMax"], small.Options["anchorScaleMax"]);
        }

        Assert.All(steps.Where((_, view) => view != 1), s => Assert.Equal("jitter-or-auto-augment", s[2].Name));
    }

    [Fact]
    public void Validate_MoreNeighboursThanKeys_NamesBothKeys()
    {
        var fault = Assert.Single(new RevisitingMoCoOptions { Neighbours = 65, QueueSize = 64 }.Validate(new ValidationContext(this)));

        Assert.Contains("method.neighbours", fault.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("method.queueSize", fault.ErrorMessage, StringComparison.Ordinal);
    }

    private static Batch MultiCrop()
    {
        var two = TestRuns.Batch();

        return two with { Views = [.. two.Views, .. new ulong[] { 13, 14 }.Select(seed => Tensors.Normal(seed, TestRuns.BatchSize, 3, TestRuns.ImageSize, TestRuns.ImageSize))] };
    }

    private static RevisitingMoCo Create(RevisitingMoCoOptions options) => new(() => new PixelBackbone(), options, TestRuns.Of());
}
