namespace Parallax.Plugins.Datasets;

/// <summary>Names of folders that hold a split.</summary>
internal static class SplitNames
{
    /// <summary>Of training images.</summary>
    public static readonly string[] Train = ["train", "training"];

    /// <summary>Of held-out images, the first ones first.</summary>
    public static readonly string[] Test = ["test", "testing", "val", "validation", "valid"];

    private static readonly string[] Endings = ["set", "data", "images", "imgs", "split"];

    public static bool IsTrain(FolderNode folder) => Train.Contains(folder.Name, StringComparer.OrdinalIgnoreCase);

    public static bool IsTest(FolderNode folder) => Test.Contains(folder.Name, StringComparer.OrdinalIgnoreCase);

    public static bool IsSplit(FolderNode folder) => IsTrain(folder) || IsTest(folder);

    /// <summary>Whether a name is that of a split and a little more, as in <c>testset</c>, <c>val_images</c> or <c>train2017</c>.</summary>
    public static bool IsNear(FolderNode folder)
    {
        var name = folder.Name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9').TrimEnd('_', '-', ' ').ToLowerInvariant();
        var end = Endings.FirstOrDefault(ending => name.EndsWith(ending, StringComparison.Ordinal)) ?? "";
        var word = name[..^end.Length].TrimEnd('_', '-', ' ');

        return Train.Contains(word) || Test.Contains(word);
    }

    /// <summary>Whether one of these words is part of a name, as in <c>training_set</c> or <c>train2017</c>.</summary>
    public static bool Mentions(FolderNode folder, string[] words)
    {
        var letters = string.Concat(folder.Name.Select(c => char.IsLetter(c) ? c : ' '));

        return letters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(word => words.Contains(word, StringComparer.OrdinalIgnoreCase));
    }
}
