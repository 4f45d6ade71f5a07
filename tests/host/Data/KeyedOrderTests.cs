using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Host.Data;

namespace Parallax.Host.Tests.Data;

/// <summary>Every number of a batch follows from seed, epoch, sample and view.</summary>
public sealed class KeyedOrderTests
{
    private const int Count = 22, Batch = 4;
    private static readonly LoaderSettings Settings = new(Batch) { Seed = 7, Workers = 2 };

    [Fact]
    public void Epoch_Pixels_AreTheSamplePlusTheNumberOfItsKey()
    {
        using var loader = new BatchLoader(new FakeDataset(Count), [[new AddNoise()], [new AddNoise()], [new AddNoise(), new AddNoise()]], Settings,
            NullLogger.Instance);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            var order = EpochOrder.Shuffled(Count, seed: 7, epoch);
            var number = 0;
            foreach (var batch in loader.Epoch(epoch))
            {
                Assert.Equal(order.Skip(number++ * Batch).Take(Batch), batch.Indices.ToArray());
                Assert.Equal((epoch, Batch), (batch.Epoch, batch.Size));
                for (var position = 0; position < Batch; position++)
                {
                    var sample = batch.Indices[position];
                    Assert.Equal(sample % 2, batch.Labels[position]);
                    Assert.All(Pixels(batch, 0, position), pixel => Assert.Equal((sample / (float)Count) + Draws(7, epoch, sample, view: 0)[0], pixel, 1e-6f));
                    Assert.All(Pixels(batch, 1, position), pixel => Assert.Equal((sample / (float)Count) + Draws(7, epoch, sample, view: 1)[0], pixel, 1e-6f));
                    Assert.All(Pixels(batch, 2, position), pixel =>
                        Assert.Equal((sample / (float)Count) + Draws(7, epoch, sample, view: 2).Sum(), pixel, 1e-6f));
                }
            }
        }
    }

    [Fact]
    public void Epoch_RestOfTheLastBatch_IsLeftOutOfEachEpochAnew()
    {
        using var loader = new BatchLoader(new FakeDataset(Count), [[]], Settings, NullLogger.Instance);

        for (var epoch = 0; epoch < 3; epoch++)
        {
            var seen = loader.Epoch(epoch).SelectMany(batch => batch.Indices.ToArray()).ToList();
            Assert.Equal(EpochOrder.Shuffled(Count, seed: 7, epoch)[..20], seen);
        }
    }

    [Theory]
    [InlineData(20, 4, true, 1, 5)]
    [InlineData(22, 4, true, 1, 5)]
    [InlineData(22, 4, false, 1, 6)]
    [InlineData(20, 4, false, 1, 5)]
    [InlineData(22, 2, true, 2, 5)]
    [InlineData(4, 4, true, 1, 1)]
    public void Epoch_Sizes_AreFullOnesAndPerhapsTheRest(int count, int batch, bool dropLast, int processes, long expected)
    {
        using var loader = new BatchLoader(new FakeDataset(count), [[]], new(batch) { DropLast = dropLast, Processes = processes }, NullLogger.Instance);

        Assert.Equal(expected, loader.Epoch(0).Count());
    }

    [Fact]
    public void Shuffled_SeedAndEpoch_AreDifferentKeys()
    {
        var orders = from seed in Enumerable.Range(0, 4) from epoch in Enumerable.Range(0, 4) select string.Join(",", EpochOrder.Shuffled(50, seed, epoch));

        Assert.Equal(16, orders.Distinct().Count());
        Assert.Equal(EpochOrder.Shuffled(50, 3, 2), EpochOrder.Shuffled(50, 3, 2));
    }

    // Philox-4x32-10 and Fisher-Yates from the last place on, computed by another program. A run that goes on with a newer version sees the same order.
    [Theory]
    [InlineData(7, 0, new long[] { 11, 5, 1, 6, 4, 2, 10, 8, 7, 3, 9, 0 })]
    [InlineData(7, 3, new long[] { 9, 8, 3, 11, 5, 0, 6, 7, 1, 10, 4, 2 })]
    [InlineData((1L << 33) + 5, 0, new long[] { 1, 11, 8, 9, 3, 2, 7, 4, 5, 10, 0, 6 })]
    public void Shuffled_OfASeed_StaysTheSameFromVersionToVersion(long seed, long epoch, long[] order) =>
        Assert.Equal(order, EpochOrder.Shuffled(12, seed, epoch));

    [Fact]
    public void Shuffled_ManyEpochs_PutsEverySampleEverywhere()
    {
        const int epochs = 4000, count = 5;
        var times = new int[count, count];
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var order = EpochOrder.Shuffled(count, seed: 1, epoch);
            Assert.Equal(count, order.Distinct().Count());
            for (var place = 0; place < count; place++)
            {
                times[place, order[place]]++;
            }
        }

        Assert.All(times.Cast<int>(), seen => Assert.InRange(seen, 700, 900));   // 800 expected; four standard deviations are 100
    }

    [Fact]
    public void InIndexOrder_Part_IsFromTheStartToBeforeTheEnd()
    {
        Assert.Equal([3L, 4, 5], EpochOrder.InIndexOrder(3, 6));
        Assert.Empty(EpochOrder.InIndexOrder(3, 3));
    }

    private static float[] Draws(long seed, long epoch, long sample, int view)
    {
        var random = new CounterRandom(seed, epoch, sample, view);

        return [(float)random.NextDouble(), view == 2 ? (float)random.NextDouble() : 0];
    }

    private static float[] Pixels(HostBatch batch, int view, int position) => batch.Pixels(view).AsSpan(position * 48, 48).ToArray();
}
