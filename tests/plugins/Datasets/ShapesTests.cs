using Parallax.Contracts;
using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

public sealed class ShapesTests
{
    private static readonly ShapesOptions Small = new() { Count = 60, TestCount = 20 };

    [Fact]
    public void Open_BothSplits_AreAsOptionsSay()
    {
        var source = new ShapesSource(Small);

        using var train = source.Open(DatasetSplit.Train);
        using var test = source.Open(DatasetSplit.Test);

        Assert.Equal((60, 20), (train.Info.Count, test.Info.Count));
        Assert.Equal(10, train.Info.Classes.Distinct().Count());
        Assert.Equal((3, new ImageSize(32, 32)), (train.Info.Channels, train.Info.Size));
        Assert.Equal(train.Info.Mean, test.Info.Mean);
        Assert.All(train.Info.Std, std => Assert.InRange(std, 0.1, 0.4));
        Assert.NotEqual(train.Info.Digest, test.Info.Digest);
    }

    [Fact]
    public void Read_SameIndex_IsTheSamePictureInAnySource()
    {
        using var one = new ShapesSource(Small).Open(DatasetSplit.Train);
        using var other = new ShapesSource(Small with { Count = 1000 }).Open(DatasetSplit.Train);
        _ = Pixels(one, 3);

        Assert.Equal(Pixels(one, 17), Pixels(other, 17));
    }

    [Fact]
    public void Read_OtherIndexSplitOrSeed_IsAnotherPicture()
    {
        using var train = new ShapesSource(Small).Open(DatasetSplit.Train);
        using var test = new ShapesSource(Small).Open(DatasetSplit.Test);
        using var seeded = new ShapesSource(Small with { Seed = 2 }).Open(DatasetSplit.Train);

        var picture = Pixels(train, 7);

        Assert.NotEqual(picture, Pixels(train, 17));
        Assert.NotEqual(picture, Pixels(test, 7));
        Assert.NotEqual(picture, Pixels(seeded, 7));
    }

    [Fact]
    public void Read_FromManyThreads_DrawsTheSame()
    {
        using var serial = new ShapesSource(Small).Open(DatasetSplit.Train);
        using var parallel = new ShapesSource(Small).Open(DatasetSplit.Train);
        var pictures = new float[60][];

        Parallel.For(0, 240, i => pictures[i % 60] = Pixels(parallel, i % 60));

        for (var i = 0; i < 60; i++)
        {
            Assert.Equal(Pixels(serial, i), pictures[i]);
        }
    }

    [Fact]
    public void Label_AllClasses_AreBalanced()
    {
        using var data = new ShapesSource(Small with { Classes = 6 }).Open(DatasetSplit.Train);

        var counts = Enumerable.Range(0, 60).GroupBy(i => data.Label(i)).Select(g => g.Count());

        Assert.Equal([10, 10, 10, 10, 10, 10], counts);
    }

    [Fact]
    public void Classes_Fifty_AreAllDifferent()
    {
        using var data = new ShapesSource(Small with { Classes = 50 }).Open(DatasetSplit.Train);

        Assert.Equal(50, data.Info.Classes.Distinct().Count());
    }

    /// <summary>The data set is no test of a method when comparing pixels already gives the class.</summary>
    [Fact]
    public void Pixels_NearestNeighbour_IsNearChance()
    {
        const int trainCount = 1000, testCount = 200;
        var source = new ShapesSource(Small with { Count = trainCount, TestCount = testCount });
        using var train = source.Open(DatasetSplit.Train);
        using var test = source.Open(DatasetSplit.Test);
        float[][] bank = [.. Enumerable.Range(0, trainCount).Select(i => Pixels(train, i))];

        var right = Enumerable.Range(0, testCount).Count(i => train.Label(Nearest(bank, Pixels(test, i))) == test.Label(i));

        Assert.InRange(right / (double)testCount, 0.0, 0.3);   // chance is 0.1
    }

    private static int Nearest(float[][] bank, float[] picture)
    {
        var (nearest, smallest) = (0, double.MaxValue);
        for (var i = 0; i < bank.Length; i++)
        {
            var distance = 0.0;
            for (var p = 0; p < picture.Length; p++)
            {
                distance += (bank[i][p] - picture[p]) * (bank[i][p] - picture[p]);
            }

            if (distance < smallest)
            {
                (nearest, smallest) = (i, distance);
            }
        }

        return nearest;
    }

    private static float[] Pixels(IImageDataset data, long index)
    {
        var image = new ImageBuffer();
        data.Read(index, image);

        return image.Pixels.ToArray();
    }
}
