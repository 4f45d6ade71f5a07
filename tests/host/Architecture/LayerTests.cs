using System.Text.RegularExpressions;
using System.Xml.Linq;
using Parallax.Host.Plugins;

namespace Parallax.Host.Tests.Architecture;

public sealed class LayerTests
{
    // What a folder's projects may refer to, beside themselves.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["engine"] = [],
        ["contracts"] = ["engine"],
        ["plugins/parts"] = ["contracts", "engine"],
        ["plugins/methods"] = ["contracts", "engine", "plugins/parts"],
        ["plugins/backbones"] = ["contracts", "engine", "plugins/parts"],
        ["plugins/augmentations"] = ["contracts", "engine", "plugins/parts"],
        ["plugins/datasets"] = ["contracts", "engine", "plugins/parts"],
        ["plugins/evaluators"] = ["contracts", "engine", "plugins/parts"],
        ["host"] = ["contracts", "engine"],
    };

    // Names of methods, backbones and data sets, whether there is a plugin for them or not.
    private static readonly string[] KnownNames =
        ["simclr", "moco", "mochi", "byol", "simsiam", "swav", "dino", "ibot", "vicreg", "barlow-twins", "resnet", "vit", "cifar", "mnist", "imagenet"];

    public static TheoryData<string> Folders => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Projects_References_PointOnlyDownwards(string folder)
    {
        var references = Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, folder), "*.csproj")
            .SelectMany(project => XDocument.Load(project).Descendants("ProjectReference").Select(reference => Target(project, (string)reference.Attribute("Include")!)));

        Assert.All(references, target => Assert.Contains(target, Allowed[folder]));
    }

    [Theory]
    [InlineData("host")]
    [InlineData("engine")]
    public void Sources_OfHostAndEngine_NameNoMethodBackboneOrDataSet(string folder)
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");
        var catalog = PluginCatalog.Discover(new([RepositoryFiles.Plugins], []));
        var names = catalog.Of(PluginKind.Method).Concat(catalog.Of(PluginKind.Backbone)).Select(plugin => plugin.Name).Concat(KnownNames);
        var forbidden = new Regex($@"(?<!self-)\b({string.Join('|', names.Select(Regex.Escape))})\b", RegexOptions.IgnoreCase);

        var hits = Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, folder), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".c" or ".cpp" or ".h")
            .SelectMany(file => File.ReadLines(file).Select((line, index) => $"{file}:{index + 1}: {line.Trim()}").Where(line => forbidden.IsMatch(line[(line.IndexOf(": ", StringComparison.Ordinal) + 1)..])));

        Assert.Empty(hits);
    }

    [Fact]
    public void Host_AsBuilt_RefersToNoPlugin()
    {
        var references = typeof(PluginCatalog).Assembly.GetReferencedAssemblies().Select(name => name.Name!).Where(name => name.StartsWith("Parallax", StringComparison.Ordinal));

        Assert.Equal(["Parallax.Contracts", "Parallax.Engine"], references.Order(StringComparer.Ordinal));
    }

    private static string Target(string project, string include)
    {
        var path = include.Replace("$(RepositoryRoot)", RepositoryFiles.Root + "/", StringComparison.Ordinal);
        var full = Path.GetFullPath(path, Path.GetDirectoryName(project)!);

        return Path.GetRelativePath(RepositoryFiles.Root, Path.GetDirectoryName(full)!).Replace('\\', '/');
    }
}
