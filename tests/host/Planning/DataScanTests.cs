using Parallax.Host.Data;
using Parallax.Host.Evaluation;
using Parallax.Host.Planning;
using Parallax.Host.Tests.Data;

namespace Parallax.Host.Tests.Planning;

public sealed class DataScanTests
{
    [Fact]
    public void Of_Split_FindsUnreadableImagesSizesAndClasses()
    {
        var data = new FakeDataset(7, corrupt: [1, 4]) { SizeOf = index => new(4 + (int)index, 8) };

        var scan = DataScan.Of(data, data, most: 0, out var contents, CancellationToken.None);

        Assert.Equal(("train", 7L, 7L, 2), (scan.Split, scan.Images, scan.LookedAt, scan.UnreadableCount));
        Assert.Equal(["image-1.jpg: is cut short", "image-4.jpg: is cut short"], scan.Unreadable);
        Assert.Equal((new ImageSize(4, 8), new ImageSize(10, 8)), (scan.Smallest, scan.Largest));
        Assert.Equal((new ClassSize("odd", 3), new ClassSize("even", 4)), (scan.SmallestClass, scan.LargestClass));
        Assert.Equal(5, contents.Distinct().Count());
    }

    [Fact]
    public void Of_PartOfASplit_CountsAllImagesAndLooksAtSome()
    {
        var data = new FakeDataset(20) { Split = DatasetSplit.Test };

        var scan = DataScan.Of(data, data, most: 5, out var contents, CancellationToken.None);

        Assert.Equal(("test", 20L, 5L), (scan.Split, scan.Images, scan.LookedAt));
        Assert.Equal(new("even", 10), scan.SmallestClass);
        Assert.Equal(5, contents.Count);
    }

    // Protocols learn from the rest, too: what is broken or known there matters.
    [Fact]
    public void Of_SplitThatARunLearnsAShareOf_LooksAtAllAndCountsTheClassesOfTheShare()
    {
        var data = new FakeDataset(20, corrupt: [3, 4, 5]);

        var scan = DataScan.Of(data, TrainingShare.Of(data, new() { Share = 0.1 }), most: 0, out var contents, CancellationToken.None);

        Assert.Equal((20L, 20L, 3, 2L), (scan.Images, scan.LookedAt, scan.UnreadableCount, scan.Learned));
        Assert.Equal(2, scan.SmallestClass!.Images + scan.LargestClass!.Images);
        Assert.Equal(17, contents.Count);
    }

    [Fact]
    public void Contents_OfTheSameImages_AreDuplicates()
    {
        var (learned, held) = (new FakeDataset(8), new FakeDataset(8) { Split = DatasetSplit.Test });
        DataScan.Of(learned, learned, most: 0, out var train, CancellationToken.None);
        DataScan.Of(held, held, most: 0, out var test, CancellationToken.None);

        Assert.Equal(8, DuplicateImages.Of(train, test).Count);
    }
}
