using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

public sealed class OutputFolderTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("parallax-output-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Require_FolderThatIsMissing_CanBeMadeAndIsNotLeftBehind()
    {
        OutputFolder.Require(Path.Combine(_root.FullName, "a", "b"), checkpointBytes: 1);

        Assert.Empty(_root.EnumerateFileSystemInfos());
    }

    [Fact]
    public void Require_FolderWithRuns_IsLeftAsItIs()
    {
        File.WriteAllText(Path.Combine(_root.FullName, "run.json"), "{}");

        OutputFolder.Require(_root.FullName, checkpointBytes: 1);

        Assert.Equal("run.json", Assert.Single(_root.EnumerateFileSystemInfos()).Name);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("file/below")]
    public void Require_FileInTheWay_NamesKeyAndWhatToDo(string name)
    {
        File.WriteAllText(Path.Combine(_root.FullName, "file"), "thesis");

        var fault = Assert.Throws<ConfigurationException>(() => OutputFolder.Require(Path.Combine(_root.FullName, name), 1));

        Assert.StartsWith($"trainer.outputDirectory is '{Path.Combine(_root.FullName, name)}', where nothing can be "
            + "written", fault.Message, StringComparison.Ordinal);
        Assert.EndsWith("--set trainer.outputDirectory=DIR.", fault.Message, StringComparison.Ordinal);
        Assert.Equal("thesis", File.ReadAllText(Path.Combine(_root.FullName, "file")));
    }

    [Fact]
    public void Require_FileSystemThatRefuses_IsTold() =>   // the kernel makes no folders there, whoever asks
        Assert.Contains("where nothing can be written (/proc/runs)",
            Assert.Throws<ConfigurationException>(() => OutputFolder.Require("/proc/runs", 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void RequireRoom_LessThanACheckpoint_SaysBoth()
    {
        OutputFolder.RequireRoom("/data", free: 1 << 20, checkpointBytes: 1 << 20);

        var fault = Assert.Throws<ConfigurationException>(() => OutputFolder.RequireRoom("/data", free: (1 << 20) - 1, checkpointBytes: 3 << 20));

        Assert.StartsWith("The disk of trainer.outputDirectory (/data) has 1.0 MiB left, but one checkpoint of this run takes at least 3.0 "
            + "MiB.", fault.Message, StringComparison.Ordinal);
    }
}
