using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts.Video;

public sealed class OverlapTasksTests
{
    private const int Videos = 256, Frames = 3, Side = 32, Cut = TestRuns.ImageSize;

    private readonly OverlapTasks _tasks = new(TestRuns.Of());

    [Fact]
    public void Of_FramesOfCoordinates_ClassesAreThoseOfWhatIsSeen()
    {
        var task = _tasks.Of(Batch(), TestRuns.Step());

        var (spatial, first, second) = (Tensors.Integers(task.Spatial), Tensors.Integers(task.FirstTurns), Tensors.Integers(task.SecondTurns));
        for (var video = 0; video < Videos; video++)
        {
            Assert.Equal(spatial[video], OverlapRates.ClassOf(Seen(task.First[video]).With(Seen(task.Second[video])).Spatial));
            Assert.Equal((first[video], second[video]), (Turns(task.First[video]), Turns(task.Second[video])));
        }

        Assert.All(Enumerable.Range(0, OverlapRates.Count), one => Assert.InRange(spatial.Count(drawn => drawn == one), 5, 180));
        Assert.All(Enumerable.Range(0, QuarterTurns.Count), one => Assert.InRange(first.Count(drawn => drawn == one), 40, 90));
        Assert.InRange(Enumerable.Range(0, Videos).Count(video => IsMirrored(task.First[video], first[video])), 100, 156);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Of_Windows_GiveTimeAndPace()
    {
        var task = _tasks.Of(Batch(), TestRuns.Step());

        Assert.Equal(Enumerable.Range(0, Videos).Select(video => video % 5L), Tensors.Integers(task.Temporal));
        Assert.All(Tensors.Integers(task.Pace), pace => Assert.Equal(3, pace));   // every eighth frame
        Assert.Equal([Videos, 3, Frames, Cut, Cut], task.Second.shape);
        Tensors.AssertClose(arange(Frames, dtype: float32), task.First[0, 2, .., 0, 0]);   // frames keep their order
    }

    [Fact]
    public void Of_APartOfTheBatch_IsThatOfTheWhole()
    {
        var batch = Batch();
        Batch part = new([.. batch.Views.Select(view => view.narrow(0, 100, 50))], batch.Indices.narrow(0, 100, 50), null)
        {
            Windows = batch.Windows!.narrow(0, 100, 50),
        };

        var (whole, own, next) = (_tasks.Of(batch, TestRuns.Step()), _tasks.Of(part, TestRuns.Step()), _tasks.Of(batch, TestRuns.Step(epoch: 1)));

        Tensors.AssertClose(whole.First.narrow(0, 100, 50), own.First);
        Assert.Equal(Tensors.Integers(whole.SecondTurns.narrow(0, 100, 50)), Tensors.Integers(own.SecondTurns));
        Assert.NotEqual(Tensors.Integers(whole.Spatial), Tensors.Integers(next.Spatial));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    [InlineData(true, 3)]
    public void ClipCut_WholePixels_AreThePart(bool isMirrored, int turns)
    {
        var clips = Tensors.Normal(3, 2, 3, 4, 6, 8);

        var cut = ClipCut.Of(clips, [new(new(2, 1, 5, 5), isMirrored, turns), new(new(3, 0, 5, 5), isMirrored, turns)], side: 5);

        var part = stack([clips[0].narrow(2, 1, 5).narrow(3, 2, 5), clips[1].narrow(2, 0, 5).narrow(3, 3, 5)]);   // [2, 3, 4, 5, 5]
        Tensors.AssertClose((isMirrored ? part.flip(4) : part).rot90(turns, (3, 4)), cut, 1e-4);
    }

    [Theory]
    [InlineData(300, 4)]
    [InlineData(100, 3)]
    [InlineData(16, 1)]
    [InlineData(9, 1)]    // shorter than a clip
    public void OverlappingClips_ManyDraws_OverlapByARateInsideTheVideo(int frames, int paces)
    {
        HashSet<int> drawnPaces = [], classes = [];
        var (sampler, video) = (new OverlappingClips(), new VideoInfo(frames, 10, new(1, 1)));
        for (var sample = 0; sample < 500; sample++)
        {
            var random = new CounterRandom(1, 0, sample, RandomPurpose.Clips);
            var clip = new ClipSpec(16) { Stride = 99 };
            clip = clip with { Stride = sampler.DrawStride(ref random, video, [clip, clip])!.Value };
            var (starts, span) = (new double[2], 15 * clip.Stride);
            sampler.Draw(ref random, 0, video, [clip, clip], starts);

            var overlap = 1 - (Math.Abs(starts[0] - starts[1]) / span);
            var overlapClass = OverlapRates.ClassOf(overlap);
            Assert.All(starts, start => Assert.InRange(start, 0, Math.Max(0, frames - span - 1)));
            Assert.InRange(overlap, OverlapRates.Of(overlapClass) - 1e-9, OverlapRates.Of(overlapClass) + (1.0 / span) + 1e-9);
            drawnPaces.Add(OverlappingClips.PaceOf(span, 16));
            classes.Add(overlapClass);
        }

        Assert.Equal(Enumerable.Range(0, paces), drawnPaces.Order());
        Assert.Equal(Enumerable.Range(0, frames > 99 ? 5 : 1), classes.Order());
    }

    /// <summary>Every pixel holds its column, its row and its frame; pairs of clips of every eighth frame begin 0 to 12 frames apart.</summary>
    private static Batch Batch()
    {
        var places = arange(Side, dtype: float32);
        long[] shape = [Videos, Frames, Side, Side];
        var clips = stack([places.expand(shape), places.view(-1, 1).expand(shape), arange(Frames, dtype: float32).view(-1, 1, 1).expand(shape)], 1);
        float[] windows = [.. Enumerable.Range(0, Videos).SelectMany(video => new float[] { 20, 17, 100, 20 + (3 * (video % 5)), 17, 100 })];

        return new([clips, clips], arange(Videos, dtype: int64), null) { Windows = tensor(windows).view(Videos, 2, 3) };
    }

    private static ClipBox Seen(Tensor clip)
    {
        var ((x, width), (y, height)) = (Extent(clip[0]), Extent(clip[1]));

        return new(x, y, 0, width, height, 1);
    }

    /// <summary>Where what is seen begins and how long it is: the outermost samples lie half of their distance inside.</summary>
    private static (double Start, double Length) Extent(Tensor coordinates)
    {
        var (least, most) = (coordinates.min().item<float>(), coordinates.max().item<float>());
        var length = (most - least) * Cut / (Cut - 1.0);

        return (least + 0.5 - (length / Cut / 2), length);
    }

    /// <summary>Rows count downwards in what is not turned, to the right after a quarter turn.</summary>
    private static long Turns(Tensor clip)
    {
        var rows = clip[1, 0];   // [S, S]
        var (down, right) = (rows[-1, 0].item<float>() - rows[0, 0].item<float>(), rows[0, -1].item<float>() - rows[0, 0].item<float>());

        return Math.Abs(down) > Math.Abs(right) ? (down > 0 ? 0 : 2) : right > 0 ? 1 : 3;
    }

    private static bool IsMirrored(Tensor clip, long turns)
    {
        var columns = clip[0, 0].rot90(-(int)turns, (0, 1));   // [S, S]

        return columns[0, 0].item<float>() > columns[0, -1].item<float>();
    }
}
