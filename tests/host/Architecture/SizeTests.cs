namespace Parallax.Host.Tests.Architecture;

/// <summary>Files that fit in a head.</summary>
public sealed class SizeTests
{
    private const int MostLines = 400, MostColumns = 160;

    /// <summary>What Parallax adds to TorchSharp stays an addition.</summary>
    private const int MostLinesOfTorch = 5_000;

    private static readonly string[] Folders = ["contracts", "torch", "host", "plugins", "tests", "benchmarks", "eng"];

    [Fact]
    public void Sources_WrittenByHand_HaveAtMost400Lines()
    {
        var tooLong = from folder in Folders
                      from file in SourcesOf(folder)
                      where Path.GetExtension(file) is ".cs" or ".sh" or ".py" && !file.EndsWith(".g.cs", StringComparison.Ordinal)
                      let lines = File.ReadLines(file).Count()
                      where lines > MostLines
                      select $"{file}: {lines} lines";

        Assert.Empty(tooLong);
    }

    [Fact]
    public void Sources_InCSharp_HaveNoLineOver160Columns()
    {
        var tooWide = from folder in Folders
                      from file in SourcesOf(folder)
                      where Path.GetExtension(file) == ".cs" && !file.EndsWith(".g.cs", StringComparison.Ordinal)
                      from line in File.ReadLines(file).Select((text, index) => (text, number: index + 1))
                      where line.text.Length > MostColumns
                      select $"{file}:{line.number}: {line.text.Length} columns";

        Assert.Empty(tooWide);
    }

    [Fact]
    public void Torch_AllSources_StaysSmall()
    {
        var lines = SourcesOf("torch").Where(file => Path.GetExtension(file) == ".cs").Sum(file => File.ReadLines(file).Count());

        Assert.InRange(lines, 1, MostLinesOfTorch);
    }

    [Fact]
    public void NativeCode_OfOurOwn_DoesNotExist()
    {
        var native = Folders.SelectMany(SourcesOf)
            .Where(file => Path.GetExtension(file) is ".c" or ".cc" or ".cpp" or ".cu" or ".h" or ".hpp" || Path.GetFileName(file) == "CMakeLists.txt");

        Assert.Empty(native);
    }

    private static IEnumerable<string> SourcesOf(string folder) =>
        Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, folder), "*", SearchOption.AllDirectories);
}
