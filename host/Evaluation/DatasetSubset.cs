using System.IO.Hashing;
using System.Runtime.InteropServices;
using Parallax.Host.Data;

namespace Parallax.Host.Evaluation;

/// <summary>
/// Some images of a data set, chosen once at random, so that every class is there in its proportion. Evenly spaced ones would miss classes where labels repeat
/// with the index.
/// </summary>
internal static class DatasetSubset
{
    /// <summary>The whole data set when it has no more than <paramref name="most"/> images or that is 0, else the same subset of that size every
    /// time.</summary>
    public static IImageDataset Limit(IImageDataset dataset, int most) => most == 0 || dataset.Info.Count <= most ? dataset : Of(dataset, Any(dataset, most));

    /// <summary>The same images for someone who disposes what he is given: the data set stays open.</summary>
    public static IImageDataset Borrow(IImageDataset dataset, int most) =>
        Of(dataset, Any(dataset, (int)Math.Min(Part(dataset.Info, most).Count, int.MaxValue)));

    /// <summary>A share of the images of each class, for someone who disposes what he is given.</summary>
    /// <param name="dataset">Stays open.</param>
    /// <param name="share">A fraction in (0, 1]; of each class that many images, rounded, and one at least.</param>
    /// <param name="seed">Seed of the draw; the images of a smaller share are among those of a larger one.</param>
    public static IImageDataset OfEachClass(IImageDataset dataset, double share, long seed) => Of(
        dataset, EpochOrder.Shuffled(dataset.Info.Count, seed, epoch: 0).GroupBy(index => dataset.Label(index))
            .SelectMany(members => members.Take((int)Math.Max(1, Math.Round(members.Count() * share)))));

    /// <summary>Where the images of the same subset are in the whole data set.</summary>
    public static IEnumerable<long> Indices(IImageDataset dataset, int most) =>
        most == 0 || dataset.Info.Count <= most ? Enumerable.Range(0, (int)dataset.Info.Count).Select(index => (long)index) : Any(dataset, most).Order();

    /// <summary>What such a subset holds.</summary>
    public static DatasetInfo Part(DatasetInfo whole, int most) => most == 0 || whole.Count <= most ? whole : whole with { Count = most };

    /// <summary>Where an image is in the whole data set.</summary>
    /// <param name="data">A subset, or the whole: a training share is one of its own.</param>
    /// <param name="index">Of the image in it.</param>
    public static long WholeIndex(IImageDataset data, long index) =>
        data is DatasetPart { IsByItself: false } part ? WholeIndex(part.Whole, part.WholeIndex(index)) : index;

    /// <summary>Which images of the whole data set there are, as a hash of their places: 16 hexadecimal digits.</summary>
    /// <param name="data">A subset, or the whole.</param>
    public static string HashOf(IImageDataset data)
    {
        long[] places = [.. Enumerable.Range(0, (int)data.Info.Count).Select(index => WholeIndex(data, index))];

        return Convert.ToHexStringLower(XxHash3.Hash(MemoryMarshal.AsBytes(places.AsSpan())));
    }

    private static IEnumerable<long> Any(IImageDataset dataset, int count) => EpochOrder.Shuffled(dataset.Info.Count, seed: 0, epoch: 0).Take(count);

    private static DatasetPart Of(IImageDataset inner, IEnumerable<long> indices)
    {
        long[] chosen = [.. indices.Order()];

        return DatasetPart.Of(inner, chosen, inner.Info with { Count = chosen.Length });
    }
}
