using Parallax.Host.Embeddings;
using Parallax.Host.Tests.Data;

namespace Parallax.Host.Tests.Embeddings;

public sealed class EmbeddingDataTests
{
    private static readonly DatasetInfo Trained = new FakeDataset(1).Info with { Mean = [0.1, 0.2, 0.3], Std = [1, 2, 3] };

    [Fact]
    public void Of_TwoSplits_AreOneBehindTheOther()
    {
        using var data = EmbeddingData.Of([new FakeDataset(3), new FakeDataset(2) { Split = DatasetSplit.Test }], Trained);
        var image = new ImageBuffer();

        Assert.Equal((5, 2), (data.Info.Count, data.Info.Classes.Count));
        Assert.Equal(["train/0", "train/1", "train/2", "test/0", "test/1"], Enumerable.Range(0, 5).Select(index => data.NameOf(index)));
        Assert.Equal([0, 1, 0, 0, 1], Enumerable.Range(0, 5).Select(index => data.Label(index)));
        data.Read(4, image);
        Assert.Equal(0.5f, image.Pixels[0]);
        Assert.IsNotAssignableFrom<IVideoDataset>(data);
    }

    [Fact]
    public void Of_TwoSplitsThatLeaveOutFiles_SaysAllOnce()
    {
        using var data = EmbeddingData.Of([new FakeDataset(3) { LeftOut = ["a", "b"] }, new FakeDataset(2) { LeftOut = ["b", "c"] }], Trained);

        Assert.Equal(["a", "b", "c"], data.Info.LeftOut);
    }

    [Fact]
    public void SingleImage_NoSuchFile_SaysWhatToCheck()
    {
        using var image = new SingleImage("nowhere.png", decoder: null!, Trained);   // which it does not come to

        var fault = Assert.Throws<ConfigurationException>(() => image.Read(0, new()));

        Assert.StartsWith("nowhere.png cannot be read: Could not find file", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_Videos_AreVideos()
    {
        using var data = EmbeddingData.Of([new FakeVideos(2), new FakeVideos(2) { FramesOf = index => 10 + (int)index }], Trained);

        Assert.Equal(11, Assert.IsAssignableFrom<IVideoDataset>(data).Video(3).Frames);
    }

    [Fact]
    public void Of_OtherChannels_IsRefused()
    {
        using var grey = new FakeDataset(3);

        var fault = Assert.Throws<ConfigurationException>(() => EmbeddingData.Of([grey], Trained with { Channels = 1 }));

        Assert.Contains("read with 3 channels, but the network was trained with 1. Add --with channels=1", fault.Message, StringComparison.Ordinal);
    }
}
