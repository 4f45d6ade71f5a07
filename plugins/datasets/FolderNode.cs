namespace Parallax.Plugins.Datasets;

/// <summary>A folder that has images, in it or further below.</summary>
/// <param name="path">Path from the top; empty for the top itself.</param>
internal sealed class FolderNode(string path)
{
    private readonly SortedDictionary<string, FolderNode> _folders = new(StringComparer.Ordinal);

    /// <summary>Path from the top; empty for the top itself.</summary>
    public string Path => path;

    /// <summary>Last part of the path.</summary>
    public string Name => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>Images in it and below.</summary>
    public int Images { get; private set; }

    /// <summary>Images in it.</summary>
    public int OwnImages { get; private set; }

    /// <summary>The folders in it, in ordinal order.</summary>
    public IReadOnlyCollection<FolderNode> Folders => _folders.Values;

    /// <summary>What a path in it begins with.</summary>
    public string Prefix { get; } = path.Length == 0 ? "" : $"{path}/";

    /// <summary>Whether it is another folder or lies in it.</summary>
    public bool IsIn(FolderNode other) => Prefix.StartsWith(other.Prefix, StringComparison.Ordinal);

    /// <summary>The folder and all below, from the top down.</summary>
    public IEnumerable<FolderNode> All => Folders.SelectMany(folder => folder.All).Prepend(this);

    /// <summary>Sorts images into folders.</summary>
    public static FolderNode Of(IEnumerable<StoredFile> images)
    {
        var top = new FolderNode("");
        foreach (var image in images)
        {
            top.Add(image);
        }

        return top;
    }

    private void Add(StoredFile image)
    {
        var (folder, file) = (this, image.Path);
        folder.Images++;
        for (var (start, end) = (0, file.IndexOf('/')); end >= 0; (start, end) = (end + 1, file.IndexOf('/', end + 1)))
        {
            var name = file[start..end];
            if (!folder._folders.TryGetValue(name, out var next))
            {
                folder._folders[name] = next = new(file[..end]);
            }

            folder = next;
            folder.Images++;
        }

        folder.OwnImages++;
    }
}
