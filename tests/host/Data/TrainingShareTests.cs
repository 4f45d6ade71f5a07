using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Evaluation;

namespace Parallax.Host.Tests.Data;

public sealed class TrainingShareTests
{
    [Fact]
    public void Of_EverythingAsked_IsTheSplitItself()
    {
        using var whole = new Numbered(20, classes: 4);

        Assert.Same(whole, TrainingShare.Of(whole, new()));
    }

    [Fact]
    public void Of_SmallerShare_IsPartOfALargerOne()
    {
        using var whole = new Numbered(200, classes: 4);

        var shares = new[] { 0.03, 0.1, 0.3 }.Select(share => Samples(TrainingShare.Of(whole, new() { Share = share, ShareSeed = 5 }))).ToList();

        Assert.Equal([6, 20, 60], shares.Select(share => share.Count));
        Assert.Empty(shares[0].Except(shares[1]).Concat(shares[1].Except(shares[2])));
        Assert.NotEqual(shares[1], Samples(TrainingShare.Of(whole, new() { Share = 0.1, ShareSeed = 6 })));
    }

    [Fact]
    public void Of_Share_IsDrawnIndependentlyOfThePartThatIsMeasured()
    {
        using var whole = new Numbered(400, classes: 4);

        var (learned, measured) = (Samples(TrainingShare.Of(whole, new() { Share = 0.25 })), Samples(DatasetSubset.Limit(whole, 100)));

        Assert.InRange(learned.Intersect(measured).Count(), 10, 40);   // a quarter of 100 by chance, not all
    }

    [Fact]
    public void Of_LongTail_KeepsAllOfTheFirstClassAndFewOfTheLast()
    {
        using var whole = new Numbered(300, classes: 3);

        var share = TrainingShare.Of(whole, new() { LongTail = 100 });

        var counts = Enumerable.Range(0, (int)share.Info.Count).CountBy(index => share.Label(index)).OrderBy(count => count.Key).Select(count => count.Value);
        Assert.Equal([100, 10, 1], counts);   // by hand: 100, 100 / sqrt(100), 100 / 100
    }

    [Theory]
    [InlineData(1, 1, 512, "'*' has only 300 training images. Lower it to at most 300.")]
    [InlineData(0.1, 1, 32, "data.share 0.1 leaves only 30 of the 300 training images of '*'. Take more of them, or lower the batch to at most 30.")]
    [InlineData(0.1, 1, 512, "data.share 0.1 leaves only 30 of the 300 training images of '*'. Lower the batch to at most 30.")]
    [InlineData(1, 100, 128, "data.longTail 100 leaves only 111 of the 300 training images of '*'. Take more of them, or lower the batch to at most 111.")]
    [InlineData(
        0.5, 100, 64,
        "data.share 0.5 and data.longTail 100 leave only 56 of the 300 training images of '*'. Take more of them, or lower the batch to at most 56.")]
    public void TooFew_PartOfASplit_SaysWhatTookTheOthers(double share, double longTail, int batch, string expected)
    {
        using var whole = new Numbered(300, classes: 3);
        var options = new DataOptions { Share = share, LongTail = longTail };

        var sentence = TrainingShare.TooFew(TrainingShare.Of(whole, options), options, batch);

        Assert.Equal(expected.Replace("*", whole.Info.Location, StringComparison.Ordinal), sentence);   // 100 + 10 + 1, and half of them rounded to even
    }

    [Fact]
    public void Info_OfAShare_TellsItApart()
    {
        using var whole = new Numbered(20, classes: 2);

        var (first, second) = (TrainingShare.Of(whole, new() { Share = 0.5 }).Info, TrainingShare.Of(whole, new() { Share = 0.5, ShareSeed = 1 }).Info);

        Assert.Equal(10, first.Count);
        Assert.Equal(3, new[] { whole.Info.Digest, first.Digest, second.Digest }.Distinct().Count());
        Assert.Matches("^[0-9a-f]{8}$", first.Digest);
        Assert.Equal(["10 images (data.share 0.5, data.longTail 1)"], first.LeftOut);
    }

    [Fact]
    public void Caption_OfAShare_IsThatOfItsImage()
    {
        using var whole = new Numbered(20, classes: 2);

        var share = TrainingShare.Of(whole, new() { Share = 0.25 });

        Assert.Equal(Samples(share).Select(sample => $"image {sample}"),
            Enumerable.Range(0, 5).Select(index => Assert.IsType<ICaptionedImages>(share, exactMatch: false).Caption(index)));
    }

    [Fact]
    public void Of_TailWithoutClasses_SaysWhatToDo()
    {
        using var whole = new Numbered(20, classes: 0);

        Assert.Equal("data.longTail is 10, and 'memory' has 0 classes; a tail takes two or more. Set it to 1, or take a data set with classes.",
            Assert.Throws<ConfigurationException>(() => TrainingShare.Of(whole, new() { LongTail = 10 })).Message);
    }

    /// <summary>The indices in the whole split, which each image shows.</summary>
    private static List<long> Samples(IImageDataset data) => [.. Enumerable.Range(0, (int)data.Info.Count).Select(index =>
    {
        var image = new ImageBuffer();
        data.Read(index, image);

        return (long)image.Pixels[0];
    })];

    /// <summary>Images of one pixel that is their index; label i modulo the classes.</summary>
    private sealed class Numbered(int count, int classes) : IImageDataset, ICaptionedImages
    {
        public DatasetInfo Info { get; } = new("numbered", DatasetSplit.Train, count, [.. Enumerable.Range(0, classes).Select(i => $"{i}")], 1, new(1, 1),
            [0], [1], "00000000", "memory");

        public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null)
        {
            image.Resize(1, 1, 1);
            image.Pixels[0] = index;
        }

        public int Label(long index) => classes == 0 ? -1 : (int)(index % classes);

        public string Caption(long index) => $"image {index}";

        public void Dispose()
        {
        }
    }
}
