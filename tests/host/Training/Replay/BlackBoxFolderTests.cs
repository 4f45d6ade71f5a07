using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

public sealed class BlackBoxFolderTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("parallax-box-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void SetAside_OfAnEarlierEnd_LeavesNothingToRead()
    {
        var run = RunDirectory.Create(_root.FullName, "one", "recipe", DateTimeOffset.UnixEpoch);
        var folder = new BlackBoxFolder(run);
        folder.SetAside();   // nothing is there yet
        foreach (var reason in new[] { "first", "second" })
        {
            folder.Write(new("one", reason, 0, 1, 1, "cpu", 0, null, 0, [new(1, 0, 0, 0)]), checkpoint: null);
            Assert.Equal(reason, folder.Read()!.Reason);

            folder.SetAside();

            Assert.Null(folder.Read());
        }

        Assert.Contains("\"second\"", File.ReadAllText(Path.Combine(run.Path, "black-box-older", "steps.json")), StringComparison.Ordinal);
    }
}
