using Parallax.Host.Configuration;
using Parallax.Host.Plugins;

namespace Parallax.Host.Tests.Configuration;

public sealed class ConfigurationReferenceTests
{
    [Fact]
    public void Write_BuiltPlugins_EqualsTheCommittedFile()
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");
        var file = Path.Combine(RepositoryFiles.Root, "docs", "configuration.md");

        var written = ConfigurationReference.Write(PluginCatalog.Discover(new([RepositoryFiles.Plugins], [])));

        ApprovedFile.Verify(file, written);
    }

    [Fact]
    public void HostSections_EveryOption_IsDocumented()
    {
        var options = HostSections.All.SelectMany(section => OptionReference.Of(section.Value).Select(option => (section.Key, option)));

        Assert.All(options, pair => Assert.False(string.IsNullOrWhiteSpace(pair.option.Summary), $"{pair.Key}.{pair.option.Key} has no summary."));
    }
}
