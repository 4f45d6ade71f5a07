namespace Parallax.Plugins.Datasets;

/// <summary>What an entry of a folder is.</summary>
internal enum EntryKind
{
    /// <summary>Bytes; a device or a pipe counts as a file without any.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link. A hard link is a file like any other.</summary>
    Link,
}

/// <summary>An entry of a folder.</summary>
/// <param name="Name">Last part of its path.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Offset">Where a file's bytes start in an archive; 0 in a folder.</param>
/// <param name="Length">Bytes of a file.</param>
internal readonly record struct TreeEntry(string Name, EntryKind Kind, long Offset = 0, long Length = 0);

/// <summary>What a symbolic link leads to in the end.</summary>
/// <param name="Place">Its own place, free of links.</param>
/// <param name="Entry">What is there: a file or a folder.</param>
internal readonly record struct LinkTarget(string Place, TreeEntry Entry);

/// <summary>
/// Folders as <see cref="TreeWalk"/> sees them, on disk or in an archive. A place is an absolute path with forward slashes and none at its end; that of an
/// archive's top is empty.
/// </summary>
internal interface IFileTree
{
    /// <summary>Place of the top folder.</summary>
    string Root { get; }

    /// <summary>What a folder holds, in any order.</summary>
    IEnumerable<TreeEntry> List(string place);

    /// <summary>Follows a link to its end; null when it leads nowhere, or out of the archive.</summary>
    LinkTarget? Follow(string place);
}
