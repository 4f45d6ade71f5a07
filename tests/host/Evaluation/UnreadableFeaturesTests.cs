using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Host.Distributed;
using Parallax.Host.Evaluation;
using Parallax.Host.Tests.Data;
using Parallax.Host.Tests.Training;

namespace Parallax.Host.Tests.Evaluation;

/// <summary>What becomes of images that cannot be read.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class UnreadableFeaturesTests : IDisposable
{
    private readonly TrainingBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Features_UnreadableImages_AreLeftOutWithTheirLabels()
    {
        using var session = _bench.Session(TrainingBench.Method());
        using var whole = new FakeDataset(10);
        using var damaged = new FakeDataset(10, 2, 3, 9);

        var (all, some) = (FeatureExtractor.Features(session.Experiment, whole, most: 0), FeatureExtractor.Features(session.Experiment, damaged, most: 0));

        Assert.Equal([0, 1, 0, 1, 0, 1, 0], some.Set.Labels.data<long>().ToArray());
        using var kept = torch.tensor(new long[] { 0, 1, 4, 5, 6, 7, 8 });
        Assert.True(all.Set.Features.index_select(0, kept).equal(some.Set.Features).all().item<bool>());
        Assert.Equal((10, "image-2.jpg image-3.jpg image-9.jpg"), (some.Images, string.Join(' ', some.Unreadable.Select(fault => fault.Sample))));
        Assert.Equal("3 of 10 test images left out", LeftOutImages.Of(all, some)?.ToString());
        Assert.Equal("3 of 10 training images and 3 of 10 test images left out", LeftOutImages.Of(some, some)?.ToString());
        Assert.Null(LeftOutImages.Of(all, all));
    }

    [Fact]
    public void Features_NothingReadable_IsRefused()
    {
        using var session = _bench.Session(TrainingBench.Method());
        using var damaged = new FakeDataset(3, 0, 1, 2);

        var fault = Assert.Throws<ConfigurationException>(() => FeatureExtractor.Features(session.Experiment, damaged, most: 0));

        Assert.StartsWith("None of the 3 images that the evaluation takes from the Train split of memory can be read", fault.Message, StringComparison.Ordinal);
        Assert.Contains("one fault of them: image-0.jpg", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Extract_UnreadableImages_KeepTheirRows()
    {
        using var session = _bench.Session(TrainingBench.Method());
        using var damaged = new FakeDataset(10, 2, 3, 9);
        var extractor = new FeatureExtractor(session.Experiment, damaged);

        using var rows = extractor.Extract(images => images.flatten(1).mean([1], keepdim: true));   // [10, 1]

        int[] read = [0, 1, 4, 4, 4, 5, 6, 7, 8, 0];   // each has the row of the next that can be read
        var expected = read.Select(i => ((i / 10f) - 0.5f) / 0.25f).ToArray();
        Assert.All(expected.Zip(rows.data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }
}
