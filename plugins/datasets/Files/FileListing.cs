namespace Parallax.Plugins.Datasets;

/// <summary>What a folder or an archive holds.</summary>
/// <param name="Images">Files that look like images, in any order.</param>
/// <param name="Others">Number of the other files, by extension.</param>
/// <param name="LeftOut">What was left out and why, for people.</param>
internal sealed record FileListing(IReadOnlyList<StoredFile> Images, IReadOnlyDictionary<string, int> Others, IReadOnlyList<string> LeftOut)
{
    /// <summary>Text files, where they are asked for, in any order.</summary>
    public IReadOnlyList<StoredFile> Texts { get; init; } = [];
}
