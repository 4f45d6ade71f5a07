using Parallax.Plugins.Augmentations;

namespace Parallax.Plugins.Tests.Augmentations;

/// <summary>Strengths by hand from timm's rules for <c>rand-m9-mstd0.5-inc1</c>, which operations are drawn, and those that AutoAugment lacks.</summary>
public sealed class RandAugmentTests
{
    private const int Draws = 30_000;

    [Theory]
    [InlineData("Rotate", 9, 1, 27)]
    [InlineData("Rotate", 9, -1, -27)]
    [InlineData("ShearX", 9, 1, 0.27)]
    [InlineData("ShearY", 5, -1, -0.15)]
    [InlineData("TranslateX", 10, 1, 0.45)]
    [InlineData("TranslateY", 9, -1, -0.405)]
    [InlineData("Color", 9, 1, 1.81)]
    [InlineData("Contrast", 9, -1, 0.19)]
    [InlineData("Brightness", 10, -1, 0.1)]
    [InlineData("Sharpness", 0, -1, 1)]
    [InlineData("Posterize", 9, 1, 1)]       // 4 - int(3.6)
    [InlineData("Posterize", 10, 1, 0)]
    [InlineData("Solarize", 9, 1, 26)]       // 256 - int(230.4)
    [InlineData("Solarize", 0, 1, 256)]
    [InlineData("SolarizeAdd", 9, 1, 99)]
    [InlineData("SolarizeAdd", 10, 1, 110)]
    [InlineData("Invert", 9, 1, 0)]
    public void Amount_OfAStrength_IsTimms(string operation, double strength, int sign, double expected) =>
        Assert.Equal(expected, RandAugment.Amount(Enum.Parse<PolicyOperation>(operation), strength, sign), tolerance: 1e-12);

    [Fact]
    public void Draw_ManySeeds_TakesEachOperationEquallyOften_AndHalfOfThem()
    {
        var rows = Rows(new());

        Assert.Equal(0.5, rows.Count(row => row[0] != 0) / (double)Draws, tolerance: 0.015);
        Assert.Equal(0.5, rows.Count(row => row[2] != 0) / (double)Draws, tolerance: 0.015);
        foreach (var operation in RandAugment.Choices)
        {
            Assert.Equal(0.5 / 15, rows.Count(row => row[2] == (int)operation) / (double)Draws, tolerance: 0.0053);
        }
    }

    [Fact]
    public void Draw_Strengths_SpreadAroundTheMagnitude()
    {
        var angles = Rows(new() { Probability = 1 }).Where(row => row[0] == (int)PolicyOperation.Rotate).Select(row => Math.Abs(row[1]) / 3).ToArray();

        Assert.Equal(9, angles.Average(), tolerance: 0.06);   // cut off at 10, two deviations above
        Assert.Equal(10, angles.Max(), tolerance: 1e-4);
        Assert.Equal(0.49, Math.Sqrt(angles.Average(angle => Math.Pow(angle - angles.Average(), 2))), tolerance: 0.04);
    }

    [Fact]
    public void Draw_WithoutDeviation_IsTheMagnitude() => Assert.All(
        Rows(new() { Deviation = 0 }).Where(row => row[0] == (int)PolicyOperation.Rotate), row => Assert.Equal(27, Math.Abs(row[1]), tolerance: 1e-4));

    [Fact]
    public void Apply_OperationsOfItsOwn_AreByHand()
    {
        Assert.Equal([0.5f, 0.75f, 1f, 0.5f], Applied(PolicyOperation.TranslateX, 0.25f, 1, 4, 0.25f, 0.5f, 0.75f, 1f));   // the mean, 128, comes in
        Assert.Equal([0.75f, 1f, 0.5f, 0.5f], Applied(PolicyOperation.ShearY, 4, 4, 1, 0.25f, 0.5f, 0.75f, 1f));
        Assert.Equal([0.5f, 0.5f, 0.25f, 0.5f], Applied(PolicyOperation.TranslateY, -0.5f, 4, 1, 0.25f, 0.5f, 0.75f, 1f));
        Assert.Equal([0.25f, 0.5f], Applied(PolicyOperation.Brightness, 0.5f, 1, 2, 0.5f, 1f));
        Assert.Equal([0.65f, 0.75f], Applied(PolicyOperation.SolarizeAdd, 102, 1, 2, 0.25f, 0.75f));

        static float[] Applied(PolicyOperation operation, float amount, int height, int width, params float[] pixels)
        {
            var image = Images.Of(1, height, width, pixels);
            new RandAugment(new(), TestRuns.Of(channels: 1) with { Data = TestRuns.Of(channels: 1).Data with { Mean = [0.5] } })
                .Apply(image, [0, 0, (int)operation, amount]);

            return [.. image.Pixels.ToArray().Select(pixel => MathF.Round(pixel * 20) / 20)];   // bytes are a little off
        }
    }

    private static List<float[]> Rows(RandAugmentOptions options)
    {
        var policy = new RandAugment(options, TestRuns.Of());

        return [.. Enumerable.Range(0, Draws).Select(seed => policy.Draw(new(8, 8), seed))];
    }
}
