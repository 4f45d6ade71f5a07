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

    // The pixels of a fake image say which one it is.
    private static int Index(IImageDataset data, long index)
    {
        var image = new ImageBuffer();
        data.Read(index, image);

        return (int)Math.Round(image.Pixels[0] * 12);
    }
}
