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
        var file = Path.Combine(RepositoryFiles.Root, "README.md");
        var readme = File.ReadAllText(file);
        var written = MethodTable.Write(PluginCatalog.Discover(new([RepositoryFiles.Plugins], [])), Path.Combine(RepositoryFiles.Root, "recipes"));

        var before = readme[..(readme.IndexOf(Start, StringComparison.Ordinal) + Start.Length)];

        ApprovedFile.Verify(file, $"{before}\n{written}\n{readme[readme.IndexOf(End, StringComparison.Ordinal)..]}");
    }
}
