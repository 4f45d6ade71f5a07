using Parallax.Host.Export;
using Parallax.Host.Files;

namespace Parallax.Host.Tests.Files;

[Collection(AloneCollection.Name)]   // removes what the whole process has begun
public sealed class UnfinishedFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax-unfinished-");

    private string FilePath => Path.Combine(_folder.FullName, "weights.safetensors");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Delete_WhileAFileIsReplaced_RemovesWhatWasBegunOnly()
    {
        File.WriteAllText(FilePath, "old");
        string[] left = [];

        Assert.ThrowsAny<IOException>(() => AtomicFile.Replace(FilePath, stream =>
        {
            stream.WriteByte(1);
            UnfinishedFiles.Delete();
            left = Directory.GetFiles(_folder.FullName);
        }));

        Assert.Equal([FilePath], left);
        Assert.Equal("old", File.ReadAllText(FilePath));
    }

    [Fact]
    public void Delete_WhileAnExportIsChecked_RemovesIt()
    {
        using var file = new ExportFile(FilePath, replaces: false);
        Assert.True(File.Exists(file.Unfinished));

        UnfinishedFiles.Delete();

        Assert.Empty(Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public void Delete_AFolder_GoesWithAllThatIsInIt()
    {
        var folder = Path.Combine(_folder.FullName, "model.unfinished");
        Directory.CreateDirectory(Path.Combine(folder, "inner"));
        File.WriteAllText(Path.Combine(folder, "inner", "weights"), "some");
        UnfinishedFiles.Add(folder);

        UnfinishedFiles.Delete();
        UnfinishedFiles.Forget(folder);

        Assert.Empty(Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Fact]
    public void Delete_FilesThatHaveTheirNames_Stay()
    {
        AtomicFile.Replace(FilePath, "whole");

        UnfinishedFiles.Delete();

        Assert.Equal("whole", File.ReadAllText(FilePath));
    }
}
