using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class PatchAugmentationTests
{
    private static readonly RunInfo _run = TestRuns.Of();   // mean 0 and deviation 1: normalised values are those in [0, 1]

    [Fact]
    public void Of_Patches_AreChangedOneByOneAndStayColours()
    {
        var patches = rand([1, 1, 3, 10, 10], generator: new Generator(1)).expand(3, 40, -1, -1, -1);

        var changed = new PatchAugmentation(_run).Of(patches, Randoms(3));

        Assert.Equal(patches.shape, changed.shape);
        Assert.InRange(changed.min().item<float>(), -1e-6, 0.5);
        Assert.InRange(changed.max().item<float>(), 0.5, 1 + 1e-6);
        var different = changed.flatten(0, 1).flatten(1);
        var equal = (different.unsqueeze(0) - different.unsqueeze(1)).abs().amax([2]).lt(1e-4).sum().item<long>();
        Assert.InRange(equal, 120, 200);   // each patch itself, and a few that are not changed at all
    }

    [Fact]
    public void Of_PatchesOfAnImage_DoNotDependOnTheBatch()
    {
        var patches = rand([3, 4, 3, 8, 8], generator: new Generator(1));
        var augmentation = new PatchAugmentation(_run);

        var (whole, part) = (augmentation.Of(patches, Randoms(3)), augmentation.Of(patches.narrow(0, 1, 1), [Randoms(3)[1]]));

        Tensors.AssertClose(whole.narrow(0, 1, 1), part);
    }

    [Fact]
    public void Of_ManyPatches_AQuarterIsGreyAndAFifthHasOneChannel()
    {
        var patches = rand([50, 40, 3, 6, 6], generator: new Generator(1));

        var changed = new PatchAugmentation(_run).Of(patches, Randoms(50)).flatten(0, 1);   // [2000, 3, 6, 6]

        var grey = (changed.amax([1]) - changed.amin([1])).amax([1, 2]).lt(1e-5);
        var flat = (changed.amax([2, 3]) - changed.amin([2, 3])).lt(1e-5).sum(1);            // channels of one value
        Assert.InRange(Share(grey), 0.21, 0.29);
        Assert.InRange(Share(flat.ge(2).logical_and(grey.logical_not())), 0.14, 0.24);       // a quarter of the others

        static float Share(Tensor which) => which.to(float32).mean().item<float>();
    }

    [Fact]
    public void Of_ImagesOfOneChannel_AreChangedWithoutColours()
    {
        var patches = rand([2, 4, 1, 8, 8], generator: new Generator(1));

        var changed = new PatchAugmentation(TestRuns.Of(channels: 1)).Of(patches, Randoms(2));

        Assert.Equal(patches.shape, changed.shape);
        Tensors.AssertFinite(changed);
    }

    private static CounterRandom[] Randoms(int images) => [.. Enumerable.Range(0, images).Select(image => new CounterRandom(1, 0, image, 0))];
}
