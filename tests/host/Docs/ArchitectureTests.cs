using System.Text.RegularExpressions;

namespace Parallax.Host.Tests.Docs;

public sealed partial class ArchitectureTests
{
    [Fact]
    public void Walks_Types_AreInTheirFiles()
    {
        var rows = Row().Matches(File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "architecture.md")));

        Assert.True(rows.Count >= 16);
        Assert.All(rows, row => Assert.Matches(
            $@"\b(class|interface|record) {row.Groups["type"].Value}\b", File.ReadAllText(Path.Combine(RepositoryFiles.Root, row.Groups["file"].Value))));
    }

    [GeneratedRegex(@"^\| \d+ \| `(?<type>\w+)` \| `(?<file>[\w/.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
