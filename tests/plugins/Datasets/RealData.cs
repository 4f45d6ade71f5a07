namespace Parallax.Plugins.Tests.Datasets;

/// <summary>Real data sets, where they are at hand: the folder in PARALLAX_DATA, else <c>../shared/data</c> beside the repository.</summary>
internal static class RealData
{
    /// <summary>Path of a file or folder; skips the test when it is not there.</summary>
    public static string Require(string name)
    {
        var path = Path.Combine(Root(), name);
        Assert.SkipUnless(Path.Exists(path), $"{path} is not there: set PARALLAX_DATA to the folder with the real data to run this test.");

        return path;
    }

    private static string Root()
    {
        if (Environment.GetEnvironmentVariable("PARALLAX_DATA") is { Length: > 0 } given)
        {
            return given;
        }

        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Framework.sln")))
        {
            folder = folder.Parent;
        }

        return Path.GetFullPath(Path.Combine(folder?.FullName ?? AppContext.BaseDirectory, "..", "shared", "data"));
    }
}
