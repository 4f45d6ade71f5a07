using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts.Video;

public sealed class RandomMotionTests
{
    private const int Clips = 400;

    private readonly RandomMotion _differences = RandomMotion.Differences(0.2, TestRuns.Of());

    [Fact]
    public void Of_ManyClips_ChangesAFifthOfThem()
    {
        var batch = Batch();

        var changed = Changed(batch, view: 0);

        Assert.InRange(changed.Count(one => one), 60, 100);
        Assert.NotEqual(changed, Changed(batch, view: 1));
        Assert.NotEqual(changed, [.. _differences.Of(batch, TestRuns.Step(epoch: 1), 0).ne(batch.Views[0]).flatten(1).any(1).data<bool>()]);
    }

    [Fact]
    public void Of_APartOfTheBatch_ChangesTheSameClips()
    {
        var batch = Batch();
        Batch part = new([.. batch.Views.Select(view => view.narrow(0, 100, 50))], batch.Indices.narrow(0, 100, 50), null);

        Assert.Equal(Changed(batch, view: 1).Skip(100).Take(50), Changed(part, view: 1));
    }

    [Fact]
    public void Of_HorizontalFlow_IsGreyAndBrighterWhereThingsMoveToTheRight()
    {
        var run = TestRuns.Of();
        var pattern = F.interpolate(Tensors.Normal(3, 1, 1, 12, 12).sigmoid(), [48, 48], mode: InterpolationMode.Bilinear, align_corners: false);
        var frames = Enumerable.Range(0, 3).Select(t => pattern.roll(2 * t, 3));                                  // two pixels to the right each
        var clips = stack([.. frames], 2).expand(2, 3, 3, 48, 48).contiguous();                                   // [2, 3, 3, 48, 48]
        Batch batch = new([clips], arange(2, dtype: int64), null);

        var flow = RandomMotion.HorizontalFlow(1, run).Of(batch, TestRuns.Step(), view: 0);

        Assert.Equal(clips.shape, flow.shape);
        Tensors.AssertClose(flow.select(1, 0), flow.select(1, 2));
        Assert.Equal((20 + 2) / 40.0, flow.narrow(3, 12, 24).narrow(4, 12, 24).mean().item<float>(), tolerance: 0.005);   // two pixels of 20 to each side
        Tensors.AssertClose(flow.select(2, 1), flow.select(2, 2));   // the last frame has the motion of the one before
    }

    [Fact]
    public void Of_ProbabilityZero_IsTheViewItself()
    {
        var batch = Batch();

        Assert.Same(batch.Views[1], RandomMotion.HorizontalFlow(0, TestRuns.Of()).Of(batch, TestRuns.Step(), view: 1));
    }

    private bool[] Changed(Batch batch, int view) =>
        [.. _differences.Of(batch, TestRuns.Step(), view).ne(batch.Views[view]).flatten(1).any(1).data<bool>()];

    private static Batch Batch()
    {
        var clips = Tensors.Normal(1, Clips, 3, 2, 2, 2);

        return new([clips, clips], arange(Clips, dtype: int64), null);
    }
}
