using Parallax.Contracts;
using Parallax.Plugins.Augmentations;

namespace Parallax.Plugins.Tests.Augmentations;

/// <summary>Decisions follow torchvision's distributions.</summary>
public sealed class DrawTests
{
    private const int Draws = 20_000;

    // Chance of a false alarm per comparison is below 1e-6; seeds are fixed, so a pass stays a pass.
    private const double StandardErrors = 5;

    public static TheoryData<int> Crops => new(Enumerable.Range(0, TorchvisionReference.Crops.Count));

    [Theory]
    [MemberData(nameof(Crops))]
    public void RandomResizedCrop_ManyDraws_HasMomentsOfTorchvision(int index)
    {
        var expected = TorchvisionReference.Crops[index];
        var size = new ImageSize(expected.Height, expected.Width);
        var crop = new RandomResizedCrop(new()
        {
            ScaleMin = expected.Scale[0], ScaleMax = expected.Scale[1], RatioMin = expected.Ratio[0], RatioMax = expected.Ratio[1],
        });
        var never = new RandomResizedCrop(new() { ScaleMin = 9, ScaleMax = 9, RatioMin = expected.Ratio[0], RatioMax = expected.Ratio[1] });
        var central = never.Draw(size, seed: 1);   // no try fits, so this is the last resort

        var boxes = Enumerable.Range(0, Draws).Select(seed => crop.Draw(size, seed)).ToArray();

        foreach (var (name, moments) in expected.Moments)
        {
            double[] values = [.. boxes.Select(b => name switch
            {
                "area" => (double)b[2] * b[3] / (expected.Height * expected.Width),
                "log-ratio" => Math.Log(b[3] / b[2]),
                "top" => b[0] / expected.Height,
                "left" => b[1] / expected.Width,
                _ => b.SequenceEqual(central) ? 1.0 : 0.0,
            })];
            AssertSameMean(name, moments[0], moments[1], expected.Draws, values);
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.2)]
    [InlineData(0.8)]
    [InlineData(1.0)]
    public void Draw_Probability_IsShareOfApplied(double probability)
    {
        IAugmentation[] augmentations =
        [
            new HorizontalFlip(new() { Probability = probability }), new VerticalFlip(new() { Probability = probability }),
            new Grayscale(new() { Probability = probability }), new Solarize(new() { Probability = probability }),
            new GaussianBlur(new() { Probability = probability }), new ColorJitter(new() { Probability = probability, Hue = 0, Contrast = 0, Saturation = 0 }),
        ];
        foreach (var augmentation in augmentations)
        {
            var unchanged = augmentation is ColorJitter ? 1f : 0f;
            var position = augmentation is ColorJitter ? 4 : 0;

            var applied = Enumerable.Range(0, Draws).Count(seed => augmentation.Draw(new(8, 8), seed)[position] != unchanged);

            var error = Math.Sqrt(probability * (1 - probability) / Draws);
            Assert.InRange((double)applied / Draws, probability - (StandardErrors * error), probability + (StandardErrors * error));
        }
    }

    [Fact]
    public void ColorJitter_Orders_AreUniform()
    {
        var jitter = new ColorJitter(new());

        var counts = Enumerable.Range(0, 24_000).Select(seed => string.Concat(jitter.Draw(new(8, 8), seed).Take(4))).CountBy(order => order).ToArray();

        Assert.Equal(24, counts.Length);
        var chiSquare = counts.Sum(c => Math.Pow(c.Value - 1000, 2) / 1000);
        Assert.True(chiSquare < 58, $"chi-square {chiSquare:F1} with 23 degrees of freedom; 58 is passed by chance once in 10,000 times");
    }

    [Fact]
    public void ColorJitter_Factors_AreUniformInTheirRanges()
    {
        var jitter = new ColorJitter(new() { Brightness = 0.4, Contrast = 1.5, Saturation = 0.2, Hue = 0.1, Probability = 1 });
        (double Low, double High)[] ranges = [(0.6, 1.4), (0, 2.5), (0.8, 1.2), (-0.1, 0.1)];

        var rows = Enumerable.Range(0, Draws).Select(seed => jitter.Draw(new(8, 8), seed)).ToArray();

        for (var i = 0; i < ranges.Length; i++)
        {
            var (low, high) = ranges[i];
            double[] values = [.. rows.Select(r => (double)r[4 + i])];
            Assert.True(values.Min() >= (float)low && values.Max() <= (float)high);
            AssertSameMean($"factor {i}", (low + high) / 2, (high - low) / Math.Sqrt(12), Draws, values);
            AssertSameMean(
                $"square of factor {i}", Math.Pow(high - low, 2) / 12, Math.Pow(high - low, 2) / Math.Sqrt(180), Draws,
                [.. values.Select(v => Math.Pow(v - ((low + high) / 2), 2))]);
        }
    }

    [Fact]
    public void RandomCrop_Starts_CoverBorderUniformly()
    {
        var crop = new RandomCrop(new() { Size = 8, Padding = 2 });

        var counts = Enumerable.Range(0, 25_000).Select(seed => crop.Draw(new(8, 8), seed)).CountBy(p => (p[0], p[1])).ToArray();

        Assert.Equal(25, counts.Length);
        Assert.All(counts, c => Assert.InRange(c.Key.Item1, -2, 2));
        var chiSquare = counts.Sum(c => Math.Pow(c.Value - 1000, 2) / 1000);
        Assert.True(chiSquare < 60, $"chi-square {chiSquare:F1} with 24 degrees of freedom; 60 is passed by chance once in 10,000 times");
    }

    [Fact]
    public void Draw_AnyOutcome_ConsumesSameNumbers()
    {
        IAugmentation[] augmentations =
        [
            new RandomResizedCrop(new()), new RandomCrop(new()), new HorizontalFlip(new()), new VerticalFlip(new()), new ColorJitter(new()),
            new Grayscale(new()), new GaussianBlur(new()), new Solarize(new()),
            new ConstrainedCrop(new()), new AutoAugment(new()), new JitterOrAutoAugment(new()),
            new RandAugment(new(), TestRuns.Of()), new RandomErasing(new()), new SharedCrop(new()), new ShiftedCrop(new()), new HsvNoise(new()),
            new PairedColors(new()), new Photometric(new()), new RandomRotation(new()), new PrincipalContrast(new()),
        ];
        int[] consumed = [22, 2, 1, 1, 8, 1, 2, 1, 62, 6, 18, 10, 24, 23, 2, 7, 13, 4, 1, 3];
        foreach (var (augmentation, numbers) in augmentations.Zip(consumed))
        {
            for (var seed = 0; seed < 50; seed++)
            {
                var size = new ImageSize(10, 10 + (40 * (seed % 2)));   // the wide one often needs all tries of a crop
                var (random, counted) = (new CounterRandom(seed, 0, 0, 0), new CounterRandom(seed, 0, 0, 0));
                augmentation.Draw(ref random, size, new float[augmentation.ParameterCount]);
                for (var i = 0; i < numbers; i++)
                {
                    counted.NextDouble();
                }

                Assert.Equal(counted.NextDouble(), random.NextDouble());
            }
        }
    }

    private static void AssertSameMean(string name, double mean, double deviation, int draws, double[] values)
    {
        var error = deviation * Math.Sqrt((1.0 / draws) + (1.0 / values.Length));
        var got = values.Average();
        Assert.True(
            Math.Abs(got - mean) <= (StandardErrors * error) + 1e-12,
            $"{name}: mean {got:F5}, torchvision {mean:F5}, allowed difference {StandardErrors * error:F5}");
    }
}
