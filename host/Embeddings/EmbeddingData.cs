using Parallax.Host.Data;

namespace Parallax.Host.Embeddings;

/// <summary>The images to embed: the splits of a data set, one behind the other.</summary>
internal class EmbeddingData : IImageDataset, INamedImages
{
    private readonly IReadOnlyList<IImageDataset> _splits;
    private readonly int[][] _labels;

    private EmbeddingData(IReadOnlyList<IImageDataset> splits)
    {
        var infos = splits.Select(split => split.Info).ToList();
        string[] classes = [.. infos.SelectMany(info => info.Classes).Distinct()];
        _splits = splits;
        _labels = [.. infos.Select(info => info.Classes.Select(name => Array.IndexOf(classes, name)).ToArray())];
        Info = infos[0] with
        {
            Count = infos.Sum(info => info.Count),
            Classes = classes,
            Size = infos.Select(info => info.Size).Distinct().Count() == 1 ? infos[0].Size : null,
            Digest = string.Join('-', infos.Select(info => info.Digest)),
            LeftOut = [.. infos.SelectMany(info => info.LeftOut).Distinct()],
        };
    }

    public DatasetInfo Info { get; }

    /// <summary>Joins splits, which are disposed with the result.</summary>
    /// <param name="splits">One or more, all of videos or none.</param>
    /// <param name="trained">The data that the network was trained with.</param>
    /// <exception cref="ConfigurationException">The images have another number of channels.</exception>
    public static EmbeddingData Of(IReadOnlyList<IImageDataset> splits, DatasetInfo trained) => splits[0].Info.Channels != trained.Channels
        ? throw new ConfigurationException($"The {SampleNoun.Of(splits[0])} of '{splits[0].Info.Location}' are read with {splits[0].Info.Channels} channels, "
            + $"but the network was trained with {trained.Channels}. Add --with channels={trained.Channels}, or take other data.")
        : splits.All(split => split is IVideoDataset) ? new OfVideos(splits) : new EmbeddingData(splits);

    /// <summary>Name of an image: its path in the data set; where a data set has no names, its split and its number there.</summary>
    public string NameOf(long index)
    {
        var (split, own) = Find(index);

        return NameOf(_splits[split], own);
    }

    /// <summary>Name of an image of one split.</summary>
    public static string NameOf(IImageDataset split, long index) => split is INamedImages named ? named.NameOf(index)
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{split.Info.Split.ToString().ToLowerInvariant()}/{index}");

    public int Label(long index)
    {
        var (split, own) = Find(index);
        var label = _splits[split].Label(own);

        return label < 0 ? label : _labels[split][label];
    }

    public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null)
    {
        var (split, own) = Find(index);
        _splits[split].Read(own, image, smallestSide);
    }

    public void Dispose()
    {
        foreach (var split in _splits)
        {
            split.Dispose();
        }
    }

    private (int Split, long Index) Find(long index)
    {
        var split = 0;
        for (; index >= _splits[split].Info.Count; split++)
        {
            index -= _splits[split].Info.Count;
        }

        return (split, index);
    }

    private sealed class OfVideos(IReadOnlyList<IImageDataset> splits) : EmbeddingData(splits), IVideoDataset
    {
        public VideoInfo Video(long index)
        {
            var (split, own) = Find(index);

            return ((IVideoDataset)_splits[split]).Video(own);
        }

        public void ReadFrames(long index, ReadOnlySpan<int> frames, ClipBuffer clip, SmallestSide? smallestSide = null)
        {
            var (split, own) = Find(index);
            ((IVideoDataset)_splits[split]).ReadFrames(own, frames, clip, smallestSide);
        }
    }
}
