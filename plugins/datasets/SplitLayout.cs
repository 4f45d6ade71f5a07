namespace Parallax.Plugins.Datasets;

/// <summary>The images of one split in ordinal order, with their classes.</summary>
/// <param name="Files">Images.</param>
/// <param name="Labels">Class of each; -1 without classes.</param>
/// <param name="Classes">Class names in label order; empty without classes.</param>
internal sealed record SplitFiles(StoredFile[] Files, int[] Labels, string[] Classes);

/// <summary>Sorts the files of a folder or archive into splits and classes by their paths: SPLIT/CLASS/..., CLASS/... or no folders at all.</summary>
/// <param name="location">Folder or archive, for messages.</param>
/// <param name="files">Everything in it.</param>
/// <param name="trainSplit">Folder of the training images; null to look for the usual names.</param>
/// <param name="testSplit">Folder of the test images; null to look for the usual names.</param>
internal sealed class SplitLayout(string location, StoredFile[] files, string? trainSplit, string? testSplit)
{
    private static readonly string[] TrainNames = ["train", "training"];
    private static readonly string[] TestNames = ["test", "val", "validation", "valid"];
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"];

    private readonly ILookup<string, (StoredFile File, string Inner)> _byFolder = Images(location, files, [.. TrainNames, .. TestNames, trainSplit ?? "", testSplit ?? ""]).ToLookup(i => i.Folder, i => (i.File, i.Inner));

    /// <exception cref="ConfigurationException">The split is not there, or is empty; says what was found.</exception>
    public SplitFiles Find(DatasetSplit split)
    {
        var train = Sort(Folder(trainSplit, TrainNames) is { } name ? [.. _byFolder[name]] : WithoutSplits(), classes: null);

        return split == DatasetSplit.Train ? train : Sort([.. _byFolder[TestFolder()]], train.Classes);
    }

    private string? Folder(string? wanted, string[] usual)
    {
        if (wanted is null)
        {
            return usual.Select(name => _byFolder.Select(g => g.Key).FirstOrDefault(key => key.Equals(name, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(key => key is not null);
        }

        return _byFolder.Contains(wanted) ? wanted : throw new ConfigurationException($"{location} has no folder '{wanted}' with images; {Found()}. Correct data.trainSplit or data.testSplit.");
    }

    /// <summary>No folder named like a training split: then everything is for training, unless a test folder says that one was meant to be there.</summary>
    private (StoredFile File, string Inner)[] WithoutSplits()
    {
        if (Folder(testSplit, TestNames) is { } test)
        {
            throw new ConfigurationException($"{location} has test images in '{test}' but no training folder; {Found()}. Expected 'train', or name it with data.trainSplit.");
        }

        return [.. _byFolder.SelectMany(group => group.Select(image => (image.File, group.Key.Length > 0 ? $"{group.Key}/{image.Inner}" : image.Inner)))];
    }

    private string TestFolder() => Folder(testSplit, TestNames) ?? throw new ConfigurationException(
        $"{location} has no test split; {Found()}. Evaluation needs a folder named {string.Join(", ", TestNames)}, or its name in data.testSplit.");

    private SplitFiles Sort((StoredFile File, string Inner)[] images, string[]? classes)
    {
        var labelled = images.Where(i => i.Inner.Contains('/', StringComparison.Ordinal)).Select(i => (i.File, Class: i.Inner[..i.Inner.IndexOf('/', StringComparison.Ordinal)])).ToArray();
        if (labelled.Length == 0)
        {
            StoredFile[] flat = [.. images.Select(i => i.File).OrderBy(f => f.Path, StringComparer.Ordinal)];
            return classes is { Length: > 0 }
                ? throw new ConfigurationException($"The test split of {location} has no class folders, but the training split has {DataPath.Enumerate(classes, 5)}.")
                : new SplitFiles(flat, [.. Enumerable.Repeat(-1, flat.Length)], []);
        }

        string[] found = [.. labelled.Select(i => i.Class).Distinct().Order(StringComparer.Ordinal)];
        classes ??= found;
        if (found.Except(classes).ToArray() is { Length: > 0 } unknown)
        {
            throw new ConfigurationException($"The test split of {location} has the classes {DataPath.Enumerate(unknown, 5)}, which the training split has not. Both need the same class folders.");
        }

        var labelOf = classes.Select((name, label) => (name, label)).ToDictionary(c => c.name, c => c.label);
        var sorted = labelled.OrderBy(i => labelOf[i.Class]).ThenBy(i => i.File.Path, StringComparer.Ordinal).ToArray();

        return new SplitFiles([.. sorted.Select(i => i.File)], [.. sorted.Select(i => labelOf[i.Class])], classes);
    }

    private string Found() => $"it has images in {DataPath.Enumerate([.. _byFolder.Select(g => g.Key.Length > 0 ? $"'{g.Key}'" : "the top").Order(StringComparer.Ordinal)], 5)}";

    private static IEnumerable<(string Folder, string Inner, StoredFile File)> Images(string location, StoredFile[] files, string[] splitNames)
    {
        (string Path, StoredFile File)[] images =
        [
            .. from file in files
               let path = file.Path.StartsWith("./", StringComparison.Ordinal) ? file.Path[2..] : file.Path
               where !Path.GetFileName(path).StartsWith('.') && Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)
               select (path, file),
        ];
        if (images.Length == 0)
        {
            var others = files.Select(f => Path.GetExtension(f.Path)).Where(e => e.Length > 0).Distinct().Order(StringComparer.Ordinal).ToArray();
            throw new ConfigurationException(
                $"{location} has no images: it holds {files.Length} files{(others.Length > 0 ? $" ({DataPath.Enumerate(others, 5)})" : "")}. "
                + "Expected SPLIT/CLASS/*.jpg (or .jpeg, .png, .webp, .gif, .bmp) with SPLIT = train and test or val.");
        }

        var skip = CommonFolder(images[0].Path, images, splitNames);
        foreach (var (path, file) in images)
        {
            var inner = path[skip..];
            var slash = inner.IndexOf('/', StringComparison.Ordinal);
            yield return slash < 0 ? ("", inner, file) : (inner[..slash], inner[(slash + 1)..], file);
        }
    }

    /// <summary>Length of a folder around everything, as archives often have one; 0 without, or when the folder is itself a split.</summary>
    private static int CommonFolder(string first, (string Path, StoredFile File)[] images, string[] splitNames)
    {
        var slash = first.IndexOf('/', StringComparison.Ordinal);
        var deeper = slash > 0 && images.All(i => i.Path.IndexOf('/', slash + 1) > 0 && i.Path.AsSpan(0, slash + 1).SequenceEqual(first.AsSpan(0, slash + 1)));
        var isSplit = slash > 0 && splitNames.Contains(first[..slash], StringComparer.OrdinalIgnoreCase);

        return deeper && !isSplit ? slash + 1 : 0;
    }
}
