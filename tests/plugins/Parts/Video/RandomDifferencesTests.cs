using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts.Video;

public sealed class RandomDifferencesTests
{
    private const int Clips = 400;

    private readonly RandomDifferences _differences = new(0.2, TestRuns.Of());

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

    private bool[] Changed(Batch batch, int view) =>
        [.. _differences.Of(batch, TestRuns.Step(), view).ne(batch.Views[view]).flatten(1).any(1).data<bool>()];

    private static Batch Batch()
    {
        var clips = Tensors.Normal(1, Clips, 3, 2, 2, 2);

        return new([clips, clips], arange(Clips, dtype: int64), null);
    }
}
