using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class BatchMixingTests
{
    private const int Draws = 4000;

    [Fact]
    public void Targets_Smoothed_AreTimms()
    {
        var targets = BatchMixing.Targets(tensor(new long[] { 0, 2 }), classes: 3, share: 0.75, smoothing: 0.3);

        // by hand: smoothed rows (0.8, 0.1, 0.1) and (0.1, 0.1, 0.8), three quarters of the own and a quarter of the other
        Tensors.AssertClose(Tensors.Matrix([0.625f, 0.1f, 0.275f], [0.275f, 0.1f, 0.625f]), targets, 1e-6);
    }

    [Fact]
    public void Targets_UnknownLabel_AddsNothing() => Tensors.AssertClose(
        Tensors.Matrix([0, 0.25f], [0, 0.75f]), BatchMixing.Targets(tensor(new long[] { -1, 1 }), classes: 2, share: 0.75, smoothing: 0), 1e-6);

    [Fact]
    public void Loss_OneHotTargets_IsCrossEntropy()
    {
        var (logits, labels) = (Tensors.Normal(1, 5, 3), tensor(new long[] { 0, 2, 1, 1, 0 }));

        var loss = BatchMixing.Loss(logits, BatchMixing.Targets(labels, 3, share: 1, smoothing: 0.2));

        Tensors.AssertClose(nn.functional.cross_entropy(logits, labels, label_smoothing: 0.2), loss, 1e-6);
    }

    [Fact]
    public void Blend_Images_AddsTheReversedBatch() => Tensors.AssertClose(
        [0.75f + 0.5f, 1.5f + 0.25f], Tensors.Values(BatchMixing.Blend(tensor(new float[] { 1, 2 }).view(2, 1, 1, 1), 0.75).flatten()), 1e-6);

    [Theory]
    [InlineData(0.75, 0.5, 0.0, 2, 6, 0, 2, 0.875)]     // sides 4; rows 2 to 6 around 4, columns -2 to 2, cut off at 0
    [InlineData(0.75, 0.99, 0.5, 5, 8, 2, 6, 0.8125)]   // centre row 7
    [InlineData(1.0, 0.5, 0.5, 4, 4, 4, 4, 1.0)]        // nothing is taken
    [InlineData(0.0, 0.5, 0.5, 0, 8, 0, 8, 0.0)]        // everything is
    public void CutBox_Of_IsTimmsAndCountsWhatIsTaken(double share, double row, double column, int top, int bottom, int left, int right, double outside) =>
        Assert.Equal(new CutBox(top, bottom, left, right, outside), CutBox.Of(8, 8, share, row, column));

    [Fact]
    public void Cut_Box_ComesFromTheReversedBatch()
    {
        var images = stack([zeros(1, 2, 2), ones(1, 2, 2)]);   // [2, 1, 2, 2]

        var mixed = BatchMixing.Cut(images, new(0, 1, 1, 2, 0.75));

        Assert.Equal([0, 1, 0, 0, 1, 0, 1, 1], Tensors.Values(mixed.flatten()));
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1], Tensors.Values(images.flatten()));
    }

    [Fact]
    public void Mix_Clips_TakesTheSameBoxOfAllFrames()
    {
        manual_seed(5);
        var clips = stack([zeros(3, 4, 16, 20), ones(3, 4, 16, 20)]);   // [2, 3, 4, 16, 20]

        var (mixed, share) = new BatchMixing(mixup: 0, cutMix: 1, switchProbability: 1).Mix(clips);

        Assert.Equal(clips.shape, mixed.shape);
        Assert.InRange(share, 0.01, 0.99);
        Assert.Equal(1 - share, mixed[0].mean().item<float>(), 1e-5);   // what comes from the other clip is 1
        Tensors.AssertClose(mixed.narrow(2, 0, 1).expand_as(mixed), mixed);
    }

    [Theory]
    [InlineData(0.8, 0)]
    [InlineData(0, 1)]
    public void Mix_Shares_FollowTheBetaDistribution(double mixup, double cutMix)
    {
        manual_seed(3);
        var (mixing, images, parameter) = (new BatchMixing(mixup, cutMix, 0.5), zeros(1, 1, 1, 1), Math.Max(mixup, cutMix));
        // a single pixel is taken whole or, for a box below one pixel, not at all: look at the shares of mixup there
        var shares = Enumerable.Range(0, Draws).Select(_ => mixing.Mix(cutMix > 0 ? zeros(1, 1, 64, 64) : images).Share).ToArray();

        var variance = 1 / (4 * ((2 * parameter) + 1));   // of Beta(a, a)
        Assert.All(shares, share => Assert.InRange(share, 0, 1));
        if (mixup > 0)
        {
            Assert.InRange(shares.Average(), 0.5 - (5 * Math.Sqrt(variance / Draws)), 0.5 + (5 * Math.Sqrt(variance / Draws)));
            Assert.Equal(variance, shares.Average(share => Math.Pow(share - 0.5, 2)), tolerance: 0.006);
        }
        else
        {
            Assert.InRange(shares.Average(), 0.6, 0.75);   // uniform before boxes are cut off at the edges, which leaves more of the image
        }
    }

    [Fact]
    public void Mix_BothOn_TakesCutMixAsOftenAsTheSwitchSays()
    {
        manual_seed(5);
        var mixing = new BatchMixing(0.8, 1, switchProbability: 0.3);
        var images = stack([zeros(1, 16, 16), ones(1, 16, 16)]);

        var cuts = Enumerable.Range(0, Draws).Count(_ => Tensors.Values(mixing.Mix(images).Images[0].flatten()).All(pixel => pixel is 0 or 1));

        Assert.Equal(0.3, cuts / (double)Draws, tolerance: 0.04);
    }

    [Fact]
    public void Mix_BothOff_LeavesTheBatch()
    {
        manual_seed(1);
        var images = Tensors.Normal(1, 2, 3, 4, 4);

        var (mixed, share) = new BatchMixing(0, 0, 0.5).Mix(images);

        Assert.Equal(1, share);
        Assert.Equal(Tensors.Values(images), Tensors.Values(mixed));
    }
}
