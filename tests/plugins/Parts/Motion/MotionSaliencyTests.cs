using Parallax.Contracts;
using Parallax.Plugins.Datasets;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts.Motion;

public sealed class MotionSaliencyTests
{
    private const double Low = 0.4, High = 0.7;

    [Fact]
    public void Of_StaticClip_IsZero()
    {
        Assert.Equal(0, new MotionSaliency(3).Of(MovingSquares.Of(1, square: (0, 0), camera: (0, 0))).abs().max().item<float>());
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(-3, 1)]
    [InlineData(0, 3)]
    public void Of_CameraPan_HasNoForeground(int right, int down)
    {
        Assert.InRange(new MotionSaliency(4).Of(MovingSquares.Of(2, square: null, camera: (right, down))).max().item<float>(), 0, 1e-6);
    }

    [Fact]
    public void Of_DriftByHalfAPixel_HasNoForeground()
    {
        var wide = MovingSquares.Of(3, square: null, camera: (1, 0));   // blurred to half the size, each frame half a pixel further

        Assert.InRange(new MotionSaliency(3).Of(F.avg_pool2d(wide, [2, 2])).max().item<float>(), 0, Low);
    }

    [Theory]
    [InlineData(3, 0, 0, 0)]
    [InlineData(-2, 2, 0, 0)]
    [InlineData(3, 0, 1, 0)]     // and the camera moves too
    [InlineData(0, -2, -2, 1)]
    public void Of_MovingSquare_IsFound(int right, int down, int cameraRight, int cameraDown)
    {
        var saliency = new MotionSaliency(4).Of(MovingSquares.Of(4, (right, down), (cameraRight, cameraDown)))[0];

        Assert.InRange(Overlap(saliency.gt(High), MovingSquares.Truth(), saliency), 0.6, 1);
    }

    [Fact]
    public void Of_ASquareStillBeforeAMovingCamera_IsFoundToo()
    {
        var saliency = new MotionSaliency(4).Of(MovingSquares.Of(5, square: (0, 0), camera: (3, 0)))[0];

        Assert.InRange(Overlap(saliency.gt(High), MovingSquares.Truth(), saliency), 0.6, 1);
    }

    [Fact]
    public void Of_EveryImage_IsByItself()
    {
        var (one, other) = (MovingSquares.Of(6, (3, 0), (0, 1)), MovingSquares.Of(7, (0, 2), (-2, 0)));

        var together = new MotionSaliency(4).Of(cat([one, other], 0));

        Tensors.AssertClose(new MotionSaliency(4).Of(one)[0], together[0]);
        Tensors.AssertClose(new MotionSaliency(4).Of(other)[0], together[1]);
    }

    [Fact]
    public void Of_ClipThatLearns_GivesNoGradient()
    {
        Assert.False(new MotionSaliency(2).Of(Tensors.Leaf(MovingSquares.Of(8, (2, 0), (0, 0)))).requires_grad);
    }

    [Fact]
    public void Of_TwoFrames_AreRefused()
    {
        var fault = Assert.Throws<ArgumentException>(() => new MotionSaliency(2).Of(zeros(1, 2, 8, 8)));

        Assert.Contains("[1, 2, 8, 8]", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Grey_NormalisedClip_IsTheMeanOfItsColoursShrunk()
    {
        var rgb = Tensors.Normal(9, 2, 3, 4, 8, 8).sigmoid();
        var data = TestRuns.Of().Data with { Mean = [0.4, 0.5, 0.6], Std = [0.2, 0.25, 0.3] };
        var views = stack([.. rgb.unbind(1).Select((x, i) => (x - data.Mean[i]) / data.Std[i])], 1);

        Tensors.AssertClose(rgb.mean([1]), MotionSaliency.Grey(views, data, side: 8));
        Tensors.AssertClose(F.avg_pool2d(rgb.mean([1]), [2, 2]), MotionSaliency.Grey(views, data, side: 4));
    }

    /// <summary>Masks of drawn videos, whose true masks are known.</summary>
    [Fact]
    public void Of_DrawnVideos_OverlapsWithTheTrueMasks()
    {
        const int count = 40, side = 32, middle = 8;
        using var data = (MovingObjectDataset)new MovingObjectsSource(new() { Count = count, Mean = [0, 0, 0], Std = [1, 1, 1] }).Open(DatasetSplit.Train);
        var clip = new ClipBuffer();
        var overlaps = new List<double>();
        for (var video = 0; video < count; video++)
        {
            data.ReadFrames(video, [middle - 2, middle, middle + 2], clip);
            Tensor[] frames = [.. Enumerable.Range(0, 3).Select(t => tensor(clip[t].Pixels.ToArray()).view(3, side, side))];
            var saliency = new MotionSaliency(4).Of(MotionSaliency.Grey(stack(frames, 1).unsqueeze(0), data.Info, side))[0];
            var truth = tensor(data.Mask(video, middle)).view(side, side);

            overlaps.Add(Overlap(saliency.gt(High), truth, saliency));
        }

        Assert.InRange(overlaps.Average(), 0.5, 1);
    }

    /// <summary>Intersection over union where the saliency is not between the thresholds.</summary>
    private static double Overlap(Tensor found, Tensor truth, Tensor saliency)
    {
        var counts = saliency.gt(High) | saliency.lt(Low);

        return ((found & truth).sum().item<long>() / (double)((found | truth) & counts).sum().item<long>());
    }
}
