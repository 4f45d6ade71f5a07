using NuGet.Frameworks;
using NuGet.Packaging;
using NuGet.Packaging.Core;
using NuGet.Versioning;
using Parallax.Contracts;
using Parallax.Host.Packages;

namespace Parallax.Host.Tests.Packages;

/// <summary>Which versions are chosen, of packages that hold nothing but their needs.</summary>
public sealed class PackageClosureTests : IDisposable
{
    private readonly DirectoryInfo _feed = Directory.CreateTempSubdirectory("parallax-feed-");

    public void Dispose() => _feed.Delete(recursive: true);

    [Theory]
    [InlineData("low", "high")]
    [InlineData("high", "low")]
    public async Task Add_TwoThatShareADependency_TakesTheLowestForBoth(string first, string second)
    {
        Pack("low", "1.0.0", ("shared", "1.0.0"));
        Pack("high", "1.0.0", ("shared", "2.0.0"));
        PackShared();

        Assert.Equal(["high 1.0.0", "low 1.0.0", "shared 2.0.0"], await Closure((first, "1.0.0"), (second, "1.0.0")));
    }

    [Theory]
    [InlineData("exact", "high")]
    [InlineData("high", "exact")]
    public async Task Add_NoVersionForBoth_NamesBoth(string first, string second)
    {
        Pack("exact", "1.0.0", ("shared", "[1.0.0]"));
        Pack("high", "1.0.0", ("shared", "2.0.0"));
        PackShared();

        var fault = await Assert.ThrowsAsync<ConfigurationException>(() => Closure((first, "1.0.0"), (second, "1.0.0")));

        Assert.StartsWith("No version of shared is one for all that need it: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains("exact needs (= 1.0.0)", fault.Message, StringComparison.Ordinal);
        Assert.Contains("high needs (>= 2.0.0)", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shared", "between")]
    [InlineData("between", "shared")]
    public async Task Add_VersionReplaced_ForgetsWhatOnlyTheOldOneNeeded(string first, string second)
    {
        Pack("shared", "1.0.0", ("orphan", "1.0.0"));
        Pack("shared", "2.0.0", ("TorchSharp", "0.1.0"));
        Pack("orphan", "1.0.0", ("TorchSharp", "0.1.0"));
        Pack("high", "1.0.0", ("shared", "2.0.0"));
        Pack("between", "1.0.0", ("high", "1.0.0"));   // so that the old version and its need are there before the new one is asked for

        Assert.Equal(["between 1.0.0", "high 1.0.0", "shared 2.0.0"], await Closure((first, "1.0.0"), (second, "1.0.0")));
    }

    [Fact]
    public async Task Add_VersionsThatBringEachOtherBack_IsExplained()
    {
        Pack("a", "1.0.0", ("b", "2.0.0"));
        Pack("a", "2.0.0", ("b", "[1.0.0]"));
        Pack("b", "1.0.0", ("a", "[1.0.0]"));
        Pack("b", "2.0.0", ("a", "2.0.0"));

        await Assert.ThrowsAsync<ConfigurationException>(() => Closure(("a", "1.0.0")));
    }

    private void PackShared()
    {
        foreach (var version in (string[])["1.0.0", "2.0.0", "3.0.0"])
        {
            Pack("shared", version, ("TorchSharp", "0.1.0"));   // the host's, as in every plugin
        }
    }

    private async Task<IEnumerable<string>> Closure(params (string Id, string Versions)[] needs)
    {
        using var package = new PackageArchiveReader(File.OpenRead(Pack("main", "1.0.0", needs)));
        using var feeds = PackageFeeds.Of(_feed.FullName);
        using var closure = new PackageClosure(feeds);

        await closure.AddAsync(package, TestContext.Current.CancellationToken);

        return [.. closure.Packages.Select(one => $"{one.NuspecReader.GetId()} {one.NuspecReader.GetVersion()}").Order(StringComparer.Ordinal)];
    }

    private string Pack(string id, string version, params (string Id, string Versions)[] needs)
    {
        var builder = new PackageBuilder { Id = id, Version = NuGetVersion.Parse(version), Description = "For a test." };
        builder.Authors.Add("nobody");
        builder.DependencyGroups.Add(new(
            NuGetFramework.Parse("net10.0"), [.. needs.Select(one => new PackageDependency(one.Id, VersionRange.Parse(one.Versions)))]));
        var path = Path.Combine(_feed.FullName, $"{id}.{version}.nupkg");
        using var file = File.Create(path);
        builder.Save(file);

        return path;
    }
}
