using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Host.Data;

namespace Parallax.Host.Tests.Data;

/// <summary>A method chooses which images an epoch shows.</summary>
public sealed class EpochSamplingTests
{
    private const int Count = 6, Batch = 2;
    private static readonly LoaderSettings Settings = new(Batch) { Seed = 7, Workers = 2, Prefetch = 3 };

    [Fact]
    public void Epoch_ChosenImages_ComeInTheirOrder()
    {
        using var loader = Loader(new(_ => [3, 3, 0, 5, 3, 1]));

        Assert.Equal([3, 3, 0, 5, 3, 1], loader.Epoch(0).SelectMany(batch => batch.Indices.ToArray()));
    }

    [Fact]
    public void Epoch_AnImageSeveralTimes_TellsHowOftenItStoodBefore()
    {
        using var loader = Loader(new(_ => [3, 3, 0, 5, 3, 1]));

        Assert.Equal([0, 1, 0, 0, 2, 0], loader.Epoch(0).SelectMany(batch => batch.RepetitionBuffer[..batch.Size]));
    }

    [Fact]
    public void Epoch_AnImageSeveralTimes_IsAugmentedAnewEachTime()
    {
        using var chosen = Loader(new(_ => [3, 3, 0, 5, 3, 1]));
        using var plain = new BatchLoader(new FakeDataset(Count), [[new AddNoise()]], Settings, NullLogger.Instance);

        var pixels = Pixels(chosen, epoch: 0);
        var once = Pixels(plain, epoch: 0).ToDictionary(image => image.Index, image => image.Pixel);

        Assert.Equal(3, pixels.Where(image => image.Index == 3).Select(image => image.Pixel).Distinct().Count());
        Assert.All(pixels.DistinctBy(image => image.Index), image => Assert.Equal(once[image.Index], image.Pixel));   // the first time as ever
    }

    [Fact]
    public void Epoch_ResumedInside_GoesOnWithTheSameBits()
    {
        using var whole = Loader(new(_ => [3, 3, 0, 5, 3, 1]));
        using var resumed = Loader(new(_ => [3, 3, 0, 5, 3, 1]));

        Assert.Equal(Pixels(whole, epoch: 1)[2..], Pixels(resumed, epoch: 1, firstImage: 2));
    }

    [Fact]
    public void Order_OfAnEpoch_IsAskedForWhenTheEpochIs()
    {
        var sampling = new Sampling(epoch => [.. Enumerable.Repeat((long)epoch, Count)]);
        using var loader = Loader(sampling);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            Assert.Equal(epoch, sampling.Asked.Count);
            Assert.All(loader.Epoch(epoch), batch => Assert.All(batch.Indices.ToArray(), index => Assert.Equal(epoch, index)));
        }

        Assert.Equal([0, 1, 2], sampling.Asked);
    }

    [Fact]
    public void Peek_AnEpochAskedFor_ShowsItsImages()
    {
        using var loader = Loader(new(_ => [3, 3, 0, 5, 3, 1]));

        _ = loader.Epoch(0);

        Assert.Equal([3, 3], loader.Peek(0, images: 8).Indices.ToArray());
    }

    [Theory]
    [InlineData(new long[] { 0, 1, 2 }, "3 images")]
    [InlineData(new long[] { 0, 1, 2, 3, 4, 6 }, "to 6")]
    [InlineData(new long[] { 0, 1, 2, 3, 4, -1 }, "from -1")]
    public void Epoch_OtherImagesThanThereAre_AreRefused(long[] order, string named)
    {
        using var loader = Loader(new(_ => order));

        var fault = Assert.Throws<InvalidOperationException>(() => loader.Epoch(0));

        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    private static BatchLoader Loader(Sampling sampling) => new(new FakeDataset(Count), [[new AddNoise()]], Settings, NullLogger.Instance, sampling);

    private static List<(long Index, float Pixel)> Pixels(BatchLoader loader, long epoch, long firstImage = 0) =>
        [.. loader.Epoch(epoch, firstImage).SelectMany(
            batch => Enumerable.Range(0, batch.Size).Select(i => (batch.Indices[i], batch.Views[0].Image(i)[0])).ToList())];

    private sealed class Sampling(Func<int, long[]> order) : IEpochSampling
    {
        public List<int> Asked { get; } = [];

        public IReadOnlyList<long> Order(int epoch)
        {
            Asked.Add(epoch);

            return order(epoch);
        }
    }
}
