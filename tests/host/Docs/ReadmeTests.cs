using Parallax.Host.Configuration;
using Parallax.Host.Plugins;

namespace Parallax.Host.Tests.Docs;

public sealed class ReadmeTests
{
    private const string Start = "a test fails when it is not current -->\n", End = "<!-- /methods -->";

    [Fact]
    public void MethodTable_InReadme_IsWhatThePluginsSay()
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");
        var readme = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "README.md"));
        var written = MethodTable.Write(PluginCatalog.Discover(new([RepositoryFiles.Plugins], [])), Path.Combine(RepositoryFiles.Root, "recipes"));

        var shown = readme[(readme.IndexOf(Start, StringComparison.Ordinal) + Start.Length)..readme.IndexOf(End, StringComparison.Ordinal)];

        Assert.True(written == shown.Trim('\n') + "\n", "The table of methods in README.md is not current. Put the output of ./parallax describe --methods "
            + "between its markers.");
    }
}
