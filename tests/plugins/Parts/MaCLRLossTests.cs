using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class MaCLRLossTests
{
    [Fact]
    public void Of_NegativesOfAPathway_ConcernItsKeysOnly()
    {
        var (visual, motion) = (Pathway(1), Pathway(5));

        var terms = MaCLRLoss.Of(visual, motion, 0.1, withMotion: true);
        var changed = MaCLRLoss.Of(visual, motion with { Queue = Tensors.UnitRows(99, 7, 6) }, 0.1, withMotion: true);

        Assert.Equal(terms.Visual.item<float>(), changed.Visual.item<float>());
        Assert.Equal(terms.MotionToVisual.item<float>(), changed.MotionToVisual.item<float>());
        Assert.NotEqual(terms.VisualToMotion.item<float>(), changed.VisualToMotion.item<float>());
        Assert.NotEqual(terms.Motion!.item<float>(), changed.Motion!.item<float>());
    }

    [Fact]
    public void Weighted_WithoutMotion_LeavesTheFourthTermOut()
    {
        var (visual, motion) = (Pathway(1), Pathway(5));

        var three = MaCLRLoss.Of(visual, motion, 0.1, withMotion: false);
        var four = MaCLRLoss.Of(visual, motion, 0.1, withMotion: true);

        Assert.Null(three.Motion);
        Assert.Equal(three.Weighted(0.5).item<float>() + four.Motion!.item<float>(), four.Weighted(0.5).item<float>(), 1e-5);
        Assert.Equal(three.Visual.item<float>(), three.Weighted(0).item<float>());
    }

    private static Pathway Pathway(ulong seed) => new(Tensors.Normal(seed, 4, 6), Tensors.Normal(seed + 1, 4, 6), Tensors.UnitRows(seed + 2, 7, 6));
}
