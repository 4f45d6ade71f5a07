namespace Parallax.Host.Evaluation;

/// <summary>Some images of a data set, spread evenly over it, so that every class of a sorted folder is there.</summary>
internal sealed class DatasetSubset(IImageDataset inner, long count) : IImageDataset
{
    public DatasetInfo Info { get; } = inner.Info with { Count = count };

    /// <summary>The whole data set when it has no more than <paramref name="most"/> images or that is 0, else a subset of that size.</summary>
    public static IImageDataset Limit(IImageDataset dataset, int most) => most == 0 || dataset.Info.Count <= most ? dataset : new DatasetSubset(dataset, most);

    public void Read(long index, ImageBuffer image, int smallestSide = 0) => inner.Read(Inner(index), image, smallestSide);

    public int Label(long index) => inner.Label(Inner(index));

    /// <summary>Leaves the whole data set open: it belongs to whoever opened it.</summary>
    public void Dispose()
    {
    }

    // The middle of the index-th of `count` equal parts.
    private long Inner(long index) => (long)((index + 0.5) * inner.Info.Count / Info.Count);
}
