using Parallax.Contracts;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Methods.Steps;

namespace Parallax.Plugins.Tests.Parts;

public sealed class OverlappingPatchesTests
{
    [Theory]
    [InlineData(260, 6, 80.0 / 260, 80, 36)]   // Hénaff et al.
    [InlineData(256, 7, 0.25, 64, 32)]         // van den Oord et al.
    [InlineData(32, 7, 0.25, 8, 4)]            // lightning-bolts
    [InlineData(32, 5, 0.3125, 10, 5)]         // rschwarz15: the middle 30 pixels
    public void Of_ImageSizes_ArePixelsOfThePapers(int image, int side, double share, int patch, int stride) =>
        Assert.Equal(new OverlappingPatches(side, patch, stride), OverlappingPatches.Of(image, side, share));

    [Fact]
    public void Cut_MoreThanTheGrid_TakesTheMiddle()
    {
        var image = ((arange(8).unsqueeze(1) * 10) + arange(8)).to(float32).view(1, 1, 8, 8);   // pixel = 10 row + column

        var patches = new OverlappingPatches(2, 3, 2).Cut(image);   // 5 of 8 pixels, from pixel 1 on

        Assert.Equal([1, 4, 1, 3, 3], patches.shape);
        Assert.Equal([11, 13, 31, 33], Tensors.Values(patches[0, .., 0, 0, 0]));
        Assert.Equal([11, 12, 13, 21, 22, 23, 31, 32, 33], Tensors.Values(patches[0, 0].flatten()));
    }

    [Fact]
    public void CutAll_WideImage_BeginsInTheCorner()
    {
        var image = ((arange(6).unsqueeze(1) * 10) + arange(8)).to(float32).view(1, 1, 6, 8);   // pixel = 10 row + column

        var patches = OverlappingPatches.CutAll(image, patchSide: 3, stride: 2);   // the last row and column are left over

        Assert.Equal([1, 6, 1, 3, 3], patches.shape);
        Assert.Equal([0, 2, 4, 20, 22, 24], Tensors.Values(patches[0, .., 0, 0, 0]));
    }

    [Fact]
    public void Faults_PatchesThatCannotBeCut_NameTheNumbers()
    {
        Assert.Empty(OverlappingPatches.Faults(new NormBackbone(), 32, 6, 0.3));
        Assert.Contains("patches of 30 pixels leave no room for 6 places on images of 32 pixels",
            Assert.Single(OverlappingPatches.Faults(new NormBackbone(), 32, 6, 0.95)), StringComparison.Ordinal);
        Assert.Contains("Expected a multiple of 4", Assert.Single(OverlappingPatches.Faults(new SmallPatches(), 32, 6, 0.3)), StringComparison.Ordinal);
    }

    private sealed class SmallPatches() : Module<Tensor, Tensor>(nameof(SmallPatches)), IBackbone
    {
        public int FeatureDim => 1;

        public int PatchSize => 4;

        public override Tensor forward(Tensor input) => input;
    }
}
