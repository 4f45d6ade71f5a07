using System.Buffers;

namespace Parallax.Plugins.Datasets;

/// <summary>A labelled split of files whose captions are templates filled with class names.</summary>
internal sealed class ClassCaptionDataset : IImageDataset, ICaptionedImages, IEncodedImages
{
    private readonly IImageDataset _images;
    private readonly string[][] _captions;   // by template, then by label

    /// <param name="images">A split with classes; disposed with this.</param>
    /// <param name="templates">Captions with a place for the name of the class.</param>
    public ClassCaptionDataset(IImageDataset images, IReadOnlyList<string> templates)
    {
        var info = images.Info;
        _images = images;
        _captions = [.. templates.Select(template => info.Classes.Select(name => Fill(template, name)).ToArray())];
        using var digest = new ContentDigest();
        digest.Add(info.Digest);
        foreach (var template in templates)
        {
            digest.Add(template);
        }

        const string origin = "captions are made from class names";
        Info = info with { Name = "class-captions", Digest = digest.Finish(), Captions = origin, Layout = $"{info.Layout}; {origin}" };
    }

    public DatasetInfo Info { get; }

    public string Caption(long index) => _captions[index % _captions.Length][_images.Label(index)];

    public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null) => _images.Read(index, image, smallestSide);

    public int Label(long index) => _images.Label(index);

    public string NameOf(long index) => ((IEncodedImages)_images).NameOf(index);

    public void ReadFile(long index, IBufferWriter<byte> target) => ((IEncodedImages)_images).ReadFile(index, target);

    public void Dispose() => _images.Dispose();

    private static string Fill(string template, string name) =>
        template.Replace(ClassCaptionsSource.Place, name.Replace('_', ' '), StringComparison.Ordinal);
}
