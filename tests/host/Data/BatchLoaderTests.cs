using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Data;

namespace Parallax.Host.Tests.Data;

[Collection(AloneCollection.Name)]
public sealed class BatchLoaderTests
{
    private static readonly LoaderSettings Settings = new(BatchSize: 8) { Seed = 7, Workers = 2 };

    [Fact]
    public void Epoch_Whole_VisitsEachSampleOnce()
    {
        using var loader = Loader(new FakeDataset(32), Settings);

        var first = Collect(loader.Epoch(0));
        var second = Collect(loader.Epoch(1));

        Assert.Equal(4, first.Count);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (long)i), first.SelectMany(b => b.Indices).Order());
        Assert.NotEqual(first.SelectMany(b => b.Indices), second.SelectMany(b => b.Indices));
    }

    [Theory]
    [InlineData(true, new[] { 8, 8 })]
    [InlineData(false, new[] { 8, 8, 4 })]
    public void Epoch_UnevenCount_DropsOrKeepsTheRest(bool dropLast, int[] sizes)
    {
        using var loader = Loader(new FakeDataset(20), Settings with { DropLast = dropLast });

        var batches = Collect(loader.Epoch(0));

        Assert.Equal(sizes, batches.Select(b => b.Indices.Length));
        Assert.Equal(sizes[^1] * 3 * 4 * 4, batches[^1].Views[0].Length);
    }

    [Fact]
    public void Epoch_Batch_HasLabelsAndShapes()
    {
        using var loader = new BatchLoader(new FakeDataset(16), [[new AddNoise()], [new TakeCorner(2), new AddNoise()]], Settings, NullLogger.Instance);

        foreach (var batch in loader.Epoch(0))
        {
            Assert.Equal([8, 3, 4, 4], batch.Shape(0));
            Assert.Equal([8, 3, 2, 2], batch.Shape(1));
            Assert.Equal(8 * 3 * 2 * 2, batch.Pixels(1).Length);
            Assert.Equal(batch.Indices.ToArray().Select(i => i % 2), batch.Labels.ToArray());
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(8, 5)]
    public void Epoch_AnyWorkersAndPrefetch_GivesTheSameBits(int workers, int prefetch)
    {
        using var one = Loader(new FakeDataset(64, 5, 6, 40), Settings);
        using var other = Loader(new FakeDataset(64, 5, 6, 40), Settings with { Workers = workers, Prefetch = prefetch });

        for (var epoch = 0; epoch < 3; epoch++)
        {
            AssertEqual(Collect(one.Epoch(epoch)), Collect(other.Epoch(epoch)));
        }
    }

    [Fact]
    public void Epoch_ViewsOfAnImage_DifferAndChangeWithTheEpoch()
    {
        using var loader = new BatchLoader(new FakeDataset(8), [[new AddNoise()], [new AddNoise()]], Settings, NullLogger.Instance);

        var first = Collect(loader.Epoch(0))[0];
        var second = Collect(loader.Epoch(1))[0];

        var place = Array.IndexOf(second.Indices, first.Indices[0]) * 48;
        Assert.NotEqual(first.Views[0][0], first.Views[1][0]);
        Assert.NotEqual(first.Views[0][0], second.Views[0][place]);
    }

    [Fact]
    public void Epoch_FromTheMiddle_EqualsTheRestOfAWholeOne()
    {
        using var whole = Loader(new FakeDataset(64), Settings);
        using var resumed = Loader(new FakeDataset(64), Settings);
        _ = Collect(whole.Epoch(0));
        var expected = Collect(whole.Epoch(1));

        var rest = Collect(resumed.Epoch(1, firstImage: 40));

        AssertEqual(expected[5..], rest);
    }

    [Fact]
    public void Epoch_LeftEarly_TheNextIsRight()
    {
        using var reference = Loader(new FakeDataset(64), Settings);
        using var loader = Loader(new FakeDataset(64), Settings with { Workers = 4, Prefetch = 3 });
        var expected = Collect(reference.Epoch(3));
        for (var round = 0; round < 20; round++)
        {
            _ = loader.Epoch(round % 3).First();
        }

        AssertEqual(expected, Collect(loader.Epoch(3)));
    }

    [Fact]
    public void Epoch_OneSlowImage_HoldsUpNoOther()
    {
        // The slow image is done only when all others of what is made ahead are: with a worker that had taken more than it, this would never end.
        const int ahead = 3 * 8;
        var order = new FakeDataset(64);
        using var reference = Loader(order, Settings);
        var slow = Collect(reference.Epoch(0))[0].Indices[2];
        using var others = new CountdownEvent(ahead - 1);
        var maker = Environment.CurrentManagedThreadId;
        var data = new FakeDataset(64)
        {
            OnRead = index =>
            {
                if (Environment.CurrentManagedThreadId == maker)
                {
                    return;   // the first image, for the shapes of the views
                }

                if (index == slow)
                {
                    Assert.True(others.Wait(TimeSpan.FromMinutes(2)), "Images wait for the slow one.");
                }
                else if (!others.IsSet)
                {
                    others.Signal();
                }
            },
        };
        using var loader = Loader(data, Settings with { Workers = 2, Prefetch = 2 });

        Assert.Equal(8, Collect(loader.Epoch(0)).Count);
    }

    [Theory]
    [InlineData(2, 0, new int[0])]    // behind the last epoch
    [InlineData(7, 8, new int[0])]
    [InlineData(1, 32, new int[0])]   // behind the last image
    [InlineData(1, 33, new int[0])]
    [InlineData(1, 25, new int[0])]   // seven are left
    [InlineData(1, 24, new[] { 8 })]
    [InlineData(1, 11, new[] { 8, 8 })]
    public void Epoch_FromAnyImage_GivesWholeBatchesAndNeverWaits(long epoch, long firstImage, int[] sizes)
    {
        using var whole = Loader(new FakeDataset(32), Settings with { Epochs = 2 });
        using var loader = Loader(new FakeDataset(32), Settings with { Epochs = 2 });
        var expected = Collect(whole.Epoch(1)).SelectMany(batch => batch.Indices).Skip((int)firstImage).Take(sizes.Sum());

        var batches = Collect(loader.Epoch(epoch, firstImage));

        Assert.Equal(sizes, batches.Select(batch => batch.Indices.Length));
        Assert.Equal(expected, batches.SelectMany(batch => batch.Indices));
    }

    [Fact]
    public void Epoch_CorruptSample_IsReplacedAndReportedOnce()
    {
        using var loader = Loader(new FakeDataset(16, 3, 4), Settings);

        var indices = Collect(loader.Epoch(0)).Concat(Collect(loader.Epoch(1))).SelectMany(b => b.Indices).ToArray();

        Assert.Equal(["image-3.jpg", "image-4.jpg"], loader.Skipped.Select(s => s.Sample));
        Assert.DoesNotContain(3, indices);
        Assert.Equal(6, indices.Count(i => i == 5));   // for itself, 3 and 4, in two epochs
    }

    [Fact]
    public void Epoch_CorruptSampleUnderStop_NamesTheFile()
    {
        using var loader = Loader(new FakeDataset(16, 3), Settings with { OnError = ErrorPolicy.Stop });

        var fault = Assert.Throws<ConfigurationException>(() => Collect(loader.Epoch(0)));

        Assert.Contains("image-3.jpg cannot be read: is cut short", fault.Message, StringComparison.Ordinal);
        Assert.Contains("data.onError=skip", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_NothingReadable_SaysSo()
    {
        var all = Enumerable.Range(0, 10).Select(i => (long)i).ToArray();

        var fault = Assert.Throws<ConfigurationException>(() => Loader(new FakeDataset(10, all), Settings));

        Assert.Contains("10 images in a row cannot be read", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Epoch_SizesDiffer_NamesTheView()
    {
        using var loader = Loader(new FakeDataset(16) { SizeOf = i => new(4, i == 11 ? 5 : 4) }, Settings);

        var fault = Assert.Throws<ConfigurationException>(() => Collect(loader.Epoch(0)));

        Assert.Contains("View 1 gives 3x4x5 pixels for sample 11, but 3x4x4", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Epoch_FaultInAnAugmentation_ReachesTheConsumer()
    {
        using var loader = new BatchLoader(new FakeDataset(16), [[new FailsOnOne()]], Settings, NullLogger.Instance);

        var fault = Assert.Throws<InvalidOperationException>(() => Collect(loader.Epoch(0)));

        Assert.Equal("this one fails", fault.Message);
    }

    [Fact]
    public void Constructor_FewerImagesThanABatch_SaysWhatToDo()
    {
        var fault = Assert.Throws<ConfigurationException>(() => Loader(new FakeDataset(5), Settings));

        Assert.Contains("Lower trainer.batchSize to 5 or less", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Epoch_Running_AllocatesNothingPerImage()
    {
        using var loader = Loader(new FakeDataset(800), Settings with { Epochs = 3, Workers = 1 });
        _ = Count(loader.Epoch(0));
        _ = Count(loader.Epoch(1));
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var batches = Count(loader.Epoch(2));

        var bytesPerImage = (GC.GetTotalAllocatedBytes(precise: true) - before) / 800.0;
        Assert.Equal(100, batches);
        Assert.InRange(bytesPerImage, 0, 1000);   // the fake's DatasetInfo is most of it; pixels would be thousands
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Epoch_PartsOfSeveralProcesses_TogetherAreTheBatchesOfOne(int processes)
    {
        using var one = Loader(new FakeDataset(37), Settings);
        var parts = new List<List<CopiedBatch>>();
        for (var process = 0; process < processes; process++)
        {
            using var part = Loader(new FakeDataset(37), Settings with { BatchSize = 8 / processes, Processes = processes, Process = process });
            parts.Add([.. Collect(part.Epoch(1)), .. Collect(part.Epoch(2, firstImage: 24))]);
        }

        List<CopiedBatch> expected = [.. Collect(one.Epoch(1)), .. Collect(one.Epoch(2, firstImage: 24))];

        Assert.Equal(5, expected.Count);
        AssertEqual(expected, [.. expected.SelectMany((_, number) => parts.Select(part => part[number]))]);
    }

    [Fact]
    public void Constructor_PartsOfUnevenBatches_AreRefused() =>
        Assert.Throws<ArgumentException>(() => Loader(new FakeDataset(32), Settings with { DropLast = false, Processes = 2 }));

    private static BatchLoader Loader(FakeDataset data, LoaderSettings settings) => new(data, [[new AddNoise()]], settings, NullLogger.Instance);

    private static int Count(IEnumerable<HostBatch> batches)
    {
        var count = 0;
        foreach (var _ in batches)
        {
            count++;
        }

        return count;
    }

    private static List<CopiedBatch> Collect(IEnumerable<HostBatch> batches) =>
        [.. batches.Select(b => new CopiedBatch(b.Indices.ToArray(), [.. b.Views.Select((_, v) => b.Pixels(v))]))];

    private static void AssertEqual(List<CopiedBatch> expected, List<CopiedBatch> actual)
    {
        Assert.Equal(expected.SelectMany(b => b.Indices), actual.SelectMany(b => b.Indices));
        Assert.Equal(expected.SelectMany(b => b.Views).SelectMany(v => v), actual.SelectMany(b => b.Views).SelectMany(v => v));
    }

    private sealed record CopiedBatch(long[] Indices, float[][] Views);

    private sealed class FailsOnOne : IAugmentation
    {
        public int ParameterCount => 0;

        public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
        {
        }

        public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
        {
            if (image.Pixels[0] == 9 / 16f)
            {
                throw new InvalidOperationException("this one fails");
            }
        }
    }
}
