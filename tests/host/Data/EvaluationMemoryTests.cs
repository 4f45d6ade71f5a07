using Parallax.Host.Configuration;
using Parallax.Host.Data;

namespace Parallax.Host.Tests.Data;

public sealed class EvaluationMemoryTests
{
    private const long Batch = 10 * 2 * 3 * 4 * 4 * 4 * sizeof(float);   // ten clips of two crops, 3x4x4x4 each

    private static readonly LoaderSettings Settings = new(BatchSize: 1) { Prefetch = 3 };

    [Theory]
    [InlineData(10 * Batch, 3)]
    [InlineData(4 * Batch, 3)]
    [InlineData((4 * Batch) - 1, 2)]
    [InlineData(2 * Batch, 1)]
    [InlineData(Batch, 0)]
    public void Fit_SeveralClips_MakesAsManyBatchesAheadAsFit(long most, int prefetch) => Assert.Equal(
        Settings with { Prefetch = prefetch }, EvaluationMemory.Fit(Settings, new(new(4), Clips: 10, Crops: 2), new FakeVideos(1).Info, side: 4, most));

    [Fact]
    public void Fit_OneVideoTooLong_NamesClipsAndSizeAndWhatToChange()
    {
        var fault = Assert.Throws<ConfigurationException>(() => EvaluationMemory.Fit(
            Settings, new(new(32), Clips: 1000, Crops: 10, TestSampling.HalfOverlapping), new FakeVideos(1).Info, side: 128, most: 12L << 30));

        Assert.Equal(
            "An evaluation takes up to 1000 clips of 10 crops, 3x32x128x128 each, of a video of the Train split of memory: 58.6 GiB at a time; at most "
            + "12.0 GiB are possible, half of this process's memory. Take fewer clips (clips.testSampling: even with clips.testClips, or a larger "
            + "clips.stride), fewer crops (clips.testCrops), or a smaller data.imageSize.", fault.Message);
    }

    [Fact]
    public void Fit_SeveralVideosTooLong_NamesTheBatch()
    {
        var fault = Assert.Throws<ConfigurationException>(() => EvaluationMemory.Fit(
            Settings with { BatchSize = 2 }, new(new(4), Clips: 10, Crops: 2), new FakeVideos(1).Info, side: 4, most: Batch));

        Assert.Contains("of each of 2 videos of the Train split", fault.Message, StringComparison.Ordinal);
        Assert.EndsWith("or a smaller data.imageSize or evaluation.batchSize.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_Images_AreLeftAsTheyAre() =>
        Assert.Same(Settings, EvaluationMemory.Fit(Settings, EvaluationViews.Image, new FakeDataset(1).Info, side: 4, most: 0));
}
