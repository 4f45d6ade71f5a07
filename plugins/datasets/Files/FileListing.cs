namespace Parallax.Plugins.Datasets;

/// <summary>What a folder or an archive holds.</summary>
/// <param name="Kind">What the data set is made of.</param>
/// <param name="Files">Files of this kind by their names, in any order.</param>
/// <param name="Others">Number of the other files, by extension.</param>
/// <param name="LeftOut">What was left out and why, for people.</param>
internal sealed record FileListing(
    FileKind Kind, IReadOnlyList<StoredFile> Files, IReadOnlyDictionary<string, int> Others, IReadOnlyList<string> LeftOut)
{
    /// <summary>Text files, where they are asked for, in any order.</summary>
    public IReadOnlyList<StoredFile> Texts { get; init; } = [];
}
