using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts.Motion;

public sealed class MotionMaskTests
{
    private static readonly MotionMask Mask = new(Low: 0.4, High: 0.7, MinForeground: 0.05, MaxForeground: 0.5, MaxBorder: 0.5);

    [Fact]
    public void Trimap_BetweenTheThresholds_IsIgnored()
    {
        var saliency = tensor(new[] { 0, 0.39f, 0.4f, 0.55f, 0.7f, 0.71f, 1 }).view(1, 1, 7);

        Assert.Equal([0L, 0, -1, -1, -1, 1, 1], Tensors.Integers(MotionMask.Trimap(saliency, 0.4, 0.7).flatten()));
    }

    [Theory]
    [InlineData(4, 4, 2, 3, true)]
    [InlineData(0, 0, 0, 0, false)]     // nothing
    [InlineData(4, 4, 1, 3, false)]     // 3 of 100: too small
    [InlineData(1, 1, 8, 8, false)]     // 64 of 100: too large
    [InlineData(0, 0, 5, 10, true)]     // half of the frame, 18 of 36 cells of the border
    [InlineData(0, 0, 1, 10, true)]     // one row: 10 of 36
    public void Target_Masks_AreKeptWhenPlausible(int row, int column, int height, int width, bool kept)
    {
        var saliency = zeros(1, 10, 10);
        saliency.narrow(1, row, height).narrow(2, column, width).fill_(1);

        var target = Mask.Target(saliency);

        Assert.Equal(kept ? height * width : 0, target.eq(1).sum().item<long>());
        Assert.Equal(kept ? 0 : 100, target.eq(-1).sum().item<long>());
    }

    [Fact]
    public void Target_OnTheBorder_IsLeftOut()
    {
        var ring = ones(1, 10, 10);
        ring.narrow(1, 1, 8).narrow(2, 1, 8).fill_(0);   // 36 cells, all of the border

        Assert.Equal(100, Mask.Target(ring).eq(-1).sum().item<long>());
        Assert.Equal(36, (Mask with { MaxBorder = 1 }).Target(ring).eq(1).sum().item<long>());
    }

    [Fact]
    public void Target_OfABatch_LeavesOutWholeFramesAndNoOthers()
    {
        var saliency = zeros(3, 10, 10);
        saliency[1].narrow(0, 3, 4).narrow(1, 3, 4).fill_(1);

        var counting = MotionMaskLoss.Counting(Mask.Target(saliency));

        Assert.Equal([0f, 100, 0], Tensors.Values(counting.sum([1, 2])));
    }

    [Fact]
    public void Loss_HandValues_IsTheMeanOverPixelsThatCount()
    {
        var logits = Tensors.Leaf(tensor(new[] { 0f, 2, 100, -1 }).view(1, 2, 2));
        var target = tensor(new long[] { 1, 0, -1, 1 }).view(1, 2, 2);

        var loss = MotionMaskLoss.Compute(logits, target, MotionMaskLoss.Counting(target).sum());
        loss.backward();

        var expected = (Math.Log(2) + Math.Log(1 + Math.Exp(2)) + Math.Log(1 + Math.E)) / 3;
        Assert.Equal(expected, loss.item<float>(), tolerance: 1e-5);
        Assert.Equal(0, logits.grad!.flatten()[2].item<float>());
    }

    [Fact]
    public void Overlap_HandValues_IsIntersectionOverUnion()
    {
        var logits = tensor(new[] { 1f, 1, -1, -1, 1 }).view(1, 1, 5);
        var target = tensor(new long[] { 1, 0, 1, 0, -1 }).view(1, 1, 5);

        Assert.Equal(1 / 3.0, MotionMaskLoss.Overlap(logits, target).item<float>(), tolerance: 1e-6);
        Assert.Equal(0, MotionMaskLoss.Overlap(logits, zeros_like(target)).item<float>());
    }
}
