using Parallax.Contracts;
using Parallax.Plugins.Augmentations;

namespace Parallax.Plugins.Tests.Augmentations;

/// <summary>Views that begin with one crop, and squares near its corner.</summary>
public sealed class SharedCropTests
{
    private const int Seeds = 200;
    private static readonly ImageSize _size = new(120, 160);

    [Fact]
    public void Draw_ViewsOfAnImage_TakeOneCropAndFlip()
    {
        var crop = new SharedCrop(new());

        var rows = Enumerable.Range(0, Seeds).Select(seed => crop.Draw(_size, seed, view: 0)).ToList();

        Assert.Equal(rows, Enumerable.Range(0, Seeds).Select(seed => crop.Draw(_size, seed, view: 1)));
        Assert.Equal(rows, Enumerable.Range(0, Seeds).Select(seed => crop.Draw(_size, seed, view: 3)));
        Assert.Equal(Seeds, rows.Select(row => (row[0], row[1], row[2], row[3])).Distinct().Count());
        Assert.InRange(rows.Count(row => row[4] == 1), Seeds / 3, Seeds * 2 / 3);
    }

    [Fact]
    public void Draw_OtherView_IsThatViewsRandomResizedCropAndFlip()
    {
        var (random, own) = (new CounterRandom(seed: 9, epoch: 2, sample: 4, view: 2), new CounterRandom(seed: 9, epoch: 2, sample: 4, view: 5));
        var (box, flip, row) = (new float[4], new float[1], new float[5]);
        new RandomResizedCrop(new() { ScaleMin = 0.3, ScaleMax = 0.6 }).Draw(ref random, _size, box);
        new HorizontalFlip(new() { Probability = 0.4 }).Draw(ref random, _size, flip);

        new SharedCrop(new() { ScaleMin = 0.3, ScaleMax = 0.6, FlipProbability = 0.4, View = 2 }).Draw(ref own, _size, row);

        Assert.Equal([.. box, .. flip], row);
    }

    [Fact]
    public void Draw_NextStepOfAView_DrawsItsOwnNumbers()
    {
        var crop = new SharedCrop(new());

        var next = Enumerable.Range(0, 2).Select(view =>
        {
            var random = new CounterRandom(seed: 1, epoch: 0, sample: 3, view);
            crop.Draw(ref random, _size, new float[5]);

            return random.NextDouble();
        }).ToList();

        Assert.NotEqual(next[0], next[1]);
    }

    [Fact]
    public void Apply_OneBrightPixel_IsCroppedThenFlipped()
    {
        var image = Images.Of(1, 4, 6, new float[24]);
        image.Plane(0)[(1 * 6) + 3] = 1;

        new SharedCrop(new() { Size = 2 }).Apply(image, [1, 2, 2, 2, 1]);   // rows 1 and 2, columns 2 and 3: the pixel is at (0, 1) before the flip

        Assert.Equal([1f, 0, 0, 0], image.Pixels.ToArray());
    }

    [Fact]
    public void Faults_ViewThatIsNotThere_IsNamed()
    {
        SharedCropOptions options = new() { View = 2 };

        Assert.Contains("view is 2, but there are 2 views", Assert.Single(options.Faults(Runs.With(3) with { ViewCount = 2 })), StringComparison.Ordinal);
        Assert.Empty(options.Faults(Runs.With(3) with { ViewCount = 3 }));
    }

    [Fact]
    public void ShiftedCrop_ManyDraws_CoversEveryShiftAlike()
    {
        var crop = new ShiftedCrop(new() { Size = 8, MaxShift = 3 });

        var counts = Enumerable.Range(0, 16_000).Select(seed => crop.Draw(new(12, 12), seed)).CountBy(row => (row[0], row[1])).ToList();

        Assert.Equal(16, counts.Count);
        Assert.All(counts, count => Assert.True(count.Key.Item1 is >= 0 and <= 3 && count.Key.Item2 is >= 0 and <= 3));
        var chiSquare = counts.Sum(count => Math.Pow(count.Value - 1000, 2) / 1000);
        Assert.True(chiSquare < 44, $"chi-square {chiSquare:F1} with 15 degrees of freedom; 44 is passed by chance once in 10,000 times");
    }

    [Theory]
    [InlineData(0, 0, 3)]   // row 1, column 3 of 4 x 6: in the corner at row 1, column 3, outside of a square of 3
    [InlineData(1, 2, 1)]
    [InlineData(1, 1, 2)]
    public void ShiftedCrop_Apply_CutsAtTheShift(int down, int right, int column)
    {
        var image = Images.Of(1, 4, 6, new float[24]);
        image.Plane(0)[(1 * 6) + 3] = 1;

        new ShiftedCrop(new() { Size = 3 }).Apply(image, [down, right]);

        Assert.Equal(new ImageSize(3, 3), image.Size);
        Assert.Equal(column < 3 ? 1f : 0f, image.Pixels.ToArray().Sum());
        Assert.True(column == 3 || image.Plane(0)[((1 - down) * 3) + column] == 1);
    }

    [Fact]
    public void CellCrop_ManyDraws_CoversEveryPlaceOfTheCellAlike()
    {
        var crop = new CellCrop(new() { Size = 7, Grid = 3, Cell = 4 });

        var counts = Enumerable.Range(0, 16_000).Select(seed => crop.Draw(new(30, 32), seed)).CountBy(row => (row[0], row[1])).ToList();   // cells of 10

        Assert.Equal(16, counts.Count);
        Assert.All(counts, count => Assert.True(count.Key.Item1 is >= 0 and <= 3 && count.Key.Item2 is >= 0 and <= 3));
        var chiSquare = counts.Sum(count => Math.Pow(count.Value - 1000, 2) / 1000);
        Assert.True(chiSquare < 44, $"chi-square {chiSquare:F1} with 15 degrees of freedom; 44 is passed by chance once in 10,000 times");
    }

    [Theory]
    [InlineData(true, 85, 21)]
    [InlineData(false, 85, 20)]
    [InlineData(true, 64, 0)]
    [InlineData(false, 64, 0)]      // no place but the only one
    public void CellCrop_Edge_IsReachedOrNot(bool reachesEdge, int cell, int furthest)
    {
        var crop = new CellCrop(new() { Size = 64, Grid = 3, ReachesEdge = reachesEdge });

        var shifts = Enumerable.Range(0, 2000).SelectMany(seed => crop.Draw(new(3 * cell, 3 * cell), seed)).ToList();

        Assert.Equal((0, furthest), (shifts.Min(), shifts.Max()));
    }

    [Fact]
    public void CellCrop_Apply_CutsInsideItsCellOnly()
    {
        float[] numbered = [.. Enumerable.Range(0, 72).Select(i => i / 100f)];
        var image = Images.Of(1, 8, 9, numbered);                                  // cells of 4 x 4; the last column belongs to none

        new CellCrop(new() { Size = 3, Grid = 2, Cell = 3 }).Apply(image, [1, 0]);

        Assert.Equal([0.49f, 0.5f, 0.51f, 0.58f, 0.59f, 0.6f, 0.67f, 0.68f, 0.69f], image.Pixels.ToArray());   // from row 5, column 4
    }
}
