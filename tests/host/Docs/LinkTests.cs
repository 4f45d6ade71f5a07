namespace Parallax.Host.Tests.Docs;

public sealed class LinkTests
{
    public static TheoryData<string> Pages => [.. Page.All];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_Local_LeadSomewhere(string path)
    {
        var folder = Path.GetDirectoryName(Path.Combine(RepositoryFiles.Root, path))!;

        var broken = Page.Open(path).LocalLinks.Where(link => !Exists(path, folder, link));

        Assert.Empty(broken);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Paths_Named_Exist(string path)
    {
        var missing = Page.Open(path).NamedPaths.Where(named => !Path.Exists(Path.Combine(RepositoryFiles.Root, named)));

        Assert.Empty(missing);
    }

    private static bool Exists(string path, string folder, string link)
    {
        var parts = link.Split('#');
        var target = parts[0].Length == 0 ? Path.Combine(RepositoryFiles.Root, path) : Path.GetFullPath(parts[0], folder);

        return Path.Exists(target) && (parts.Length == 1 || Page.Open(target).Anchors.Contains(parts[1]));
    }
}
