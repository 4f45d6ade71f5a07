using Parallax.Plugins.Augmentations;

namespace Parallax.Plugins.Tests.Augmentations;

/// <summary>PIRL's four operations: how they are drawn, and what they make of an image, by hand.</summary>
public sealed class PhotometricTests
{
    private const int Draws = 30_000;

    [Fact]
    public void Draw_ManySeeds_TakesAllFourOrNone_InOrder()
    {
        var rows = Rows(new());
        float[] order =
        [
            (int)PolicyOperation.Posterize, (int)PolicyOperation.Sharpness, (int)PolicyOperation.Solarize, (int)PolicyOperation.AutoContrast,
        ];

        Assert.All(rows, row =>
        {
            float[] operations = [row[0], row[2], row[4], row[6]];
            Assert.Equal(row[0] == 0 ? new float[4] : order, operations);
        });
        Assert.Equal(0.66, rows.Count(row => row[0] != 0) / (double)Draws, tolerance: 0.015);
    }

    [Fact]
    public void Draw_Amounts_AreEvenInTheirRanges()
    {
        var rows = Rows(new() { Probability = 1 });

        Assert.Equal([4f, 5, 6, 7, 8], rows.Select(row => row[1]).Distinct().Order());
        Assert.Equal(6, rows.Average(row => row[1]), tolerance: 0.05);
        Assert.InRange(rows.Min(row => row[3]), 0.1, 0.11);
        Assert.InRange(rows.Max(row => row[3]), 1.89, 1.9);
        Assert.Equal(1, rows.Average(row => row[3]), tolerance: 0.02);
        Assert.Equal(Enumerable.Range(0, 257).Select(threshold => (float)threshold), rows.Select(row => row[5]).Distinct().Order());
        Assert.Equal(128, rows.Average(row => row[5]), tolerance: 2.5);
    }

    [Fact]
    public void Apply_AllFour_IsByHand()
    {
        // one row: no pixel is inside of a border, so nothing is sharpened. Four bits: 16, 32, 240, 16; from 128 on inverted: 16, 32, 15, 16; stretched from
        // [15, 32] to [0, 255]: fifteen times the distance to 15
        Assert.Equal([15f, 255, 0, 15], Applied(1, 4, bits: 4, sharpness: 1.9f, threshold: 128, 17, 35, 255, 20));
    }

    [Fact]
    public void Apply_Sharpness_MovesTheMiddleAwayFromItsSmoothedValue()
    {
        // smoothed: (5 * 130 + 255) / 13 = 69.6, rounded to 70; half way from there to 130
        Assert.Equal([0f, 0, 0, 0, 100, 0, 0, 0, 255], Applied(3, 3, bits: 8, sharpness: 0.5f, threshold: 256, 0, 0, 0, 0, 130, 0, 0, 0, 255));
    }

    [Fact]
    public void Apply_WithoutOperations_LeavesTheImage()
    {
        var image = Images.Of(1, 1, 2, 0.123f, 0.456f);

        new Photometric(new()).Apply(image, new float[8]);

        Assert.Equal([0.123f, 0.456f], image.Pixels.ToArray());
    }

    // from bytes to bytes
    private static float[] Applied(int height, int width, float bits, float sharpness, float threshold, params float[] bytes)
    {
        var image = Images.Of(1, height, width, [.. bytes.Select(value => value / 255)]);
        new Photometric(new()).Apply(image,
        [
            (int)PolicyOperation.Posterize, bits, (int)PolicyOperation.Sharpness, sharpness, (int)PolicyOperation.Solarize, threshold,
            (int)PolicyOperation.AutoContrast, 0,
        ]);

        return [.. image.Pixels.ToArray().Select(pixel => MathF.Round(pixel * 255))];
    }

    private static List<float[]> Rows(PhotometricOptions options)
    {
        var photometric = new Photometric(options);

        return [.. Enumerable.Range(0, Draws).Select(seed => photometric.Draw(new(8, 8), seed))];
    }
}
