namespace Parallax.Plugins.Datasets;

/// <summary>Where the images of each split are.</summary>
/// <param name="Train">Folder of the training images.</param>
/// <param name="Test">Folder of the held-out images; null without.</param>
/// <param name="IsFlat">Whether there are no splits: then all images are for training.</param>
internal sealed record SplitFolders(FolderNode Train, FolderNode? Test, bool IsFlat);

/// <summary>
/// Looks for the folders of the splits. What can be read in two ways is refused with the setting that says which: a test image must never be trained on.
/// </summary>
/// <param name="location">Folder or archive, for messages.</param>
/// <param name="top">Its images.</param>
/// <param name="layout">What the recipe says about folders.</param>
/// <param name="kind">What the data set is made of.</param>
internal sealed class SplitFinder(string location, FolderNode top, DataLayout layout, FileKind kind)
{
    private const string TrainKey = "data.trainSplit", TestKey = "data.testSplit";
    private readonly SplitFaults _faults = new(location, kind);

    /// <summary>Where the images are, for messages.</summary>
    public string Found => _faults.Found(Root);

    private FolderNode Root => Unwrapped(HasSplits);

    /// <exception cref="ConfigurationException">There is no training split, or more than one way to read the folders.</exception>
    public SplitFolders Find(string? trainSplit, string? testSplit)
    {
        if (trainSplit is not null || testSplit is not null)
        {
            return Named(trainSplit, testSplit);
        }

        return layout == DataLayout.Flat ? new(Unwrapped(_ => false), null, IsFlat: true) : Usual();
    }

    private SplitFolders Named(string? trainSplit, string? testSplit)
    {
        var train = trainSplit is null ? null : Locate(trainSplit, TrainKey);
        var test = testSplit is null ? null : Locate(testSplit, TestKey);
        train ??= OneOf([.. Beside(test!).Where(SplitNames.IsTrain)], "training", TrainKey) ?? throw _faults.NoTraining(test!, Root);
        test ??= UsualTest(train, [.. Beside(train).Where(SplitNames.IsTest)]);
        if (test is not null && (test.IsIn(train) || train.IsIn(test)))
        {
            throw _faults.OneInTheOther(train, test);
        }

        return new(Inner(train), test is null ? null : Inner(test), IsFlat: false);
    }

    private SplitFolders Usual()
    {
        var root = Root;
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
            throw _faults.NotAtTheTop([.. deeper.SelectMany(folder => folder.Folders.Where(SplitNames.IsSplit))], root);
        }

        if (layout == DataLayout.Splits)
        {
            throw _faults.NoSplits(root);
        }

        foreach (var folder in root.All)
        {
            RefuseNearNames(folder);
        }

        return new(root, null, IsFlat: true);
    }

    private SplitFolders OfRoot(FolderNode root)
    {
        FolderNode[] trains = [.. root.Folders.Where(SplitNames.IsTrain)], tests = [.. root.Folders.Where(SplitNames.IsTest)];
        FolderNode[] others = [.. root.Folders.Where(folder => !SplitNames.IsSplit(folder))];
        var train = OneOf(trains, "training", TrainKey);
        if (layout == DataLayout.Auto && others.Length > 0 && !(train is not null && tests.Any(test => SharesClasses(train, test))))
        {
            throw _faults.TwoWays([.. trains, .. tests], others);
        }

        train = train ?? throw _faults.NoTraining(tests[0], Root);
        var test = UsualTest(train, tests);
        FolderNode[] inside = [.. Inner(train).Folders.Where(SplitNames.IsTest).Where(folder => test?.Folders.Any(other => other.Name == folder.Name) != true)];
        if (layout == DataLayout.Auto && inside.Length > 0)
        {
            throw _faults.InsideTraining(train, inside);
        }

        return new(Inner(train), test is null ? null : Inner(test), IsFlat: false);
    }

    /// <summary>The first of the usual names; one without classes only when no other has them, if the training images have.</summary>
    private FolderNode? UsualTest(FolderNode train, FolderNode[] tests)
    {
        FolderNode[] comparable = Inner(train).Folders.Count > 0 ? [.. tests.Where(test => Inner(test).Folders.Count > 0)] : tests;
        var wanted = comparable.Length > 0 ? comparable : tests;

        return SplitNames.Test
            .Select(name => OneOf([.. wanted.Where(test => test.Name.Equals(name, StringComparison.OrdinalIgnoreCase))], "test", TestKey))
            .FirstOrDefault(test => test is not null);
    }

    private FolderNode? OneOf(FolderNode[] folders, string split, string key) =>
        folders.Length <= 1 ? folders.FirstOrDefault() : throw _faults.SeveralFor(split, key, folders);

    /// <summary>
    /// The folder that all images lie in, as archives often have one or more around everything: a folder of folders. Stops at a folder that is wanted, but not
    /// at one whose only folder, called a split itself, has both splits.
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
        split is { OwnImages: 0, Folders.Count: 1 } && split.Folders.First() is { OwnImages: 0 } inner
        && inner.Name.Equals(split.Name, StringComparison.OrdinalIgnoreCase) ? inner : split;

    private static bool HasSplits(FolderNode folder) => folder.Folders.Any(SplitNames.IsSplit);

    private static bool HasBothSplits(FolderNode folder) => folder.Folders.Any(SplitNames.IsTrain) && folder.Folders.Any(SplitNames.IsTest);

    private static bool SharesClasses(FolderNode train, FolderNode test) =>
        Inner(train).Folders.Select(folder => folder.Name).Intersect(Inner(test).Folders.Select(folder => folder.Name)).Any();

    /// <summary>Folders that have splits, from here down; not those within a split.</summary>
    private static IEnumerable<FolderNode> Roots(FolderNode folder) => HasSplits(folder) ? [folder] : folder.Folders.SelectMany(Roots);

    /// <summary>Both splits are there, and all other images lie loose in the folders around them.</summary>
    private bool IsAloneAndComplete(FolderNode root) =>
        HasBothSplits(root) && top.Images == root.Images + top.All.Where(folder => root.IsIn(folder) && folder != root).Sum(folder => folder.OwnImages);

    private IEnumerable<FolderNode> Beside(FolderNode folder) =>
        top.All.Single(parent => parent.Folders.Contains(folder)).Folders.Where(other => other != folder);

    /// <summary>A folder by its path from the top, or by the end of it where there are folders around; the one with the fewest around it.</summary>
    private FolderNode Locate(string wanted, string key)
    {
        var name = wanted.Trim('/');
        var found = top.All.Where(folder => folder.Path == name || folder.Path.EndsWith($"/{name}", StringComparison.Ordinal))
            .GroupBy(folder => folder.Path.Count(c => c == '/')).MinBy(group => group.Key)?.ToArray();

        return name.Length > 0 && found is not null ? OneOf(found, wanted, key)! : throw _faults.NotThere(wanted, key, Root);
    }

    private void RefuseNearNames(FolderNode folder)
    {
        FolderNode[] trains = [.. folder.Folders.Where(inner => SplitNames.Mentions(inner, SplitNames.Train))];
        FolderNode[] tests = [.. folder.Folders.Where(inner => SplitNames.Mentions(inner, SplitNames.Test))];
        FolderNode[] near = trains.Length > 0 && tests.Length > 0 ? [.. trains, .. tests] : [.. folder.Folders.Where(SplitNames.IsNear)];
        if (near.Length > 0)
        {
            throw _faults.NearNames(near, trains.FirstOrDefault(), tests.FirstOrDefault());
        }
    }
}
