namespace Parallax.Plugins.Tests.Conformance;

/// <summary>A folder that is deleted with its content.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax-");

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
