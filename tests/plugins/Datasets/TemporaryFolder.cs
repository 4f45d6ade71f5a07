namespace Parallax.Plugins.Tests.Datasets;

/// <summary>A folder of its own for one test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("parallax-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file, with the folders above it.</summary>
    public string Write(string name, byte[] content)
    {
        var file = File(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        System.IO.File.WriteAllBytes(file, content);

        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
