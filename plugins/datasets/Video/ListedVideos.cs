using System.Globalization;

namespace Parallax.Plugins.Datasets;

/// <summary>Videos that lists name, one for each split.</summary>
internal sealed class ListedVideos : IVideoSplits
{
    private readonly string _location, _root;
    private readonly string? _testList;
    private readonly VideoList _train;
    private readonly string[] _classes;
    private readonly Lazy<Dictionary<string, StoredFile>?> _archive;

    /// <param name="location">List of the training videos.</param>
    /// <param name="options">Names the list of the held-out ones.</param>
    /// <exception cref="ConfigurationException">A list is not there or cannot be read, or settings are given that are for folders.</exception>
    public ListedVideos(string location, VideoFolderOptions options)
    {
        if (options.Layout != DataLayout.Auto || !string.IsNullOrEmpty(options.TrainSplit) || !string.IsNullOrEmpty(options.TestSplit))
        {
            throw new ConfigurationException($"data.path '{location}' is a list, but data.layout, data.trainSplit and data.testSplit are for folders. "
                + "Remove them; data.testPath names the list of held-out videos.");
        }

        _location = location;
        _root = string.IsNullOrEmpty(options.Root)
            ? Path.GetDirectoryName(location)!
            : DataPath.Require(options.Root, "the folder or uncompressed tar to which the paths in lists are relative", "data.root");
        _testList = string.IsNullOrEmpty(options.TestPath)
            ? null
            : DataPath.Require(options.TestPath, "a list of held-out videos (.csv, .txt)", "data.testPath");
        _archive = new(() => Directory.Exists(_root) ? null : FileStores.List(_root, FileKind.Video).Files.ToDictionary(file => file.Path));
        _train = VideoList.Read(location);
        _classes = Sorted([.. _train.Rows.Select(row => row.Label).OfType<string>().Distinct()]);
    }

    public bool HasTest => _testList is not null;

    public VideoFiles Find(DatasetSplit split)
    {
        if (split == DatasetSplit.Test && _testList is null)
        {
            throw new ConfigurationException($"data.testPath is empty: '{_location}' lists training videos only. Evaluation needs a list of held-out videos.");
        }

        var (list, path) = split == DatasetSplit.Train ? (_train, _location) : (VideoList.Read(_testList!), _testList!);
        var labelOf = _classes.Select((name, label) => (name, label)).ToDictionary(c => c.name, c => c.label);
        int[] labels = [.. list.Rows.Select(row => LabelOf(row, path, labelOf))];
        StoredFile[] files = [.. list.Rows.Select(row => FileOf(row, path))];

        return new(path, FileStores.Open(_root), new(files, labels, _classes))
        {
            Layout = _testList is null ? "a list; no test split" : $"two lists; test: '{_testList}'",
            Origins = [.. list.Rows.Select(row => $"{path}:{row.Line}")],
        };
    }

    private static int LabelOf(VideoRow row, string path, Dictionary<string, int> labelOf) =>
        row.Label is null != (labelOf.Count == 0)
            ? throw new ConfigurationException($"{path}:{row.Line} has {(row.Label is null ? "no class" : "a class")}, but lines of the training list "
                + $"{(row.Label is null ? "have one" : "have none")}. Give one in every line, or in none.")
        : row.Label is null ? -1
        : labelOf.TryGetValue(row.Label, out var label) ? label
        : throw new ConfigurationException($"{path}:{row.Line} has the class '{row.Label}', which the training list has not. Both need the same classes.");

    private StoredFile FileOf(VideoRow row, string path)
    {
        if (_archive.Value is { } archive)
        {
            var name = string.Join('/', RealPath.Parts(row.Path));

            return archive.TryGetValue(name, out var file) ? file : throw new ConfigurationException(
                $"{path}:{row.Line} names '{row.Path}', which is no video in {_root}. Correct the line, or data.root.");
        }

        const long unknownLength = -1;   // shows when it is read
        var there = new FileInfo(Path.Combine(_root, row.Path));

        return new(row.Path, Offset: 0, there.Exists ? there.Length : unknownLength);
    }

    /// <summary>Numbers by size, all else by name.</summary>
    private static string[] Sorted(string[] classes) => classes.All(name => long.TryParse(name, NumberStyles.Integer, CultureInfo.InvariantCulture, out _))
        ? [.. classes.OrderBy(name => long.Parse(name, CultureInfo.InvariantCulture))]
        : [.. classes.Order(StringComparer.Ordinal)];
}
