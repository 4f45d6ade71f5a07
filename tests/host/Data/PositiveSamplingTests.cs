using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Host.Data;

namespace Parallax.Host.Tests.Data;

/// <summary>A method makes some views of an image of another one.</summary>
[Collection(AloneCollection.Name)]
public sealed class PositiveSamplingTests
{
    private const int Count = 12, Frames = 4, Shortest = 20;
    private static readonly LoaderSettings Settings = new(BatchSize: 6) { Seed = 7, Workers = 2 };
    private static readonly ClipPlan Clips = new([new(Frames)]);
    private static readonly IReadOnlyList<IReadOnlyList<IAugmentation>> Noise = [[new AddNoise()], [new AddNoise()], [new AddNoise()]];

    [Fact]
    public void Epoch_Clips_OfTheChosenViewAreThoseOfThePositive()
    {
        using var loader = Videos(Mirrored());

        foreach (var batch in loader.Epoch(0))
        {
            for (var clip = 0; clip < batch.Size; clip++)
            {
                var (own, positive) = (batch.Indices[clip], Count - 1 - batch.Indices[clip]);

                Assert.Equal(own % 2, batch.Labels[clip]);
                Assert.Equal([own, positive, own], Enumerable.Range(0, 3).Select(view => IndexOf(batch, view, clip)));
                Assert.Equal([own, positive, own], Enumerable.Range(0, 3).Select(view => (long)Window(batch, view, clip)[2] - Shortest));
                Assert.All(Enumerable.Range(0, 3), view => Assert.Equal(Window(batch, view, clip)[0], batch.Views[view].Image(clip)[0] * 256));
            }
        }
    }

    [Fact]
    public void Epoch_Images_OfTheChosenViewAreThePositive()
    {
        using var loader = new BatchLoader(new FakeVideos(Count), [[], [], []], Settings, NullLogger.Instance, positives: Mirrored());

        foreach (var batch in loader.Epoch(0))
        {
            for (var image = 0; image < batch.Size; image++)
            {
                var own = batch.Indices[image];
                Assert.Equal([own, Count - 1 - own, own], Enumerable.Range(0, 3).Select(view => (long)MathF.Round(batch.Views[view].Image(image)[^1] * 256)));
            }
        }
    }

    [Fact]
    public void Epoch_OwnPositives_GiveTheBitsOfAnEpochWithoutAny()
    {
        using var plain = Videos(positives: null);
        using var own = Videos(new([1], _ => [.. Enumerable.Range(0, Count).Select(image => (long)image)]));

        Assert.Equal(Pixels(plain.Epoch(2)), Pixels(own.Epoch(2)));
    }

    [Fact]
    public void Epoch_ViewsOfTheImageItself_DoNotDependOnThePositive()
    {
        using var plain = Videos(positives: null);
        using var mirrored = Videos(Mirrored());

        var (expected, actual) = (Pixels(plain.Epoch(1)), Pixels(mirrored.Epoch(1)));

        Assert.All(expected.Index().Where(view => view.Index % 3 != 1), view => Assert.Equal(view.Item, actual[view.Index]));
        Assert.All(expected.Index().Where(view => view.Index % 3 == 1), view => Assert.NotEqual(view.Item, actual[view.Index]));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Epoch_SeveralProcesses_HaveThePositivesOfOne(int processes)
    {
        using var one = Videos(Shifted(), views: Noise);
        var expected = one.Epoch(1).SelectMany(batch => Rows(batch)).ToList();
        List<List<float[]>[]> parts = [];
        foreach (var process in Enumerable.Range(0, processes))
        {
            using var loader = Videos(Shifted(), Settings with { BatchSize = 6 / processes, Processes = processes, Process = process, Workers = 1 }, Noise);
            parts.Add([.. loader.Epoch(1).Select(batch => Rows(batch))]);
        }

        Assert.Equal(expected, parts[0].Index().SelectMany(batch => parts.SelectMany(part => part[batch.Index])));
    }

    [Fact]
    public void Epoch_ResumedInside_HasTheSamePositives()
    {
        using var whole = Videos(Shifted(), views: Noise);
        using var resumed = Videos(Shifted(), views: Noise);

        Assert.Equal(whole.Epoch(1).SelectMany(batch => Rows(batch)).Skip(6), resumed.Epoch(1, firstImage: 6).SelectMany(batch => Rows(batch)));
    }

    [Fact]
    public void Positives_OfAnEpoch_AreAskedForWhenTheEpochIs()
    {
        var sampling = Shifted();
        using var loader = Videos(sampling);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            Assert.Equal(epoch, sampling.Asked.Count);
            foreach (var batch in loader.Epoch(epoch))
            {
                Assert.All(Enumerable.Range(0, batch.Size), clip => Assert.Equal((batch.Indices[clip] + epoch + 1) % Count, IndexOf(batch, 1, clip)));
            }
        }

        Assert.Equal([0, 1, 2], sampling.Asked);
    }

    [Fact]
    public void Peek_AnEpochNotAskedFor_ShowsTheImageItself()
    {
        using var loader = Videos(Mirrored());

        var batch = loader.Peek(0, images: 2);

        Assert.Equal(batch.Indices[0], IndexOf(batch, 1, clip: 0));
    }

    [Fact]
    public void Epoch_UnreadablePositive_IsReplacedByTheNextVideo()
    {
        var data = new FakeVideos(Count, 3) { FramesOf = LengthOf };
        using var loader = new BatchLoader(data, [[], []], Settings, NullLogger.Instance, clips: Clips, positives: Mirrored());

        var seen = loader.Epoch(0).SelectMany(batch => Enumerable.Range(0, batch.Size).Select(clip => (batch.Indices[clip], IndexOf(batch, 1, clip))).ToList())
            .ToList();

        Assert.Contains((8L, 4L), seen);   // instead of 3
        Assert.Equal(Count, seen.Count);
    }

    [Theory]
    [InlineData(new long[0], "0 positives")]
    [InlineData(new long[] { 0, 1 }, "2 positives")]
    [InlineData(new long[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12 }, "to 12")]
    [InlineData(new long[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -1 }, "from -1")]
    public void Epoch_PositivesThatAreNoImages_AreRefused(long[] positives, string named)
    {
        using var loader = Videos(new([1], _ => positives));

        var fault = Assert.Throws<InvalidOperationException>(() => loader.Epoch(0));

        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(3)]
    public void Create_ViewsThatCannotBePositives_AreRefused(params int[] views) =>
        Assert.Throws<InvalidOperationException>(() => Videos(new(views, _ => [])).Dispose());

    private static BatchLoader Videos(
        Sampling? positives, LoaderSettings? settings = null, IReadOnlyList<IReadOnlyList<IAugmentation>>? views = null) => new(
        new FakeVideos(Count) { FramesOf = LengthOf }, views ?? [[], [], []], settings ?? Settings, NullLogger.Instance, clips: Clips, positives: positives);

    private static Sampling Mirrored() => new([1], _ => [.. Enumerable.Range(0, Count).Select(image => (long)(Count - 1 - image))]);

    private static Sampling Shifted() => new([1], epoch => [.. Enumerable.Range(0, Count).Select(image => (long)((image + epoch + 1) % Count))]);

    private static int LengthOf(long video) => Shortest + (int)video;

    private static float[] Window(HostBatch batch, int view, int clip) => batch.WindowBuffer.AsSpan(((clip * batch.Views.Count) + view) * 3, 3).ToArray();

    private static long IndexOf(HostBatch batch, int view, int clip) => (long)MathF.Round(batch.Views[view].Image(clip)[^1] * 256);

    private static List<float[]> Pixels(IEnumerable<HostBatch> batches) => [.. batches.SelectMany(batch => batch.Views.Select(view => view.Pixels.ToArray()))];

    // Index and pixels of each.
    private static List<float[]> Rows(HostBatch batch) =>
        [.. Enumerable.Range(0, batch.Size).Select(row => (float[])[batch.Indices[row], .. batch.Views.SelectMany(view => view.Image(row).ToArray())])];

    private sealed class Sampling(int[] views, Func<int, long[]> positives) : IPositiveSampling
    {
        public List<int> Asked { get; } = [];

        public IReadOnlyList<int> PositiveViews => views;

        public IReadOnlyList<long> Positives(int epoch)
        {
            Asked.Add(epoch);

            return positives(epoch);
        }
    }
}
