using Parallax.Host.Files;

namespace Parallax.Host.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("atomic").FullName;

    private string FilePath => Path.Combine(_folder, "weights.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Replace_WriterFails_KeepsTheOldFileAndLeavesNoOther()
    {
        File.WriteAllText(FilePath, "old");

        Assert.Throws<InvalidOperationException>(() => AtomicFile.Replace(FilePath, stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException("disk full");
        }));

        Assert.Equal("old", File.ReadAllText(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Replace_Text_IsUtf8InAFolderThatIsMadeForIt()
    {
        var file = Path.Combine(_folder, "new", "page.md");

        AtomicFile.Replace(file, "é");

        Assert.Equal([0xC3, 0xA9], File.ReadAllBytes(file));
    }
}
