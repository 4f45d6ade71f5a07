using Parallax.Plugins.Augmentations;

namespace Parallax.Plugins.Tests.Augmentations;

public sealed class RandomErasingTests
{
    private const int Draws = 20_000;

    [Fact]
    public void Draw_Boxes_HaveTheSharesAndRatiosOfTheOptions()
    {
        var boxes = Rows(new() { Probability = 1 }, height: 90, width: 120);

        Assert.All(boxes, box => Assert.True(box[0] >= 0 && box[1] >= 0 && box[0] + box[2] <= 90 && box[1] + box[3] <= 120));
        var areas = boxes.Where(box => box[2] > 0).Select(box => (double)box[2] * box[3] / (90 * 120)).ToArray();
        Assert.InRange(areas.Min(), 0.015, 0.025);
        Assert.InRange(areas.Max(), 0.32, 0.345);   // rounded to pixels
        var ratios = boxes.Where(box => box[2] > 0).Select(box => (double)box[2] / box[3]).ToArray();
        Assert.InRange(ratios.Min(), 0.25, 0.35);
        Assert.InRange(ratios.Max(), 2.8, 4);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.25)]
    public void Draw_Probability_IsTheShareOfErasedImages(double probability) =>
        Assert.Equal(probability, Rows(new() { Probability = probability }, 32, 32).Count(row => row[2] > 0) / (double)Draws, tolerance: 0.016);

    [Fact]
    public void Draw_ImageWithoutRoom_Stays() => Assert.All(Rows(new() { Probability = 1 }, 1, 1), row => Assert.Equal([0, 0, 0, 0, 0], row));

    [Fact]
    public void Apply_Box_IsNoiseOfItsOwnInEveryChannel_AndTheRestStays()
    {
        var image = Images.Of(2, 40, 50, [.. Enumerable.Repeat(7f, 2 * 40 * 50)]);

        new RandomErasing(new()).Apply(image, [10, 5, 20, 30, 12345]);

        var inside = new List<float>();
        for (var at = 0; at < image.Pixels.Length; at++)
        {
            var (row, column) = (at / 50 % 40, at % 50);
            if (row is >= 10 and < 30 && column is >= 5 and < 35)
            {
                inside.Add(image.Pixels[at]);
            }
            else
            {
                Assert.Equal(7f, image.Pixels[at]);
            }
        }

        Assert.Equal(1200, inside.Distinct().Count());
        Assert.Equal(0, inside.Average(), tolerance: 0.15);
        Assert.Equal(1, Math.Sqrt(inside.Average(value => value * value)), tolerance: 0.1);
    }

    private static List<float[]> Rows(RandomErasingOptions options, int height, int width) =>
        [.. Enumerable.Range(0, Draws).Select(seed => new RandomErasing(options).Draw(new(height, width), seed))];
}
