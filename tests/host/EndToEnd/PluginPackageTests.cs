using NuGet.Frameworks;
using NuGet.Packaging;
using NuGet.Packaging.Core;
using NuGet.Versioning;
using Parallax.Host.Tests.Plugins;
using Parallax.Host.Tests.Scaffolding;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>Plugins that come as NuGet packages, by the program as it is built, in a home of their own.</summary>
public sealed class PluginPackageTests : IDisposable
{
    private readonly Workplace _place = new();
    private readonly PluginProjects _projects = new();

    public void Dispose()
    {
        _place.Dispose();
        _projects.Dispose();
    }

    private string Feed => _place.PathOf("my feed");

    private string Target => Path.Combine(_place.Home, ".parallax", "plugins", "sound");

    [Fact]
    public void Install_FromAFolder_BringsPluginAndDependencies()
    {
        PackSound("1.0.0");
        PackSound("1.1.0");
        PackSound("2.0.0-beta");
        Pack("sound-library", "1.0.0", "SoundPlugins", "SoundLibrary.dll");
        Pack("sound-library", "3.0.0", "SoundPlugins", "SoundLibrary.dll");

        var installed = _place.Succeed("plugins", "install", "Sound", "--source", Feed);
        var listed = _place.Succeed("plugins", "list");

        Assert.Contains("augmentation\techo\tRepeats itself.\t", installed.Output, StringComparison.Ordinal);
        Assert.StartsWith("sound\t1.1.0\t", listed.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Target, "SoundLibrary.dll")));
        Assert.Contains("augmentation\techo\t", _place.Succeed("list", "augmentations").Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(_place.Home, ".parallax"), "installing-*"));
    }

    [Fact]
    public void Install_AnotherVersion_TakesThePlaceAndRemoveTakesItAway()
    {
        PackSound("1.0.0");
        PackSound("1.1.0");
        Pack("sound-library", "1.0.0", "SoundPlugins", "SoundLibrary.dll");
        _place.Succeed("plugins", "install", "sound", "--source", Feed);

        _place.Succeed("plugins", "install", "sound", "--source", Feed, "--version", "1.0.0");
        var listed = _place.Succeed("plugins");
        _place.Succeed("plugins", "remove", "sound");

        Assert.StartsWith("sound\t1.0.0\t", listed.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Target));
    }

    [Fact]
    public void Install_DependencyNowhere_ChangesNothing()
    {
        PackSound("1.0.0");

        var result = _place.Run("plugins", "install", "sound", "--source", Feed);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"There is no package 'sound-library' in {Feed}.", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Target));
    }

    [Fact]
    public void Install_FileWhereNoFeedIsSet_TakesDependenciesBesideIt()
    {
        _place.Write("work here/nuget.config", "<configuration><packageSources><clear /></packageSources></configuration>");
        PackSound("1.0.0");
        var file = Path.Combine(Feed, "sound.1.0.0.nupkg");

        var alone = _place.Run("plugins", "install", "sound", "--source", file);
        Pack("sound-library", "1.0.0", "SoundPlugins", "SoundLibrary.dll");
        _place.Succeed("plugins", "install", "sound", "--source", file);

        Assert.Equal(2, alone.ExitCode);
        Assert.StartsWith($"There is no package 'sound-library' in {Feed}.", Assert.Single(alone.ErrorLines), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Target, "SoundLibrary.dll")));
    }

    [Fact]
    public void Install_FileInPlaceOfTheName_IsTaken()
    {
        PackSound("1.0.0");
        Pack("sound-library", "1.0.0", "SoundPlugins", "SoundLibrary.dll");

        _place.Succeed("plugins", "install", Path.Combine(Feed, "sound.1.0.0.nupkg"));

        Assert.StartsWith("sound\t1.0.0\t", _place.Succeed("plugins").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("The package ./none.nupkg does not exist.", "./none.nupkg")]
    [InlineData("'./sound' is no name of a package.", "./sound")]
    [InlineData("'./none.nupkg' is no name of a package.", "./none.nupkg", "--source", ".")]
    public void Install_NoNameOfAPackage_IsExplained(string expected, params string[] request)
    {
        var result = _place.Run(["plugins", "install", .. request]);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith(expected, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Install_HomeCannotBeWritten_IsExplained()
    {
        PackSound("1.0.0");
        Pack("sound-library", "1.0.0", "SoundPlugins", "SoundLibrary.dll");
        _place.Write("home/.parallax", "a file");

        var result = _place.Run("plugins", "install", "sound", "--source", Feed);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"{Target} cannot be written: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Install_DamagedPackage_IsExplained()
    {
        PackSound("1.0.0");
        Pack("sound-library", "1.0.0", "SoundPlugins", "SoundLibrary.dll");
        File.WriteAllBytes(Path.Combine(Feed, "sound-library.1.0.0.nupkg"), [1, 2, 3]);

        var result = _place.Run("plugins", "install", "sound", "--source", Feed);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"The package sound-library cannot be read from {Feed}: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Target));
    }

    [Fact]
    public void Install_BuiltAgainstOtherContracts_IsRefusedWithBothVersions()
    {
        Pack("future", "1.0.0", "FuturePlugins", "FuturePlugins.dll");

        var result = _place.Run("plugins", "install", "future", "--source", Feed);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("It was built against contracts ", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_place.Home, "future", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("There is no package 'soundd' in ", "soundd")]
    [InlineData("The package sound has no version (= 7.0.0) in ", "sound", "--version", "7.0.0")]
    [InlineData("--version is 'x'; expected a version of the package", "sound", "--version", "x")]
    [InlineData("The package sound-library has no plugin", "sound-library")]
    public void Install_WrongRequest_IsExplained(string expected, params string[] request)
    {
        PackSound("1.0.0");
        Pack("sound-library", "1.0.0", "SoundPlugins", "SoundLibrary.dll");

        var result = _place.Run(["plugins", "install", .. request, "--source", Feed]);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith(expected, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Remove_FolderPutThereByHand_IsLeft()
    {
        _place.Write("home/.parallax/plugins/mine/mine.dll", "");

        var result = _place.Run("plugins", "remove", "mine");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("was put there by hand", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_PackedScaffold_IsFound()
    {
        var folder = _place.PathOf("whisper");
        _place.Succeed("new", "method", "whisper", "--output", folder);

        var (code, report) = await DotNet.Run("pack", Path.Combine(folder, "src"), "-c", "Release", "-v", "quiet", "-nologo");
        Assert.True(code == 0, report);
        var installed = _place.Succeed("plugins", "install", "whisper", "--source", Path.Combine(folder, "package", "whisper.0.1.0.nupkg"));

        Assert.StartsWith("method\twhisper\tPredicts one view from the other.\t", installed.Output, StringComparison.Ordinal);
        Assert.Contains("Width of the projections. Ours.", _place.Succeed("describe", "whisper").Output, StringComparison.Ordinal);
    }

    private void PackSound(string version) => Pack("sound", version, "SoundPlugins", "SoundPlugins.dll", ("sound-library", "1.0.0"), ("TorchSharp", "0.1.0"));

    private void Pack(string id, string version, string project, string file, params (string Id, string Version)[] needs)
    {
        var folder = Path.Combine(_projects.Root, project);
        folder = Directory.Exists(folder) ? folder : _projects.Add(project);
        var builder = new PackageBuilder { Id = id, Version = NuGetVersion.Parse(version), Description = "For a test." };
        builder.Authors.Add("nobody");
        builder.Files.Add(new PhysicalPackageFile { SourcePath = Path.Combine(folder, file), TargetPath = $"lib/net10.0/{file}" });
        builder.DependencyGroups.Add(new(
            NuGetFramework.Parse("net10.0"), [.. needs.Select(one => new PackageDependency(one.Id, VersionRange.Parse(one.Version)))]));
        Directory.CreateDirectory(Feed);
        using var package = File.Create(Path.Combine(Feed, $"{id}.{version}.nupkg"));
        builder.Save(package);
    }
}
