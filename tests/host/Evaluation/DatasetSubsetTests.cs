using Parallax.Host.Data;
using Parallax.Host.Evaluation;
using Parallax.Host.Tests.Data;

namespace Parallax.Host.Tests.Evaluation;

public sealed class DatasetSubsetTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(11)]
    public void Limit_NotFewerThanThereAre_IsTheWholeDataSet(int most)
    {
        var whole = new FakeDataset(10);

        Assert.Same(whole, DatasetSubset.Limit(whole, most));
    }

    [Fact]
    public void Limit_Fewer_IsTheSamePartEveryTime()
    {
        var (first, second) = (DatasetSubset.Limit(new FakeDataset(12), most: 4), DatasetSubset.Limit(new FakeDataset(12), most: 4));

        int[] indices = [.. Enumerable.Range(0, 4).Select(i => Index(first, i))];

        Assert.Equal(4, first.Info.Count);
        Assert.Equal(indices.Order().Distinct(), indices);   // each once, in the order of the file
        Assert.Equal(indices, Enumerable.Range(0, 4).Select(i => Index(second, i)));
        Assert.Equal(indices.Select(index => index % 2), Enumerable.Range(0, 4).Select(i => first.Label(i)));
    }

    [Fact]
    public void WholeIndex_PartOfAPart_IsThatInTheDataSet()
    {
        var whole = new FakeDataset(12);
        var part = DatasetSubset.Limit(DatasetSubset.Limit(whole, most: 6), most: 3);

        Assert.Equal(Enumerable.Range(0, 3).Select(i => (long)Index(part, i)), Enumerable.Range(0, 3).Select(i => DatasetSubset.WholeIndex(part, i)));
        Assert.Equal(7, DatasetSubset.WholeIndex(whole, 7));
    }

    [Fact]
    public void WholeIndex_PartOfATrainingShare_IsThatInTheShare()
    {
        var share = TrainingShare.Of(new FakeDataset(12), new() { Share = 0.5 });
        var part = DatasetSubset.Limit(share, most: 3);

        Assert.Equal(
            Enumerable.Range(0, 3).Select(i => Index(part, i)), Enumerable.Range(0, 3).Select(i => Index(share, DatasetSubset.WholeIndex(part, i))));
        Assert.Equal(5, DatasetSubset.WholeIndex(share, 5));
    }

    [Theory]
    [InlineData(0.001, 1)]
    [InlineData(0.1, 2)]
    [InlineData(0.5, 10)]
    public void OfEachClass_Share_IsTheSameOfEachAndGrows(double share, int ofEach)
    {
        var whole = new FakeDataset(40);
        IImageDataset Part(double of, long seed) => DatasetSubset.OfEachClass(whole, of, seed);
        long[] Indices(IImageDataset part) => [.. Enumerable.Range(0, (int)part.Info.Count).Select(i => (long)Math.Round(Pixel(part, i) * 40))];

        var part = Part(share, seed: 5);

        Assert.Equal([ofEach, ofEach], Enumerable.Range(0, (int)part.Info.Count).CountBy(i => part.Label(i)).OrderBy(count => count.Key).Select(c => c.Value));
        Assert.Equal(Indices(part), Indices(Part(share, seed: 5)));
        Assert.NotEqual(Indices(part), Indices(Part(share, seed: 6)));
        Assert.Subset(Indices(Part(0.6, seed: 5)).ToHashSet(), Indices(part).ToHashSet());
    }

    [Fact]
    public void HashOf_Subset_IsOfThePlacesInTheWholeDataSet()
    {
        var whole = new FakeDataset(40);
        var part = DatasetSubset.OfEachClass(DatasetSubset.Borrow(whole, 20), 0.5, seed: 5);

        Assert.Matches("^[0-9a-f]{16}$", DatasetSubset.HashOf(part));
        Assert.Equal(DatasetSubset.HashOf(part), DatasetSubset.HashOf(DatasetSubset.Borrow(part, 0)));   // the same images
        Assert.NotEqual(DatasetSubset.HashOf(part), DatasetSubset.HashOf(DatasetSubset.OfEachClass(DatasetSubset.Borrow(whole, 20), 0.5, seed: 6)));
        Assert.Equal(DatasetSubset.HashOf(whole), DatasetSubset.HashOf(DatasetSubset.Borrow(whole, 0)));
    }

    // The pixels of a fake image say which one it is.
    private static int Index(IImageDataset data, long index) => (int)Math.Round(Pixel(data, index) * 12);

    private static float Pixel(IImageDataset data, long index)
    {
        var image = new ImageBuffer();
        data.Read(index, image);

        return image.Pixels[0];
    }
}
