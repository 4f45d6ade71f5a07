using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Data;

namespace Parallax.Host.Tests.Data;

[Collection(AloneCollection.Name)]
public sealed class ClipLoaderTests
{
    private static readonly LoaderSettings Settings = new(BatchSize: 8) { Seed = 7, Workers = 2 };
    private static readonly ClipSpec EverySecond = new(5) { Stride = 2 };

    [Fact]
    public void Epoch_Clips_HaveTheirFramesInOrder()
    {
        using var loader = Loader(new FakeVideos(16), Settings, [[]], new([EverySecond]));

        foreach (var batch in loader.Epoch(0))
        {
            Assert.Equal([8, 3, 5, 4, 4], batch.Shape(0));
            for (var clip = 0; clip < batch.Size; clip++)
            {
                var start = batch.WindowBuffer[3 * clip];
                Assert.Equal([start, start + 2, start + 4, start + 6, start + 8], FrameNumbers(batch, 0, clip));
                Assert.Equal([9f, 30f], batch.WindowBuffer.AsSpan((3 * clip) + 1, 2).ToArray());
                Assert.Equal(batch.Indices[clip] / 256f, batch.Views[0].Image(clip)[^1]);
            }
        }
    }

    [Fact]
    public void Epoch_Clips_BeginEverywhereTheyFit()
    {
        using var loader = Loader(new FakeVideos(256), Settings, [[]], new([EverySecond]));

        var starts = loader.Epoch(0).SelectMany(batch => Enumerable.Range(0, batch.Size).Select(clip => batch.WindowBuffer[3 * clip]).ToList()).ToHashSet();

        Assert.Equal(Enumerable.Range(0, 22).Select(start => (float)start), starts.Order());   // 30 frames, 9 covered
    }

    [Fact]
    public void Epoch_Augmentation_IsDrawnOnceForAllFrames()
    {
        using var loader = Loader(new FakeVideos(8), Settings, [[new AddNoise()], [new AddNoise()]], new([EverySecond]));

        foreach (var batch in loader.Epoch(0))
        {
            var noise = Enumerable.Range(0, 2).Select(view => Enumerable.Range(0, 5).Select(t => Noise(batch, view, clip: 0, t)).ToList()).ToList();

            Assert.All(noise, frames => Assert.All(frames, value => Assert.Equal(frames[0], value, 1e-5f)));
            Assert.NotEqual(noise[0][0], noise[1][0], 1e-3f);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Epoch_AnyWorkers_GivesTheSameBits(int workers)
    {
        IReadOnlyList<IReadOnlyList<IAugmentation>> views = [[new AddNoise()], [new TakeCorner(2)]];
        using var one = Loader(new FakeVideos(32, 3), Settings, views, new([EverySecond, new(3)]));
        using var other = Loader(new FakeVideos(32, 3), Settings with { Workers = workers }, views, new([EverySecond, new(3)]));
        _ = one.Epoch(0).Count();   // an epoch ahead of the other

        Assert.Equal(Pixels(one.Epoch(1)), Pixels(other.Epoch(1)));
    }

    [Fact]
    public void Epoch_UnreadableVideo_IsSkippedAndNamed()
    {
        using var loader = Loader(new FakeVideos(8, 3), Settings, [[]], new([EverySecond]));

        var indices = loader.Epoch(0).SelectMany(batch => batch.Indices.ToArray()).ToList();

        Assert.DoesNotContain(3, indices);
        Assert.Equal("video-3.avi", Assert.Single(loader.Skipped).Sample);
    }

    [Fact]
    public void Epoch_UnreadableVideoAndPolicyStop_Throws()
    {
        using var loader = Loader(new FakeVideos(8, 3), Settings with { OnError = ErrorPolicy.Stop }, [[]], new([EverySecond]));

        Assert.Contains("video-3.avi", Assert.Throws<ConfigurationException>(() => loader.Epoch(0).Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Epoch_Sampler_SaysWhereClipsBegin()
    {
        using var loader = Loader(new FakeVideos(8), Settings, [[], []], new([EverySecond], new EpochPlusView()));

        foreach (var batch in loader.Epoch(3))
        {
            Assert.Equal([3f, 5, 7, 9, 11], FrameNumbers(batch, 0, clip: 0));
            Assert.Equal([4f, 6, 8, 10, 12], FrameNumbers(batch, 1, clip: 0));
        }
    }

    [Fact]
    public void Epoch_SamplerWithAStride_ReplacesThatOfTheClips()
    {
        using var loader = Loader(new FakeVideos(8), Settings, [[], []], new([EverySecond with { Seconds = 1 }], new EveryFourth()));

        foreach (var batch in loader.Epoch(0))
        {
            Assert.Equal([3f, 7, 11, 15, 19], FrameNumbers(batch, 1, clip: 0));
            Assert.Equal([3f, 17, 30], batch.WindowBuffer.AsSpan(3, 3).ToArray());   // from frame 3 to 19
        }
    }

    [Theory]
    [InlineData(1, new[] { 10f })]             // 30 frames, 9 covered: the middle
    [InlineData(3, new[] { 0f, 10f, 21f })]
    public void Evaluation_Clips_LieEvenly(int clips, float[] starts)
    {
        using var loader = new EvaluationLoader(new FakeVideos(4), side: 4, Settings, NullLogger.Instance, views: new(EverySecond, clips));

        foreach (var batch in loader.Batches())
        {
            Assert.Equal(starts, batch.Views.Select((_, view) => FrameNumbers(batch, view, clip: 1)[0]));
        }
    }

    [Fact]
    public void Evaluation_Crops_LieAlongTheLongerSide()
    {
        using var loader = new EvaluationLoader(new Slope(), side: 4, Settings, NullLogger.Instance, views: new(new(1), Clips: 1, Crops: 3));

        foreach (var batch in loader.Batches())
        {
            Assert.Equal([0f, 4f, 8f], batch.Views.Select(view => view.Image(0)[0] * 256));   // 12 pixels wide
        }
    }

    [Fact]
    public void Evaluation_VideosOfDifferentLengths_HaveTheirOwnNumberOfClips()
    {
        var videos = new FakeVideos(3) { FramesOf = index => 5 + (10 * (int)index) };   // 5, 15 and 25 frames
        var views = new EvaluationViews(EverySecond, Sampling: TestSampling.BackToBack).For(videos);
        using var loader = new EvaluationLoader(videos, side: 4, Settings, NullLogger.Instance, views: views);

        var batch = Assert.Single(loader.Batches());

        Assert.Equal([1, 2, 3], batch.SeenBuffer[..3]);   // 9 frames covered
        Assert.Equal([0f, 9, 16], batch.Views.Select((_, view) => FrameNumbers(batch, view, clip: 2)[0]));
        Assert.Equal([0f, 6], batch.Views.Take(2).Select((_, view) => FrameNumbers(batch, view, clip: 1)[0]));
        Assert.All(batch.Views[2].Image(1).ToArray(), pixel => Assert.Equal(0, pixel));
    }

    [Fact]
    public void Evaluation_TenCrops_AreFiveAndTheirMirrorImages()
    {
        using var loader = new EvaluationLoader(
            new Slope(), side: 2, Settings, NullLogger.Instance, resize: 4, views: new(new(1), Clips: 1, Crops: 10, Places: TestCropPlaces.Corners));

        var batch = Assert.Single(loader.Batches());

        Assert.Equal([0f, 10, 0, 10, 5, 1, 11, 1, 11, 6], batch.Views.Select(view => view.Image(0)[0] * 256));   // first column of each crop
        Assert.Equal([1f, 11, 1, 11, 6, 0, 10, 0, 10, 5], batch.Views.Select(view => view.Image(0)[1] * 256));
    }

    [Fact]
    public void Epoch_StepThatDrawsPerFrame_ChangesEachFrameAndIsKeyed()
    {
        IReadOnlyList<IReadOnlyList<IAugmentation>> views = [[new AddNoise { DrawsPerFrame = true }], [new AddNoise()]];
        using var loader = Loader(new FakeVideos(8), Settings, views, new([EverySecond]));
        using var once = Loader(new FakeVideos(8), Settings, [[new AddNoise()], [new AddNoise()]], new([EverySecond]));
        using var resumed = Loader(new FakeVideos(8), Settings with { Workers = 3 }, views, new([EverySecond]));
        _ = loader.Epoch(0).Count();

        var second = Pixels(resumed.Epoch(1));

        Assert.Equal(Pixels(loader.Epoch(1)), second);
        var (perFrame, plain) = (NoiseOf(resumed.Epoch(2)), NoiseOf(once.Epoch(2)));
        Assert.Equal(5, perFrame[0].Select(value => MathF.Round(value, 4)).Distinct().Count());
        Assert.Equal(plain[0][0], perFrame[0][0], 1e-6f);   // the first frame is as it would be without
        Assert.Equal(plain[1], perFrame[1]);

        // of the five frames of both views of the first clip
        static float[][] NoiseOf(IEnumerable<HostBatch> batches) =>
            [.. batches.Select(batch => Enumerable.Range(0, 2).Select(
                view => Enumerable.Range(0, 5).Select(t => Noise(batch, view, clip: 0, t)).ToArray()).ToList()).First()];
    }

    private static BatchLoader Loader(
        IImageDataset data, LoaderSettings settings, IReadOnlyList<IReadOnlyList<IAugmentation>> views, ClipPlan clips) =>
        new(data, views, settings, NullLogger.Instance, clips: clips);

    private static float[] FrameNumbers(HostBatch batch, int view, int clip) =>
        [.. Enumerable.Range(0, batch.Views[view].Shape.Frames).Select(t => batch.Views[view].Image(clip)[t * 16] * 256)];

    private static float Noise(HostBatch batch, int view, int clip, int t) =>
        batch.Views[view].Image(clip)[t * 16] - ((batch.WindowBuffer[((clip * 2) + view) * 3] + (2 * t)) / 256f);

    private static List<float[]> Pixels(IEnumerable<HostBatch> batches) => [.. batches.SelectMany(batch => batch.Views.Select(view => view.Pixels.ToArray()))];

    private sealed class EveryFourth : IClipSampler
    {
        public int? DrawStride(ref CounterRandom random, VideoInfo video, IReadOnlyList<ClipSpec> clips) => 4;

        public void Draw(ref CounterRandom random, long epoch, VideoInfo video, IReadOnlyList<ClipSpec> clips, Span<double> starts)
        {
            Assert.All(clips, clip => Assert.Equal(new ClipSpec(5) { Stride = 4 }, clip));
            starts.Fill(3);
        }
    }

    private sealed class EpochPlusView : IClipSampler
    {
        public void Draw(ref CounterRandom random, long epoch, VideoInfo video, IReadOnlyList<ClipSpec> clips, Span<double> starts)
        {
            for (var view = 0; view < starts.Length; view++)
            {
                starts[view] = epoch + view;
            }
        }
    }

    /// <summary>One video of one frame, 4 rows of 12 pixels, each with the number of its column.</summary>
    private sealed class Slope : IVideoDataset
    {
        public DatasetInfo Info => new("slope", DatasetSplit.Test, 1, ["all"], 3, new(4, 12), [0, 0, 0], [1, 1, 1], "00000000", "memory");

        public VideoInfo Video(long index) => new(1, 1, new(4, 12));

        public void ReadFrames(long index, ReadOnlySpan<int> frames, ClipBuffer clip, SmallestSide? smallestSide = null)
        {
            clip.Resize(frames.Length);
            Read(index, clip[0]);
        }

        public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null)
        {
            image.Resize(3, 4, 12);
            for (var i = 0; i < image.Pixels.Length; i++)
            {
                image.Pixels[i] = i % 12 / 256f;
            }
        }

        public int Label(long index) => 0;

        public void Dispose()
        {
        }
    }
}
