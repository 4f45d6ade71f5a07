namespace Parallax.Plugins.Datasets;

/// <summary>Finds the files of one kind in a folder or an archive, by one set of rules for both.</summary>
/// <remarks>
/// <para>Files are told by their extension, in upper or lower case. What is hidden (a name that starts with a dot, or that systems leave behind) is left out,
/// with all that is in it.</para>
/// <para>A link to a file, hard or symbolic, is a file of its own, as for every other reader. A symbolic link to a folder is entered, unless it leads
/// to a folder
/// that it lies in; behind a link, a further one is entered only where no other leads: so the work is bounded, whatever ring links form. What is reached twice
/// then is for <see cref="SplitLayout"/> to settle.</para>
/// </remarks>
internal sealed class TreeWalk
{
    private static readonly string[] SystemNames =
        ["__MACOSX", "@eaDir", "Thumbs.db", "desktop.ini", "lost+found", "$RECYCLE.BIN", "System Volume Information"];

    private readonly IFileTree _tree;
    private readonly FileKind _kind;
    private readonly string? _textExtension;
    private readonly List<StoredFile> _files = [], _texts = [];
    private readonly SortedDictionary<string, int> _others = new(StringComparer.Ordinal);
    private readonly HashSet<string> _entered = new(StringComparer.Ordinal);
    private string? _firstOther;
    private int _hidden, _leadingNowhere, _leadingBack;

    private TreeWalk(IFileTree tree, FileKind kind, string? textExtension) => (_tree, _kind, _textExtension) = (tree, kind, textExtension);

    /// <param name="tree">Where to look.</param>
    /// <param name="kind">Which files count.</param>
    /// <param name="textExtension">Extension of files that are kept beside them, for example <c>.txt</c>; null for none.</param>
    public static FileListing Of(IFileTree tree, FileKind kind, string? textExtension = null) => new TreeWalk(tree, kind, textExtension).Walk();

    private FileListing Walk()
    {
        List<Folder> folders = [new(_tree.Root, "", [])];
        for (var depth = 0; folders.Count > 0; depth++)   // of links behind links
        {
            var links = new List<Folder>();
            folders.ForEach(folder => Enter(folder, links));
            folders = [.. links.OrderBy(link => link.Path, StringComparer.Ordinal).Where(link => IsEntered(link, depth))];
        }

        return new(_kind, _files, _others, [.. LeftOut()]) { Texts = _texts };
    }

    /// <summary>Everything in a folder and below, but what lies behind links to folders: those are collected.</summary>
    private void Enter(Folder top, List<Folder> links)
    {
        var pending = new Stack<Folder>([top]);
        while (pending.TryPop(out var folder))
        {
            foreach (var entry in _tree.List(folder.Place))
            {
                if (IsHidden(entry.Name))
                {
                    _hidden++;
                    continue;
                }

                Folder inner = new($"{folder.Place}/{entry.Name}", folder.Path.Length == 0 ? entry.Name : $"{folder.Path}/{entry.Name}", folder.LinkedFrom);
                switch (entry.Kind)
                {
                    case EntryKind.Folder:
                        pending.Push(inner);
                        break;
                    case EntryKind.File:
                        Add(inner, entry);
                        break;
                    default:
                        Follow(folder, inner, links);
                        break;
                }
            }
        }
    }

    private void Follow(Folder folder, Folder link, List<Folder> links)
    {
        if (_tree.Follow(link.Place) is not { } target)
        {
            _leadingNowhere++;
        }
        else if (target.Entry.Kind == EntryKind.File)
        {
            Add(link, target.Entry);
        }
        else
        {
            links.Add(new(target.Place, link.Path, [.. folder.LinkedFrom, folder.Place]));
        }
    }

    private bool IsEntered(Folder link, int depth)
    {
        var isAround = link.LinkedFrom.Any(place => place == link.Place || place.StartsWith($"{link.Place}/", StringComparison.Ordinal));
        var isEntered = !isAround && (_entered.Add(link.Place) || depth == 0);
        _leadingBack += isEntered ? 0 : 1;

        return isEntered;
    }

    private void Add(Folder file, TreeEntry entry)
    {
        var extension = Path.GetExtension(file.Path);
        var isText = extension.Equals(_textExtension, StringComparison.OrdinalIgnoreCase);
        if (isText || _kind.Has(extension))
        {
            var found = isText ? _texts : _files;
            found.Add(new(file.Path, entry.Offset, entry.Length) { Origin = file.LinkedFrom.Length > 0 ? FromTop(file.Place) : null });
        }
        else
        {
            _others[extension] = _others.GetValueOrDefault(extension) + 1;
            _firstOther = _firstOther is null || string.CompareOrdinal(file.Path, _firstOther) < 0 ? file.Path : _firstOther;   // folders come in any order
        }
    }

    private string FromTop(string place) => place.StartsWith($"{_tree.Root}/", StringComparison.Ordinal) ? place[(_tree.Root.Length + 1)..] : place;

    private static bool IsHidden(string name) => name.StartsWith('.') || SystemNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    private IEnumerable<string> LeftOut()
    {
        string[] others = [.. _others.Select(other => $"{other.Value} {(other.Key.Length > 0 ? other.Key : "without extension")}")];

        return
        [
            .. DataPath.LeftOut(_hidden, "hidden file or folder", "", many: "hidden files or folders"),
            .. others.Length > 0 ? [$"{DataPath.Enumerate(others, shown: 5)} (no format that is read, such as '{_firstOther}')"] : Array.Empty<string>(),
            .. DataPath.LeftOut(_leadingNowhere, "link", " to nothing that can be read"),
            .. DataPath.LeftOut(_leadingBack, "link", " back to a folder that is read already"),
        ];
    }

    /// <summary>A folder, or whatever has a path, on the way.</summary>
    /// <param name="Place">Its own place.</param>
    /// <param name="Path">Path from the top by which it was reached.</param>
    /// <param name="LinkedFrom">Places of the folders whose links led here; empty without.</param>
    private sealed record Folder(string Place, string Path, string[] LinkedFrom);
}
