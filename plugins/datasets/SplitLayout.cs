namespace Parallax.Plugins.Datasets;

/// <summary>How the folders of a data set are read.</summary>
public enum DataLayout
{
    /// <summary>As splits where folders have the usual names, else as classes; what can be both is refused.</summary>
    Auto,

    /// <summary>As splits, whatever is beside them.</summary>
    Splits,

    /// <summary>As classes, whatever they are called; all images are for training.</summary>
    Flat,
}

/// <summary>The images of one split in ordinal order, those of several archives one archive after the other, with their classes.</summary>
/// <param name="Files">Images.</param>
/// <param name="Labels">Class of each; -1 without classes.</param>
/// <param name="Classes">Class names in label order; empty without classes.</param>
internal sealed record SplitFiles(StoredFile[] Files, int[] Labels, string[] Classes);

/// <summary>Sorts the files of a folder or archive into splits and classes by their paths: SPLIT/CLASS/..., CLASS/... or no folders at all.</summary>
internal sealed class SplitLayout
{
    private const int Shown = 5;
    private readonly string _location;
    private readonly FileKind _kind;
    private readonly SplitFinder _finder;
    private readonly SplitFolders _splits;
    private readonly FolderNode _top;
    private readonly StoredFile[] _train, _test;
    private readonly IReadOnlyList<string> _leftOut;
    private readonly int _repeated;

    /// <param name="location">Folder or archive, for messages.</param>
    /// <param name="listing">Everything in it.</param>
    /// <param name="layout">How folders are read.</param>
    /// <param name="trainSplit">Folder of the training images; null to look for the usual names.</param>
    /// <param name="testSplit">Folder of the test images; null to look for the usual names.</param>
    /// <exception cref="ConfigurationException">There are no images, or no training split, or more than one way to read the folders.</exception>
    public SplitLayout(string location, FileListing listing, DataLayout layout, string? trainSplit, string? testSplit)
    {
        RequireFiles(location, listing, layout);
        (_location, _kind) = (location, listing.Kind);
        _leftOut = listing.LeftOut;
        _top = FolderNode.Of(listing.Files);
        _finder = new(location, _top, layout, _kind);
        _splits = _finder.Find(trainSplit, testSplit);
        _train = [.. listing.Files.Where(image => image.Path.StartsWith(_splits.Train.Prefix, StringComparison.Ordinal))];
        _test = _splits.Test is { } test ? [.. listing.Files.Where(image => image.Path.StartsWith(test.Prefix, StringComparison.Ordinal))] : [];
        var repeated = Repeated([.. _train, .. _test]);
        _repeated = repeated.Count;
        (_train, _test) = ([.. _train.Where(image => !repeated.Contains(image))], [.. _test.Where(image => !repeated.Contains(image))]);
        if (_train.Length == 0 || (_test.Length == 0 && _splits.Test is not null))
        {
            throw new ConfigurationException(
                $"{location} has the same {_kind.Names} in '{_splits.Train.Path}' and '{_splits.Test?.Path}': one is a link to the other. "
                + "Remove it, or name two splits with data.trainSplit and data.testSplit.");
        }
    }

    /// <summary>Which folder is which split, for people.</summary>
    public string Description => _splits.IsFlat
        ? $"no splits, all {_kind.Names} are for training"
        : _splits.Test is { } test ? $"train: '{_splits.Train.Path}'; test: '{test.Path}', {DataPath.Count(Labelled(_test, test).Length, _kind.Name)}"
        : $"train: '{_splits.Train.Path}'; no test split";

    public bool HasTest => _splits.Test is not null;

    /// <summary>What is in neither split, and why, for people.</summary>
    public IReadOnlyList<string> LeftOut =>
    [
        .. Loose(_splits.Train), .. _splits.Test is { } test ? Loose(test) : [], .. Elsewhere(_top),
        .. DataPath.LeftOut(_repeated, _kind.Name, " that a link reaches a second time"), .. _leftOut,
    ];

    /// <exception cref="ConfigurationException">The split is not there, or its classes are not those of the training split; says what was found.</exception>
    public SplitFiles Find(DatasetSplit split)
    {
        var train = Sort(_train, _splits.Train, classes: null);
        if (split == DatasetSplit.Train)
        {
            return train;
        }

        return _splits.Test is { } test ? Sort(_test, test, train.Classes) : throw new ConfigurationException(
            $"{_location} has no test split; {_finder.Found}. "
            + $"Evaluation needs a folder named {string.Join(", ", SplitNames.Test)}, or its name in data.testSplit.");
    }

    private SplitFiles Sort(StoredFile[] images, FolderNode folder, string[]? classes)
    {
        if (folder.Folders.Count == 0)
        {
            StoredFile[] flat = [.. images.OrderBy(f => f.Shard).ThenBy(f => f.Path, StringComparer.Ordinal)];
            return classes is { Length: > 0 }
                ? throw new ConfigurationException(
                    $"The test split '{folder.Path}' of {_location} has no class folders, but the training split has {DataPath.Enumerate(classes, Shown)}. "
                    + "Name another with data.testSplit.")
                : new SplitFiles(flat, [.. Enumerable.Repeat(-1, flat.Length)], []);
        }

        var labelled = Labelled(images, folder);
        string[] found = [.. labelled.Select(i => i.Class).Distinct().Order(StringComparer.Ordinal)];
        classes ??= found;
        if (found.Except(classes).ToArray() is { Length: > 0 } unknown)
        {
            throw new ConfigurationException(
                $"The test split '{folder.Path}' of {_location} has the classes {DataPath.Enumerate(unknown, Shown)}, which the training split has not. "
                + "Both need the same class folders.");
        }

        var labelOf = classes.Select((name, label) => (name, label)).ToDictionary(c => c.name, c => c.label);
        var sorted = labelled.OrderBy(i => i.File.Shard).ThenBy(i => labelOf[i.Class]).ThenBy(i => i.File.Path, StringComparer.Ordinal).ToArray();

        return new SplitFiles([.. sorted.Select(i => i.File)], [.. sorted.Select(i => labelOf[i.Class])], classes);
    }

    /// <summary>The images in the class folders of a split; all, without classes, where it has none.</summary>
    private static (StoredFile File, string Class)[] Labelled(StoredFile[] images, FolderNode split)
    {
        var start = split.Prefix.Length;

        return split.Folders.Count == 0
            ? [.. images.Select(image => (image, ""))]
            : [.. from image in images let end = image.Path.IndexOf('/', start) where end > 0 select (image, image.Path[start..end])];
    }

    private IEnumerable<string> Loose(FolderNode split) => split.Folders.Count == 0 ? [] :
        DataPath.LeftOut(split.OwnImages, _kind.Name, $" beside the class folders{(split.Path.Length > 0 ? $" of '{split.Path}'" : "")}");

    /// <summary>The images of folders that are in no split.</summary>
    private IEnumerable<string> Elsewhere(FolderNode folder) =>
        folder == _splits.Train || folder == _splits.Test ? []
        : IsAround(folder) ? [.. DataPath.LeftOut(folder.OwnImages, _kind.Name, " beside the splits"), .. folder.Folders.SelectMany(Elsewhere)]
        : DataPath.LeftOut(folder.Images, _kind.Name, $" in '{folder.Path}', which is no split that is used");

    private bool IsAround(FolderNode folder) => _splits.Train.IsIn(folder) || _splits.Test?.IsIn(folder) == true;

    /// <summary>What links to folders reach although it is there already: the image counts where it lies.</summary>
    /// <exception cref="ConfigurationException">An image is reached through two links and lies in neither split: it cannot be told which counts.</exception>
    private HashSet<StoredFile> Repeated(StoredFile[] images)
    {
        StoredFile[] linked = [.. images.Where(image => image.Origin is not null)];
        if (linked.Length == 0)
        {
            return [];
        }

        var own = images.Where(image => image.Origin is null).Select(image => (image.Shard, image.Path)).ToHashSet();
        var others = linked.Where(image => !own.Contains((image.Shard, image.Origin!)));
        if (others.GroupBy(image => (image.Shard, image.Origin)).FirstOrDefault(group => group.Count() > 1)?.Take(2).ToArray() is [var first, var second])
        {
            throw new ConfigurationException(
                $"{_location} has one {_kind.Name} twice, through links to folders: '{first.Path}' and '{second.Path}' are {first.Origin}. "
                + "Remove one of the links.");
        }

        return [.. linked.Where(image => own.Contains((image.Shard, image.Origin!)))];
    }

    private static void RequireFiles(string location, FileListing listing, DataLayout layout)
    {
        if (listing.Files.Count > 0)
        {
            return;
        }

        var others = DataPath.Enumerate([.. listing.Others.Keys.Where(extension => extension.Length > 0)], Shown);
        var archive = listing.Others.Keys.Any(Compression.IsArchiveExtension)
            ? " Is the data in an archive there? Point data.path at a .tar itself; unpack any other."
            : "";
        throw new ConfigurationException(
            $"{location} has no {listing.Kind.Names}: it holds {listing.Others.Values.Sum()} files{(others.Length > 0 ? $" ({others})" : "")}. "
            + $"Expected {(layout == DataLayout.Flat ? "" : "SPLIT/CLASS/")}{listing.Kind.Expected}"
            + $"{(layout == DataLayout.Flat ? "" : " with SPLIT = train and test or val")}.{listing.Kind.Hint(listing.Others.Keys)}"
            + archive);
    }
}
