namespace Parallax.Host.Tests.Architecture;

/// <summary>Files that fit in a head.</summary>
public sealed class SizeTests
{
    private const int MostLines = 400;

    /// <summary>What a newcomer copies to write a method.</summary>
    private const int MostLinesOfTheExample = 79;

    [Fact]
    public void Sources_WrittenByHand_HaveAtMost400Lines()
    {
        string[] folders = ["contracts", "engine", "host", "plugins", "tests", "benchmarks", "eng"];

        var tooLong = from folder in folders
                      from file in Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, folder), "*", SearchOption.AllDirectories)
                      where Path.GetExtension(file) is ".cs" or ".c" or ".cpp" or ".h" or ".sh" or ".py" && !file.EndsWith(".g.cs", StringComparison.Ordinal)
                      let lines = File.ReadLines(file).Count()
                      where lines > MostLines
                      select $"{file}: {lines} lines";

        Assert.Empty(tooLong);
    }

    [Fact]
    public void SimplestMethod_AsAnExample_StaysShort() =>
        Assert.InRange(File.ReadLines(Path.Combine(RepositoryFiles.Root, "plugins", "methods", "SimCLR.cs")).Count(), 1, MostLinesOfTheExample);
}
