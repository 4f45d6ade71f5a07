namespace Parallax.Host.Tests.Data;

/// <summary>Real data sets, where they are at hand: the folder in PARALLAX_DATA, else <c>../shared/data</c> beside the repository.</summary>
internal static class RealData
{
    /// <summary>Path of a file or folder; skips the test when it is not there.</summary>
    public static string Require(string name)
    {
        var root = Environment.GetEnvironmentVariable("PARALLAX_DATA") is { Length: > 0 } given ? given
            : Path.Combine(RepositoryFiles.Root, "..", "shared", "data");
        var path = Path.GetFullPath(Path.Combine(root, name));
        Assert.SkipUnless(Path.Exists(path), $"{path} is not there: set PARALLAX_DATA to the folder with the real data to run this test.");

        return path;
    }
}
