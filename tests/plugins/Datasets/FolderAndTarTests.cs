using System.Formats.Tar;
using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

/// <summary>Any tree gives the same as a folder and as a tar of it: images, classes, splits, what is left out, or the same refusal.</summary>
public sealed class FolderAndTarTests : IDisposable
{
    private static readonly string[] Folders = ["train", "Train", "test", "val", "data", "cat", "dog", "Ünï漢", ".hidden", "__MACOSX", "a b"];
    private static readonly string[] Files =
        ["1.png", "2.JPG", "3.jpeg", "4.tiff", "5.gif", "notes.txt", "bare", "._1.png", ".DS_Store", "back\\slash.png", $"{new string('n', 120)}.webp"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_AnyTree_IsTheSameFromBoth()
    {
        var (refused, read) = (0, 0);
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var items = Tree(random);
            var layout = (DataLayout)random.Next(3);
            var folder = Trees.Read(Trees.WriteFolder(_folder.File($"{seed}"), items), layout);
            var (format, prefix) = (random.Next(2) == 0 ? TarEntryFormat.Gnu : TarEntryFormat.Pax, random.Next(2) == 0 ? "./" : "");
            var archive = Trees.WriteTar(_folder.File($"{seed}.tar"), Packed(items, random), format, prefix);

            var tar = Trees.Read(archive, layout);

            Assert.True(folder == tar, $"Seed {seed}, {layout}:\n{string.Join('\n', items)}\n--- folder\n{folder}\n--- tar\n{tar}");
            AssertSplitsAreApart(folder, seed);
            (refused, read) = folder.StartsWith("refused", StringComparison.Ordinal) ? (refused + 1, read) : (refused, read + 1);
        }

        Assert.InRange(refused, 40, 360);   // both outcomes are tried
        Assert.InRange(read, 40, 360);
    }

    private static void AssertSplitsAreApart(string read, int seed)
    {
        var images = read.Split('\n').Where(line => line.StartsWith("Train ", StringComparison.Ordinal) || line.StartsWith("Test ", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(' ') + 1)..]).ToArray();

        Assert.True(images.Distinct().Count() == images.Length, $"Seed {seed}: an image is twice in\n{read}");
    }

    /// <summary>A few folders, with files, links to files and folders of the tree and to nothing, and copies of files that a tar holds as hard links.</summary>
    private static List<TreeItem> Tree(Random random)
    {
        List<string> folders = [""];
        var items = new Dictionary<string, TreeItem>(StringComparer.Ordinal);
        for (var i = random.Next(2, 9); i > 0; i--)
        {
            var path = In(folders[random.Next(folders.Count)], Folders[random.Next(Folders.Length)]);
            if (path.Count(c => c == '/') < 4 && items.TryAdd(path, new(path)))
            {
                folders.Add(path);
            }
        }

        for (var i = random.Next(1, 25); i > 0; i--)
        {
            var path = In(folders[random.Next(folders.Count)], Files[random.Next(Files.Length)]);
            items.TryAdd(path, new(path, Length: random.Next(4)));
        }

        string[] files = [.. items.Values.Where(item => item.Length is not null).Select(item => item.Path)];
        for (var i = random.Next(6); i > 0; i--)
        {
            var (folder, target) = (folders[random.Next(folders.Count)], items.Keys.ElementAt(random.Next(items.Count)));
            var path = In(folder, $"link{i}{(files.Contains(target) ? Path.GetExtension(target) : "")}");
            var up = string.Concat(Enumerable.Repeat("../", folder.Length == 0 ? 0 : folder.Count(c => c == '/') + 1));
            items[path] = random.Next(4) switch
            {
                0 => new(path + ".png", Symbolic: "nowhere.png"),
                1 when files.Length > 0 => new(path + ".png", Hard: files[random.Next(files.Length)]),
                2 when folder.Length > 0 => new(path, Symbolic: ".."),
                _ => new(path, Symbolic: up + target),
            };
        }

        return [.. items.Values.DistinctBy(item => item.Path)];
    }

    /// <summary>The same tree, some of whose files were packed before in an older state.</summary>
    private static List<TreeItem> Packed(List<TreeItem> items, Random random) =>
        [.. items.Where(item => item.Length is not null && random.Next(4) == 0).Select(item => item with { Length = item.Length + 5 }), .. items];

    private static string In(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";
}
