using Parallax.Contracts;

namespace Parallax.Contracts.Tests.Randomness;

/// <summary>The generator is Philox, its numbers are uniform, and neighbouring keys have nothing in common.</summary>
public sealed class CounterRandomTests
{
    private const int Draws = 200_000;

    [Theory]   // from eng/references/philox_reference.py; the first line starts with a vector published by the authors of Philox
    [InlineData(0, 0, 0, 0, "6627e8d5 e169c58d bc57ac4c 9b00dbd8 f8e4cca4 5cb200db b1a574eb 097eff67")]
    [InlineData(1, 2, 3, 4, "0fe08970 ad27786c d81ff692 2e96a88a b3d0df1e 6ef5d7e0 593790c3 3340a9e3")]
    [InlineData(-1, 7, 123456789012, -5, "fe22fd80 d8036502 c2e25702 214cfb7e e41fe916 e7669ffe 383013bc 21538dfb")]
    [InlineData(0x0123456789ABCDEF, 99, 49999, 1, "bc6bdb04 ab37a764 640c9ec6 feee5432 ce3e4154 18ab9796 e33c4481 f2d65125")]
    public void NextUInt32_KnownKey_GivesKnownAnswer(long seed, long epoch, long sample, int view, string words)
    {
        var random = new CounterRandom(seed, epoch, sample, view);

        string[] got = [.. Enumerable.Range(0, 8).Select(_ => $"{random.NextUInt32():x8}")];

        Assert.Equal(words, string.Join(' ', got));
    }

    [Theory]   // the values are part of every seed: another one would be another run
    [InlineData(RandomPurpose.Order, 0, -1)]
    [InlineData(RandomPurpose.Drawing, 0, -2)]
    [InlineData(RandomPurpose.EpochPhase, 0, -99)]
    [InlineData(RandomPurpose.Step, 0, -100)]
    [InlineData(RandomPurpose.MicroBatch, 0, -101)]
    [InlineData(RandomPurpose.MicroBatch, 3, -104)]
    [InlineData(RandomPurpose.Clustering, 0, -200)]
    [InlineData(RandomPurpose.Pair, 0, -700)]
    [InlineData(RandomPurpose.Batch, 0, -800)]
    public void NextUInt32_Purpose_HasItsKey(RandomPurpose purpose, int part, int view) =>
        Assert.Equal(new CounterRandom(7, 2, 5, view).NextUInt32(), new CounterRandom(7, 2, 5, purpose, part).NextUInt32());

    [Fact]
    public void OfView_OtherView_StartsThatViewsSequence()
    {
        var here = new CounterRandom(9, 3, 12, view: 1);
        here.NextUInt32();

        var there = here.OfView(4);
        var back = there.OfView(1);

        Assert.Equal(new CounterRandom(9, 3, 12, view: 4).NextUInt32(), there.NextUInt32());
        Assert.Equal(new CounterRandom(9, 3, 12, view: 1).NextUInt32(), back.NextUInt32());
    }

    [Fact]
    public void NextDouble_ManyDraws_AreUniformIn64Cells()
    {
        var random = new CounterRandom(5, 0, 0, 0);
        var counts = new int[64];
        for (var i = 0; i < Draws; i++)
        {
            var value = random.NextDouble();
            Assert.InRange(value, 0.0, Math.BitDecrement(1.0));
            counts[(int)(value * 64)]++;
        }

        AssertUniform(counts, limit: 120);   // 63 degrees of freedom
    }

    [Fact]
    public void Uniform_Range_IsHalfOpenAndCentred()
    {
        var random = new CounterRandom(6, 0, 0, 0);

        var values = Enumerable.Range(0, Draws).Select(_ => random.Uniform(-2, 6)).ToArray();

        Assert.True(values.Min() >= -2 && values.Max() < 6);
        Assert.Equal(2, values.Average(), tolerance: 5 * 8 / Math.Sqrt(12.0 * Draws));   // five standard errors
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.25, 0.25)]
    [InlineData(1, 1)]
    public void Chance_Probability_IsShareOfTrue(double probability, double share)
    {
        var random = new CounterRandom(7, 0, 0, 0);

        var hits = Enumerable.Range(0, Draws).Count(_ => random.Chance(probability));

        Assert.Equal(share, (double)hits / Draws, tolerance: 5 * Math.Sqrt(probability * (1 - probability) / Draws));
    }

    [Fact]
    public void NextInt_LargeMaximum_HasNoModuloBias()
    {
        // 3 * 2^29 does not divide 2^32: without rejection the residues mod 3 would come up 3/8, 3/8, 2/8
        var random = new CounterRandom(8, 0, 0, 0);
        var counts = new int[3];
        for (var i = 0; i < Draws; i++)
        {
            counts[random.NextInt(3 << 29) % 3]++;
        }

        AssertUniform(counts, limit: 19);   // 2 degrees of freedom
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(100)]
    public void NextInt_SmallMaximum_IsUniform(int maximum)
    {
        var random = new CounterRandom(9, 0, 0, 0);
        var counts = new int[maximum];
        for (var i = 0; i < Draws; i++)
        {
            counts[random.NextInt(maximum)]++;
        }

        AssertUniform(counts, limit: maximum + (6 * Math.Sqrt(2.0 * maximum)) + 10);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void NextInt_MaximumNotPositive_IsRefused(int maximum)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            var random = new CounterRandom(1, 0, 0, 0);
            random.NextInt(maximum);
        });
    }

    [Theory]
    [InlineData("seed")]
    [InlineData("epoch")]
    [InlineData("sample")]
    [InlineData("view")]
    public void Constructor_NeighbouringKeys_AreUncorrelated(string part)
    {
        // 20,000 keys; the first number of each against the first of the key next to it
        double[] First(int offset) => [.. Enumerable.Range(0, 20_000).Select(i =>
        {
            var (seed, epoch, sample, view) = (3L, 1L, (long)i, 0);
            _ = part switch { "seed" => seed += offset, "epoch" => epoch += offset, "sample" => sample += offset, _ => view += offset };

            return new CounterRandom(seed, epoch, sample, view).NextDouble();
        })];

        var (here, next) = (First(0), First(1));

        var correlation = here.Zip(next).Average(p => (p.First - 0.5) * (p.Second - 0.5)) * 12;
        Assert.Equal(0, correlation, tolerance: 5 / Math.Sqrt(20_000));
        Assert.Equal(0, here.Zip(next).Count(p => p.First == p.Second && part != "sample"));
    }

    [Fact]
    public void Constructor_ManyKeys_StartDifferently()
    {
        HashSet<(uint, uint, uint, uint)> starts = [];
        for (var seed = 0; seed < 4; seed++)
        {
            for (var epoch = 0; epoch < 10; epoch++)
            {
                for (var sample = 0; sample < 500; sample++)
                {
                    for (var view = -2; view < 3; view++)
                    {
                        var random = new CounterRandom(seed, epoch, sample, view);
                        starts.Add((random.NextUInt32(), random.NextUInt32(), random.NextUInt32(), random.NextUInt32()));
                    }
                }
            }
        }

        Assert.Equal(4 * 10 * 500 * 5, starts.Count);
    }

    [Fact]
    public void Copy_OfGenerator_ContinuesAlike()
    {
        var random = new CounterRandom(11, 0, 0, 0);
        random.NextUInt32();   // leaves most of a block behind
        var copy = random;

        double[] first = [random.NextDouble(), random.Uniform(2, 3), random.NextInt(1000)];
        double[] second = [copy.NextDouble(), copy.Uniform(2, 3), copy.NextInt(1000)];

        Assert.Equal(first, second);
    }

    [Fact]
    public void Shuffle_FourItems_ReachesAllOrdersEqually()
    {
        var random = new CounterRandom(12, 0, 0, 0);
        Dictionary<string, int> counts = [];
        for (var i = 0; i < 48_000; i++)
        {
            Span<char> items = ['a', 'b', 'c', 'd'];
            random.Shuffle(items);
            var order = items.ToString();
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        Assert.Equal(24, counts.Count);
        AssertUniform([.. counts.Values], limit: 58);   // 23 degrees of freedom
    }

    // The limits are passed by chance less than once in 10,000 times; the seeds are fixed, so a pass stays a pass.
    private static void AssertUniform(int[] counts, double limit)
    {
        var expected = counts.Average();
        var chiSquare = counts.Sum(c => (c - expected) * (c - expected) / expected);
        Assert.True(chiSquare < limit, $"chi-square {chiSquare:F1} over {counts.Length} cells, limit {limit:F1}");
    }
}
