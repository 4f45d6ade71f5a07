namespace Parallax.Plugins.Datasets;

/// <summary>Where the images of each split are.</summary>
/// <param name="Train">Folder of the training images.</param>
/// <param name="Test">Folder of the held-out images; null without.</param>
/// <param name="IsFlat">Whether there are no splits: then all images are for training.</param>
internal sealed record SplitFolders(FolderNode Train, FolderNode? Test, bool IsFlat);

/// <summary>Looks for the folders of the splits. What can be read in two ways is refused with the setting that says which: a test image must never be trained on.</summary>
/// <param name="location">Folder or archive, for messages.</param>
/// <param name="top">Its images.</param>
/// <param name="layout">What the recipe says about folders.</param>
internal sealed class SplitFinder(string location, FolderNode top, DataLayout layout)
{
    private const int Shown = 5;

    /// <exception cref="ConfigurationException">There is no training split, or more than one way to read the folders.</exception>
    public SplitFolders Find(string? trainSplit, string? testSplit)
    {
        if (trainSplit is not null || testSplit is not null)
        {
            return Named(trainSplit, testSplit);
        }

        return layout == DataLayout.Flat ? new(Unwrapped(_ => false), null, IsFlat: true) : Usual();
    }

    /// <summary>Where the images are, for messages.</summary>
    public string Found() => Found(Unwrapped(HasSplits));

    private SplitFolders Named(string? trainSplit, string? testSplit)
    {
        var train = trainSplit is null ? null : Locate(trainSplit, "data.trainSplit");
        var test = testSplit is null ? null : Locate(testSplit, "data.testSplit");
        train ??= OneOf([.. Beside(test!).Where(SplitNames.IsTrain)], "training", "data.trainSplit") ?? throw NoTraining(test!);
        test ??= UsualTest(train, [.. Beside(train).Where(SplitNames.IsTest)]);
        if (test is not null && (test.Prefix.StartsWith(train.Prefix, StringComparison.Ordinal) || train.Prefix.StartsWith(test.Prefix, StringComparison.Ordinal)))
        {
            throw new ConfigurationException($"data.trainSplit is '{train.Path}' and data.testSplit is '{test.Path}': images of one would be in the other. Name two folders of which neither lies in the other.");
        }

        return new(Inner(train), test is null ? null : Inner(test), IsFlat: false);
    }

    private SplitFolders Usual()
    {
        var root = Unwrapped(HasSplits);
        if (HasSplits(root))
        {
            return OfRoot(root);
        }

        FolderNode[] deeper = [.. Roots(root)];
        if (deeper is [var only] && (layout == DataLayout.Splits || IsAloneAndComplete(only)))
        {
            return OfRoot(only);
        }

        if (deeper.Length > 0)
        {
            throw Several([.. deeper.SelectMany(folder => folder.Folders.Where(SplitNames.IsSplit))], root);
        }

        if (layout == DataLayout.Splits)
        {
            throw new ConfigurationException($"data.layout is splits, but {location} has no folder named {string.Join(" or ", SplitNames.Train)}; {Found(root)}. Name it with data.trainSplit, or set data.layout: flat.");
        }

        RefuseNearNames(root);

        return new(root, null, IsFlat: true);
    }

    private SplitFolders OfRoot(FolderNode root)
    {
        FolderNode[] trains = [.. root.Folders.Where(SplitNames.IsTrain)], tests = [.. root.Folders.Where(SplitNames.IsTest)], others = [.. root.Folders.Where(folder => !SplitNames.IsSplit(folder))];
        var train = OneOf(trains, "training", "data.trainSplit");
        if (layout == DataLayout.Auto && others.Length > 0 && !(train is not null && tests.Any(test => SharesClasses(train, test))))
        {
            throw TwoWays([.. trains, .. tests], others);
        }

        train = train ?? throw NoTraining(tests[0]);
        var test = UsualTest(train, tests);
        FolderNode[] doubtful = [.. Inner(train).Folders.Where(folder => SplitNames.IsTest(folder) && test?.Folders.Any(other => other.Name == folder.Name) != true)];
        if (layout == DataLayout.Auto && doubtful.Length > 0)
        {
            throw InsideTraining(train, doubtful);
        }

        return new(Inner(train), test is null ? null : Inner(test), IsFlat: false);
    }

    /// <summary>The first of the usual names; one without classes only when no other has them, if the training images have.</summary>
    private FolderNode? UsualTest(FolderNode train, FolderNode[] tests)
    {
        FolderNode[] comparable = Inner(train).Folders.Count > 0 ? [.. tests.Where(test => Inner(test).Folders.Count > 0)] : tests;
        FolderNode[] wanted = comparable.Length > 0 ? comparable : tests;

        return SplitNames.Test.Select(name => OneOf([.. wanted.Where(test => test.Name.Equals(name, StringComparison.OrdinalIgnoreCase))], "test", "data.testSplit"))
            .FirstOrDefault(test => test is not null);
    }

    private FolderNode? OneOf(FolderNode[] folders, string what, string key) => folders.Length <= 1 ? folders.FirstOrDefault() : throw new ConfigurationException(
        $"{location} has several folders that can be the {what} split: {Quoted(folders)}. Say which with {key}, for example {key}: {folders[0].Path}.");

    /// <summary>
    /// The folder that all images lie in, as archives often have one or more around everything: a folder of folders. Stops at a folder that is wanted, but not at one whose only folder,
    /// called a split itself, has both splits.
    /// </summary>
    private FolderNode Unwrapped(Func<FolderNode, bool> isWanted)
    {
        var root = top;
        while (root is { OwnImages: 0, Folders.Count: 1 } && root.Folders.First() is var inner
            && (isWanted(root) ? HasBothSplits(inner) && isWanted(inner) : inner.OwnImages == 0 || isWanted(inner)))
        {
            root = inner;
        }

        return root;
    }

    /// <summary>A split may be packed once more under its own name, as in train/train/CLASS.</summary>
    private static FolderNode Inner(FolderNode split) =>
        split is { OwnImages: 0, Folders.Count: 1 } && split.Folders.First() is { OwnImages: 0 } inner && inner.Name.Equals(split.Name, StringComparison.OrdinalIgnoreCase) ? inner : split;

    private static bool HasSplits(FolderNode folder) => folder.Folders.Any(SplitNames.IsSplit);

    private static bool HasBothSplits(FolderNode folder) => folder.Folders.Any(SplitNames.IsTrain) && folder.Folders.Any(SplitNames.IsTest);

    private static bool SharesClasses(FolderNode train, FolderNode test) => Inner(train).Folders.Select(f => f.Name).Intersect(Inner(test).Folders.Select(f => f.Name)).Any();

    /// <summary>Folders that have splits, from here down; not those within a split.</summary>
    private static IEnumerable<FolderNode> Roots(FolderNode folder) => HasSplits(folder) ? [folder] : folder.Folders.SelectMany(Roots);

    /// <summary>Both splits are there, and all other images lie loose in the folders around them.</summary>
    private bool IsAloneAndComplete(FolderNode root) => HasBothSplits(root)
        && top.Images == root.Images + top.All.Where(folder => root.Prefix.StartsWith(folder.Prefix, StringComparison.Ordinal) && folder != root).Sum(folder => folder.OwnImages);

    private IEnumerable<FolderNode> Beside(FolderNode folder) => top.All.Single(parent => parent.Folders.Contains(folder)).Folders.Where(other => other != folder);

    /// <summary>A folder by its path from the top, or by the end of it where there are folders around; the one with the fewest around it.</summary>
    private FolderNode Locate(string wanted, string key)
    {
        var name = wanted.Trim('/');
        var found = top.All.Where(folder => folder.Path == name || folder.Path.EndsWith($"/{name}", StringComparison.Ordinal)).GroupBy(folder => folder.Path.Count(c => c == '/')).MinBy(group => group.Key);

        return name.Length > 0 && found?.ToArray() is { } folders
            ? OneOf(folders, wanted, key)!
            : throw new ConfigurationException($"{location} has no folder '{wanted}' with images; {Found()}. Correct {key}.");
    }

    private void RefuseNearNames(FolderNode root)
    {
        foreach (var folder in root.All)
        {
            FolderNode[] trains = [.. folder.Folders.Where(f => SplitNames.Mentions(f, SplitNames.Train))], tests = [.. folder.Folders.Where(f => SplitNames.Mentions(f, SplitNames.Test))];
            FolderNode[] near = trains.Length > 0 && tests.Length > 0 ? [.. trains, .. tests] : [.. folder.Folders.Where(SplitNames.IsNear)];
            if (near.Length > 0)
            {
                var (train, test) = (trains.FirstOrDefault()?.Path ?? "FOLDER", tests.FirstOrDefault()?.Path ?? "FOLDER");
                throw new ConfigurationException(
                    $"{location} has folders whose names look like those of splits: {Quoted(near)}. Say what they are: data.trainSplit: {train} and data.testSplit: {test}, or data.layout: flat if they are classes.");
            }
        }
    }

    private ConfigurationException TwoWays(FolderNode[] splits, FolderNode[] others) => new(
        $"{location} can be read in two ways: {Quoted(splits)} beside {Quoted(others)} may be a split or a class. Set data.layout: flat if all of them are classes, "
        + $"or data.layout: splits to use only {Quoted(splits)}.");

    private ConfigurationException Several(FolderNode[] splits, FolderNode root) => new(
        $"{location} has folders named like splits, but not beside each other at the top: {Quoted(splits)}. Say where to look: {Example(splits)}, or data.layout: flat if {Quoted([.. root.Folders])} are classes.");

    private ConfigurationException InsideTraining(FolderNode train, FolderNode[] tests) => new(
        $"{location} has {Quoted(tests)} within the training split: test images, or classes? Set data.trainSplit: {train.Path} if they are classes, or name the folders of both splits with data.trainSplit and data.testSplit.");

    private static string Example(FolderNode[] splits)
    {
        var train = splits.FirstOrDefault(SplitNames.IsTrain) ?? splits[0];

        return splits.FirstOrDefault(folder => SplitNames.IsTest(folder) && folder != train) is { } test ? $"data.trainSplit: {train.Path} and data.testSplit: {test.Path}" : $"data.trainSplit: {train.Path}";
    }

    private ConfigurationException NoTraining(FolderNode test) => new(
        $"{location} has test images in '{test.Path}' but no training folder; {Found()}. Expected 'train', or name it with data.trainSplit.");

    private static string Found(FolderNode root) =>
        $"it has images in {DataPath.Enumerate([.. root.Folders.Select(folder => $"'{folder.Path}'").Concat(root.OwnImages > 0 ? [root.Path.Length > 0 ? $"'{root.Path}' itself" : "the top"] : Array.Empty<string>())], Shown)}";

    private static string Quoted(IReadOnlyCollection<FolderNode> folders) => DataPath.Enumerate([.. folders.Select(folder => $"'{folder.Path}'")], Shown);
}
