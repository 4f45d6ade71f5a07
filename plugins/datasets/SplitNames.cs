namespace Parallax.Plugins.Datasets;

/// <summary>Names of folders that hold a split.</summary>
internal static class SplitNames
{
    /// <summary>Of training images.</summary>
    public static readonly string[] Train = ["train", "training"];

    /// <summary>Of held-out images, the first ones first.</summary>
    public static readonly string[] Test = ["test", "testing", "val", "validation", "valid"];

    public static bool IsTrain(FolderNode folder) => Train.Contains(folder.Name, StringComparer.OrdinalIgnoreCase);

    public static bool IsTest(FolderNode folder) => Test.Contains(folder.Name, StringComparer.OrdinalIgnoreCase);

    public static bool IsSplit(FolderNode folder) => IsTrain(folder) || IsTest(folder);

    /// <summary>Whether one of these words is part of a name, as in <c>training_set</c> or <c>train2017</c>.</summary>
    public static bool Mentions(FolderNode folder, string[] words)
    {
        var letters = string.Concat(folder.Name.Select(c => char.IsLetter(c) ? c : ' '));

        return letters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(word => words.Contains(word, StringComparer.OrdinalIgnoreCase));
    }
}
