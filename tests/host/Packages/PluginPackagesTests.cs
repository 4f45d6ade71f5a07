using Parallax.Host.Packages;

namespace Parallax.Host.Tests.Packages;

public sealed class PluginPackagesTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("parallax-replace-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Replace_NewFolderCannotCome_LeavesTheOlder()
    {
        var target = _root.CreateSubdirectory("sound").FullName;
        File.WriteAllText(Path.Combine(target, "sound.dll"), "older");

        Assert.Throws<DirectoryNotFoundException>(() => PluginPackages.Replace(target, Path.Combine(_root.FullName, "nowhere")));

        Assert.Equal("older", File.ReadAllText(Path.Combine(target, "sound.dll")));
        Assert.Equal(["sound"], _root.EnumerateDirectories().Select(folder => folder.Name));
    }
}
