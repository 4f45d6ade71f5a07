using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Data;

namespace Parallax.Host.Tests.Data;

public sealed class EvaluationLoaderTests
{
    private static readonly LoaderSettings Settings = new(BatchSize: 4) { Workers = 3 };

    [Theory]
    [InlineData(2)]
    [InlineData(0)]   // one buffer
    public void Batches_WholeSplit_ComesInIndexOrder(int prefetch)
    {
        using var loader = new EvaluationLoader(new FakeDataset(10), side: 4, Settings with { Prefetch = prefetch }, NullLogger.Instance);

        var batches = loader.Batches().Select(b => b.Indices.ToArray()).ToList();

        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), batches.SelectMany(indices => indices));
        Assert.Equal(3, batches.Count);
    }

    [Fact]
    public void Batches_Pixels_AreNormalised()
    {
        using var loader = new EvaluationLoader(new FakeDataset(10), side: 4, Settings, NullLogger.Instance);

        var batch = loader.Batches().First();

        Assert.All(batch.Pixels(0).AsSpan(3 * 48, 48).ToArray(), value => Assert.Equal((0.3f - 0.5f) / 0.25f, value, 1e-6f));
    }

    [Fact]
    public void Batches_MixedShapes_AreCroppedToOneSize()
    {
        using var loader = new EvaluationLoader(new FakeDataset(10) { SizeOf = i => new(20 + (int)i, 30) }, side: 14, Settings, NullLogger.Instance,
            resize: 16);

        foreach (var batch in loader.Batches())
        {
            Assert.Equal([batch.Size, 3, 14, 14], batch.Shape(0));
        }
    }

    [Fact]
    public void Batches_LargeImages_AreAskedForWithTwoPixelsPerPixel()
    {
        var data = new FakeDataset(4) { Size = new(400, 600) };
        using var loader = new EvaluationLoader(data, side: 14, Settings, NullLogger.Instance, resize: 16);

        _ = loader.Batches().Count();

        Assert.Equal(32, data.LastSmallestSide);
    }

    [Fact]
    public void Constructor_ResizeBelowTheCrop_IsRefused()
    {
        var fault = Assert.Throws<ConfigurationException>(() => new EvaluationLoader(new FakeDataset(4), side: 14, Settings, NullLogger.Instance, resize: 13));

        Assert.Contains("data.evaluationResize is 13, but evaluations crop 14 pixels", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Batches_UnreadableSample_IsLeftOut()
    {
        using var loader = new EvaluationLoader(new FakeDataset(10, 2, 9), side: 4, Settings, NullLogger.Instance);

        var samples = loader.Batches()
            .SelectMany(batch => Enumerable.Range(0, batch.Size).Select(i => (Index: batch.Indices[i], Label: batch.Labels[i], Pixel: batch.Pixels(0)[i * 48])))
            .ToArray();

        Assert.Equal([0, 1, HostBatch.NoSample, 3, 4, 5, 6, 7, 8, HostBatch.NoSample], samples.Select(s => s.Index));
        Assert.Equal([0, 1, -1, 1, 0, 1, 0, 1, 0, -1], samples.Select(s => s.Label));
        Assert.Equal((0, 0), (samples[2].Pixel, samples[9].Pixel));
        Assert.Equal(["image-2.jpg", "image-9.jpg"], loader.Skipped.Select(s => s.Sample));
    }

    [Fact]
    public void Batches_UnreadableSampleAndStop_NamesIt()
    {
        using var loader = new EvaluationLoader(new FakeDataset(10, 9), side: 4, Settings with { OnError = ErrorPolicy.Stop }, NullLogger.Instance);

        var fault = Assert.Throws<ConfigurationException>(() => loader.Batches().Count());

        Assert.Contains("image-9.jpg cannot be read: is cut short", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Batches_UnreadableSampleReplaced_KeepsTheCount()
    {
        using var loader = new EvaluationLoader(new FakeDataset(10, 9), side: 4, Settings, NullLogger.Instance, unreadable: UnreadableSamples.Replaced);

        var indices = loader.Batches().SelectMany(b => b.Indices.ToArray()).ToArray();

        Assert.Equal((10, 0), (indices.Length, indices[^1]));   // after the last comes the first
        Assert.Equal("image-9.jpg", Assert.Single(loader.Skipped).Sample);
    }
}
