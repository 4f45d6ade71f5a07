namespace Parallax.Host.Verification;

/// <summary>A folder for files that are compared; deleted in the end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax-verify-");

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
