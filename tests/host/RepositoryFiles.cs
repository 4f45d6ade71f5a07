namespace Parallax.Host.Tests;

/// <summary>The sources this test was built from, and what was built beside it.</summary>
internal static class RepositoryFiles
{
    /// <summary>Top folder of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Plugin folders beside the built host; empty when only the tests were built.</summary>
    public static string Plugins => Path.Combine(Root, "artifacts", "bin", "Parallax.Host", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "plugins");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Framework.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No Framework.sln above {AppContext.BaseDirectory}: run the tests from a build of "
            + "the repository.");
    }
}
