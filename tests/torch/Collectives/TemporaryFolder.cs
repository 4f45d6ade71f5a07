namespace Parallax.Torch.Tests.Collectives;

/// <summary>A folder that goes with the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax-ranks-");

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
