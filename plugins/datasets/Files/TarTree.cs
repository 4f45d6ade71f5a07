using System.Formats.Tar;

namespace Parallax.Plugins.Datasets;

/// <summary>
/// An archive as the folders that unpacking it would give: of entries with one name the last counts, a hard link is the file that it names, names stay inside.
/// </summary>
internal sealed class TarTree : IFileTree
{
    private const int MostLinks = 40;   // as on disk
    private readonly Node _top = Node.Folder("");
    private int _outside, _sparse;

    public TarTree(IEnumerable<TarItem> items)
    {
        foreach (var item in items)
        {
            Add(item);
        }
    }

    public string Root => "";

    /// <summary>What cannot be unpacked as it stands, for people.</summary>
    public IEnumerable<string> LeftOut =>
    [
        .. DataPath.LeftOut(_outside, "entry", " with '..' in the name", many: "entries"),
        .. DataPath.LeftOut(_sparse, "sparse file", " (pack them without --sparse)"),
    ];

    public IEnumerable<TreeEntry> List(string place) => Find(place)!.Children!.Values.Select(node => node.Entry);

    public LinkTarget? Follow(string place)
    {
        var steps = new Stack<string>(RealPath.Parts(place).Reverse());
        var trail = new Stack<Node>([_top]);
        for (var links = 0; steps.TryPop(out var step);)
        {
            if (step == "..")
            {
                trail.Pop();
                if (trail.Count == 0)
                {
                    return null;
                }
            }
            else if (trail.Peek().Children?.GetValueOrDefault(step) is not { } next)
            {
                return null;
            }
            else if (next.Link is not { } link)
            {
                trail.Push(next);
            }
            else if (links++ >= MostLinks || link.Path.StartsWith('/'))
            {
                return null;
            }
            else
            {
                trail = link.IsFromTop ? new([_top]) : trail;
                RealPath.Parts(link.Path).Reverse().ToList().ForEach(steps.Push);
            }
        }

        return new(string.Concat(trail.Reverse().Skip(1).Select(node => $"/{node.Entry.Name}")), trail.Peek().Entry);
    }

    private void Add(TarItem item)
    {
        string[] parts = [.. RealPath.Parts(item.File.Path)];
        if (parts.Contains(".."))
        {
            _outside++;
            return;
        }

        switch (item.Type)
        {
            case TarEntryType.Directory or TarEntryType.DirectoryList:
                FolderOf(parts);
                break;
            case TarEntryType.SymbolicLink when parts.Length > 0:
                Put(parts, name => Node.LinkTo(name, item.Link));
                break;
            case TarEntryType.HardLink when parts.Length > 0:
                Put(parts, Hard(item.Link));
                break;
            case TarEntryType.SparseFile:
                _sparse++;
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile when parts.Length > 0 && !item.IsSparse:
                Put(parts, name => Node.File(name, item.File.Offset, item.File.Length));
                break;
            case TarEntryType.Fifo or TarEntryType.CharacterDevice or TarEntryType.BlockDevice when parts.Length > 0:
                Put(parts, name => Node.File(name, 0, 0));
                break;
            default:
                _sparse += item.IsSparse ? 1 : 0;   // beside them only what describes the archive itself
                break;
        }
    }

    /// <summary>
    /// What a hard link names as it is now: a later entry of that name is another file. One that comes before its file waits for it, as a symbolic link does.
    /// </summary>
    private Func<string, Node> Hard(string link)
    {
        var target = string.Join('/', RealPath.Parts(link));
        if (Find($"/{target}") is { Children: null } node)
        {
            return node.WithName;
        }

        return name => Node.LinkTo(name, target, isFromTop: true);
    }

    private void Put(string[] parts, Func<string, Node> create) => FolderOf(parts.AsSpan(0, parts.Length - 1)).Children![parts[^1]] = create(parts[^1]);

    private Node FolderOf(ReadOnlySpan<string> parts)
    {
        var folder = _top;
        foreach (var part in parts)
        {
            if (folder.Children!.GetValueOrDefault(part) is not { Children: not null } next)
            {
                next = Node.Folder(part);
                folder.Children![part] = next;
            }

            folder = next;
        }

        return folder;
    }

    private Node? Find(string place)
    {
        var node = _top;
        foreach (var part in RealPath.Parts(place))
        {
            if (node.Children?.GetValueOrDefault(part) is not { } next)
            {
                return null;
            }

            node = next;
        }

        return node;
    }

    /// <summary>A file, folder or link of the archive.</summary>
    private sealed record Node(TreeEntry Entry, Dictionary<string, Node>? Children = null, (string Path, bool IsFromTop)? Link = null)
    {
        public static Node File(string name, long offset, long length) => new(new TreeEntry(name, EntryKind.File, offset, length));

        public static Node Folder(string name) => new(new TreeEntry(name, EntryKind.Folder), new Dictionary<string, Node>(StringComparer.Ordinal));

        public static Node LinkTo(string name, string target, bool isFromTop = false) => new(new TreeEntry(name, EntryKind.Link), Link: (target, isFromTop));

        public Node WithName(string name) => this with { Entry = Entry with { Name = name } };
    }
}
