namespace Parallax.Plugins.Datasets;

/// <summary>Pairs images with the text files of their names: <c>NAME.jpg</c> and <c>NAME.txt</c>, in folders or tar shards.</summary>
internal static class PairedFiles
{
    private const string TextExtension = ".txt";

    /// <param name="location">Where they are, for messages.</param>
    /// <param name="places">A folder, or archives in their order.</param>
    /// <exception cref="ConfigurationException">There are no pairs, or an archive is damaged.</exception>
    public static CaptionedFiles Of(string location, IReadOnlyList<string> places)
    {
        var files = new List<CaptionedFile>();
        var (unpaired, uncaptioned, leftOut) = (new List<string>(), new List<string>(), new List<string>());
        for (var place = 0; place < places.Count; place++)
        {
            var listing = FileStores.List(places[place], FileKind.Image, TextExtension);
            var texts = listing.Texts.DistinctBy(text => Key(text.Path)).ToDictionary(text => Key(text.Path), StringComparer.Ordinal);
            foreach (var image in listing.Files.OrderBy(image => image.Path, StringComparer.Ordinal))
            {
                if (texts.TryGetValue(Key(image.Path), out var text) && text.Length > 0)
                {
                    files.Add(new(place, image, text));
                }
                else
                {
                    uncaptioned.Add(image.Path);
                }
            }

            unpaired.AddRange(texts.Keys.Except(listing.Files.Select(image => Key(image.Path))).Select(key => $"{key}{TextExtension}"));
            leftOut.AddRange(listing.LeftOut);
        }

        if (files.Count == 0)
        {
            throw new ConfigurationException($"{location} has no images with captions: {DataPath.Count(uncaptioned.Count, "image")} without a "
                + $"{TextExtension} of the same name, {DataPath.Count(unpaired.Count, "text file")} without an image. Expected NAME.jpg (or .png, .webp, ...) "
                + "and NAME.txt side by side.");
        }

        var isArchive = !Directory.Exists(places[0]);
        var layout = isArchive ? DataPath.Count(places.Count, "tar shard") : "text files beside images";

        return new(location, layout, [.. places.Select(FileStores.Open)], files,
        [
            .. Told(uncaptioned, "image", " without a caption"), .. Told(unpaired, "caption", " without an image"), .. leftOut.Distinct(),
        ])
        {
            Prefixes = Shards.Prefixes(places),
        };
    }

    // Up to the last dot of the name.
    private static string Key(string path) => path[..^Path.GetExtension(path).Length];

    private static IEnumerable<string> Told(List<string> names, string one, string why) =>
        DataPath.LeftOut(names.Count, one, $"{why} ({DataPath.Enumerate(names, shown: 1)})");
}
