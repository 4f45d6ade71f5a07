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
    public void Limit_Fewer_SpreadsThemEvenly()
    {
        var subset = DatasetSubset.Limit(new FakeDataset(12), most: 4);

        Assert.Equal(4, subset.Info.Count);
        Assert.Equal([1, 4, 7, 10], Enumerable.Range(0, 4).Select(i => Index(subset, i)));   // by hand: the middles of 0-2, 3-5, 6-8, 9-11
        Assert.Equal([1, 0, 1, 0], Enumerable.Range(0, 4).Select(i => subset.Label(i)));
    }

    // The pixels of a fake image say which one it is.
    private static int Index(IImageDataset data, long index)
    {
        var image = new ImageBuffer();
        data.Read(index, image);

        return (int)Math.Round(image.Pixels[0] * 12);
    }
}
