using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

/// <summary>Masks of squares, and masks that have no patch in common.</summary>
public sealed class CoarseAndDisjointMaskingTests
{
    [Fact]
    public void Coarse_OneSquareOfFour_StaysWithItsPatchesRowByRow()
    {
        var mask = CoarseMasking.Of(Tensors.Matrix([0.9f, 0.1f, 0.5f, 0.4f]), ratio: 0.75);   // the upper right square

        Assert.Equal([2L, 3, 6, 7], Tensors.Integers(mask.Visible));
        Assert.Equal([1f, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1], Tensors.Values(mask.Hidden));
    }

    [Theory]
    [InlineData(49, 0.65, 17)]   // CMAE: 68 of 196 patches
    [InlineData(16, 0.65, 5)]
    [InlineData(9, 0.75, 2)]
    public void Coarse_Ratio_LeavesWholeSquares(int squares, double ratio, int kept)
    {
        var mask = CoarseMasking.Of(Tensors.Normal(3, 5, squares), ratio);

        Assert.Equal([5L, 4 * kept], mask.Visible.shape);
        Assert.Equal(5 * 4 * (squares - kept), mask.Hidden.sum().item<float>());
        Assert.Equal(0, mask.Hidden.gather(1, mask.Visible).sum().item<float>());
        var order = mask.Restore.argsort(1);   // where each place of the sequence comes from
        Assert.Equal(Tensors.Integers(mask.Visible), Tensors.Integers(order.narrow(1, 0, 4 * kept)));
    }

    [Fact]
    public void Coarse_NoSquareNumber_IsRefused() =>
        Assert.Contains("has 6 values", Assert.Throws<ArgumentException>(() => CoarseMasking.Of(rand(2, 6), 0.5)).Message, StringComparison.Ordinal);

    [Fact]
    public void Disjoint_Masks_TakeTheSmallestNoiseInTurn()
    {
        var kept = DisjointMasking.Of(Tensors.Matrix([0.6f, 0.1f, 0.5f, 0.2f, 0.9f]), ratio: 0.6, masks: 2);

        Assert.Equal([1L, 2, 2], kept.shape);
        Assert.Equal([1L, 3, 2, 0], Tensors.Integers(kept));
    }

    [Theory]
    [InlineData(196, 0.8, 5, 39)]   // ExtreMA
    [InlineData(196, 0.9, 8, 19)]
    [InlineData(20, 0.8, 6, 3)]     // 20 * (1 - 0.8) is a little less than 4
    public void Disjoint_Masks_HaveNoPatchInCommon(int patches, double ratio, int masks, int each)
    {
        var kept = DisjointMasking.Of(Tensors.Normal(4, 3, patches), ratio, masks);

        Assert.Equal([3L, masks, each], kept.shape);
        Assert.All(kept.unbind(0), image => Assert.Equal(masks * each, Tensors.Integers(image).Distinct().Count()));
    }

    [Fact]
    public void Disjoint_MorePatchesThanThereAre_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DisjointMasking.Of(rand(1, 16), ratio: 0.75, masks: 5));
}
