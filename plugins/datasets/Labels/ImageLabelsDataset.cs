using System.Buffers;

namespace Parallax.Plugins.Datasets;

/// <summary>One split of images that may show several classes each.</summary>
internal sealed class ImageLabelsDataset : IImageDataset, IMultiLabelImages, IEncodedImages
{
    private const char Separator = ';', Uncounted = '?';

    private readonly ImageTextDataset _images;
    private readonly sbyte[] _shown;   // images x classes

    /// <param name="images">Captions are the classes, as the table has them; disposed with this.</param>
    /// <param name="classes">Names of all classes, in label order.</param>
    /// <exception cref="ConfigurationException">An image shows a class that is none of them: names the row.</exception>
    public ImageLabelsDataset(ImageTextDataset images, IReadOnlyList<string> classes)
    {
        _images = images;
        _shown = new sbyte[images.Info.Count * classes.Count];
        var labels = classes.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        for (var index = 0L; index < images.Info.Count; index++)
        {
            foreach (var (name, isCounted) in Names(images, index))
            {
                if (!labels.TryGetValue(name, out var label))
                {
                    throw new ConfigurationException($"{images.OriginOf(index)} has the class '{name}', which no training image of the table shows; "
                        + $"expected some of {DataPath.Enumerate(classes, shown: 10)}. Correct the name, or add training images.");
                }

                Set(ref _shown[(index * classes.Count) + label], isCounted ? (sbyte)1 : (sbyte)-1, name, index);
            }
        }

        Info = images.Info with
        {
            Name = "image-labels", Classes = classes, IsMultiLabel = true, Captions = CaptionOrigin.None,
        };
    }

    public DatasetInfo Info { get; }

    /// <summary>The classes that some image shows, in the order of their names.</summary>
    /// <exception cref="ConfigurationException">There are none.</exception>
    public static IReadOnlyList<string> ClassesOf(ImageTextDataset images)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        for (var index = 0L; index < images.Info.Count; index++)
        {
            names.UnionWith(Names(images, index).Where(entry => entry.IsCounted).Select(entry => entry.Name));
        }

        return names.Count > 0 ? [.. names] : throw new ConfigurationException(
            $"No image of {images.Info.Location} shows a class. Expected names with semicolons between them, such as 'dog;person', in data.labelsColumn.");
    }

    public void ReadClasses(long index, Span<sbyte> shown) => _shown.AsSpan((int)index * Info.Classes.Count, Info.Classes.Count).CopyTo(shown);

    public int Label(long index) => -1;

    public string NameOf(long index) => _images.NameOf(index);

    public void ReadFile(long index, IBufferWriter<byte> target) => _images.ReadFile(index, target);

    public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null) => _images.Read(index, image, smallestSide);

    public void Dispose() => _images.Dispose();

    private static IEnumerable<(string Name, bool IsCounted)> Names(ImageTextDataset images, long index) =>
        from entry in images.Caption(index).Split(Separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        let name = entry.TrimStart(Uncounted).Trim()
        where name.Length > 0
        select (name, entry[0] != Uncounted);

    private void Set(ref sbyte shown, sbyte value, string name, long index)
    {
        if (shown != 0 && shown != value)
        {
            throw new ConfigurationException($"{_images.OriginOf(index)} has the class '{name}' twice, once behind a question mark. Leave one of them out.");
        }

        shown = value;
    }
}
