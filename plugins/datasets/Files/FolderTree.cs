using System.IO.Enumeration;

namespace Parallax.Plugins.Datasets;

/// <summary>Folders on disk.</summary>
/// <param name="folder">The top folder; a link is followed.</param>
internal sealed class FolderTree(string folder) : IFileTree
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    public string Root { get; } = RealPath.Of(folder) ?? folder;

    public IEnumerable<TreeEntry> List(string place) =>
        new FileSystemEnumerable<TreeEntry>(place.Length == 0 ? "/" : place, static (ref entry) => Describe(ref entry), Everything);

    public LinkTarget? Follow(string place)
    {
        var target = RealPath.Of(place);
        var name = Path.GetFileName(target) ?? "";

        return target is "" || Directory.Exists(target) ? new(target, new(name, EntryKind.Folder))
            : File.Exists(target) ? new(target, new(name, EntryKind.File, Length: new FileInfo(target).Length))
            : null;
    }

    private static TreeEntry Describe(ref FileSystemEntry entry)
    {
        var name = entry.FileName.ToString();

        return entry.Attributes.HasFlag(FileAttributes.ReparsePoint) ? new(name, EntryKind.Link)
            : entry.IsDirectory ? new(name, EntryKind.Folder)
            : new(name, EntryKind.File, Length: entry.Length);
    }
}
