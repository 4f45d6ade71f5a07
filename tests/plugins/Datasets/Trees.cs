using System.Formats.Tar;
using Parallax.Contracts;
using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

/// <summary>What stands in a tree; the bytes of a file are its length in ones.</summary>
/// <param name="Path">Path from the top, with forward slashes.</param>
/// <param name="Length">Bytes of a file; null for all else.</param>
/// <param name="Symbolic">Where a symbolic link points; null for all else.</param>
/// <param name="Hard">Path of the file that a hard link names; null for all else.</param>
internal sealed record TreeItem(string Path, int? Length = null, string? Symbolic = null, string? Hard = null)
{
    public byte[] Content => [.. Enumerable.Repeat((byte)1, Length ?? 0)];
}

/// <summary>Writes the same tree as a folder and as an archive, and reads it.</summary>
internal static class Trees
{
    /// <summary>Files of one byte, but "PATH -> TARGET" is a symbolic link, "PATH = FILE" a hard one, and "PATH/" a folder.</summary>
    public static TreeItem[] Of(params string[] lines) => [.. lines.Select(line =>
        line.Split(" -> ") is [var link, var target] ? new TreeItem(link, Symbolic: target)
        : line.Split(" = ") is [var hard, var file] ? new TreeItem(hard, Hard: file)
        : line.EndsWith('/') ? new TreeItem(line.TrimEnd('/'))
        : new TreeItem(line, Length: 1))];

    public static string WriteFolder(string root, IReadOnlyList<TreeItem> items)
    {
        Directory.CreateDirectory(root);
        foreach (var item in items)
        {
            var path = Path.Combine(root, item.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (item.Symbolic is not null)
            {
                File.CreateSymbolicLink(path, item.Symbolic);
            }
            else if (item.Hard is not null)
            {
                File.Copy(Path.Combine(root, item.Hard), path);   // which no reader of a folder can tell from a link
            }
            else if (item.Length is not null)
            {
                File.WriteAllBytes(path, item.Content);
            }
            else
            {
                Directory.CreateDirectory(path);
            }
        }

        return root;
    }

    /// <param name="path">The archive.</param>
    /// <param name="items">What goes into it, in this order.</param>
    /// <param name="format">Its format.</param>
    /// <param name="prefix">What stands before each name, as in ./train.</param>
    public static string WriteTar(string path, IReadOnlyList<TreeItem> items, TarEntryFormat format = TarEntryFormat.Pax, string prefix = "")
    {
        using var writer = new TarWriter(File.Create(path), format);
        foreach (var item in items)
        {
            var type = item.Symbolic is not null ? TarEntryType.SymbolicLink
                : item.Hard is not null ? TarEntryType.HardLink
                : item.Length is not null ? TarEntryType.RegularFile
                : TarEntryType.Directory;
            TarEntry entry = format switch
            {
                TarEntryFormat.Gnu => new GnuTarEntry(type, prefix + item.Path),
                TarEntryFormat.Ustar => new UstarTarEntry(type, prefix + item.Path),
                _ => new PaxTarEntry(type, prefix + item.Path),
            };
            if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink)
            {
                entry.LinkName = item.Symbolic ?? prefix + item.Hard;
            }
            else if (type == TarEntryType.RegularFile)
            {
                entry.DataStream = new MemoryStream(item.Content);
            }

            writer.WriteEntry(entry);
        }

        return path;
    }

    /// <summary>
    /// All that a reader says about a data set, line by line: what it is, what is left out, each image with split, class and size; or why it is refused.
    /// </summary>
    public static string Read(string location, DataLayout layout = DataLayout.Auto, string? trainSplit = null, string? testSplit = null)
    {
        var lines = new List<string>();
        Try(lines, () =>
        {
            var found = new SplitLayout(location, FileStores.List(location, FileKind.Image), layout, trainSplit, testSplit);
            lines.Add(found.Description);
            lines.Add(string.Join(", ", found.LeftOut));
            foreach (var split in Enum.GetValues<DatasetSplit>())
            {
                Try(lines, () =>
                {
                    var files = found.Find(split);
                    string ClassOf(int i) => files.Labels[i] < 0 ? "-" : files.Classes[files.Labels[i]];
                    lines.AddRange(files.Files.Select((file, i) => $"{split} {file.Path} {ClassOf(i)} {file.Length}"));
                });
            }
        });

        return string.Join('\n', lines).Replace(location, "DATA", StringComparison.Ordinal);
    }

    private static void Try(List<string> lines, Action read)
    {
        try
        {
            read();
        }
        catch (ConfigurationException fault)
        {
            lines.Add($"refused: {fault.Message}");
        }
    }
}
