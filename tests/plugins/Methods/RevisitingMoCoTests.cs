using System.ComponentModel.DataAnnotations;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class RevisitingMoCoTests
{
    private const int WarmupEpochs = 2;
    private static readonly RevisitingMoCoOptions _small =
        new() { QueueSize = 16, ProjectionDim = 6, HiddenDim = 10, Neighbours = 3, NeighbourWarmupEpochs = WarmupEpochs };

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
    public void Views_Defaults_AreQueryKeyAndSmallQueriesBoundToTheKey()
    {
        var method = new RevisitingMoCo(() => new PixelBackbone(), _small, TestRuns.Of() with { ImageSize = 160 });
        var steps = method.Views.Views.Select(view => view.Steps).ToList();

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

        return two with { Views = [.. two.Views,
            .. new ulong[] { 13, 14 }.Select(seed => Tensors.Normal(seed, TestRuns.BatchSize, 3, TestRuns.ImageSize, TestRuns.ImageSize))] };
    }

    private static RevisitingMoCo Create(RevisitingMoCoOptions options) => new(() => new PixelBackbone(), options, TestRuns.Of());
}
