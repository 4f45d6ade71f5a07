using System.Text.RegularExpressions;
using System.Xml.Linq;
using Parallax.Host.Plugins;

namespace Parallax.Host.Tests.Architecture;

public sealed class LayerTests
{
    // What a folder's projects may refer to, beside themselves.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["eng/keep-alive"] = [],
        ["torch"] = [],
        ["contracts"] = [],
        ["plugins/parts"] = ["contracts", "torch"],
        ["plugins/methods"] = ["contracts", "torch", "plugins/parts"],
        ["plugins/backbones"] = ["contracts", "torch", "plugins/parts"],
        ["plugins/augmentations"] = ["contracts", "torch", "plugins/parts"],
        ["plugins/datasets"] = ["contracts", "torch", "plugins/parts"],
        ["plugins/evaluators"] = ["contracts", "torch", "plugins/parts"],
        ["host"] = ["contracts", "torch"],
    };

    // What the two lowest layers may take from NuGet: every plugin inherits it.
    private static readonly Dictionary<string, string[]> AllowedPackages = new()
    {
        ["torch"] = ["TorchSharp.PyBridge"],
        ["contracts"] = ["Microsoft.Extensions.Logging.Abstractions"],
    };

    // Names of methods, backbones and data sets, whether there is a plugin for them or not.
    private static readonly string[] KnownNames =
        ["simclr", "moco", "mochi", "byol", "simsiam", "swav", "dino", "ibot", "vicreg", "barlow-twins", "resnet", "vit", "cifar", "mnist", "imagenet"];

    public static TheoryData<string> Folders => [.. Allowed.Keys];

    public static TheoryData<string> LowestFolders => [.. AllowedPackages.Keys];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Projects_References_PointOnlyDownwards(string folder)
    {
        var references = Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, folder), "*.csproj")
            .SelectMany(project =>
                XDocument.Load(project).Descendants("ProjectReference").Select(reference => Target(project, (string)reference.Attribute("Include")!)));

        Assert.All(references, target => Assert.Contains(target, Allowed[folder]));
    }

    [Fact]
    public void Projects_OfTheSolution_HaveARuleEach()
    {
        var solution = Regex.Matches(File.ReadAllText(Path.Combine(RepositoryFiles.Root, "Framework.sln")), """ "([^"]+)\\[^"\\]+\.csproj" """.Trim())
            .Select(project => project.Groups[1].Value.Replace('\\', '/'));

        // Tests and benchmarks are above everything: they may refer to anything, and nothing but their tests to them.
        var ruled = solution.Where(folder => folder != "benchmarks" && !folder.StartsWith("tests/", StringComparison.Ordinal));
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), ruled.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(LowestFolders))]
    public void Projects_OfTheLowestLayers_TakeOnlyTorchSharpAndWhatIsListed(string folder)
    {
        var packages = Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, folder), "*.csproj")
            .SelectMany(project => XDocument.Load(project).Descendants("PackageReference").Select(reference => (string)reference.Attribute("Include")!));

        Assert.All(packages, package => Assert.Contains(package, AllowedPackages[folder]));
    }

    [Theory]
    [InlineData("host")]
    [InlineData("torch")]
    public void Sources_OfHostAndTorch_NameNoMethodBackboneOrDataSet(string folder)
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");
        var catalog = PluginCatalog.Discover(new([RepositoryFiles.Plugins], []));
        var names = catalog.Of(PluginKind.Method).Concat(catalog.Of(PluginKind.Backbone)).Select(plugin => plugin.Name).Concat(KnownNames);
        var forbidden = new Regex($@"(?<!self-)\b({string.Join('|', names.Select(Regex.Escape))})\b", RegexOptions.IgnoreCase);

        var hits = Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, folder), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) == ".cs")
            .SelectMany(file => File.ReadLines(file).Select((line, index) => $"{file}:{index + 1}: {line.Trim()}")
            .Where(line => forbidden.IsMatch(line[(line.IndexOf(": ", StringComparison.Ordinal) + 1)..])));

        Assert.Empty(hits);
    }

    [Fact]
    public void Host_AsBuilt_RefersToNoPlugin()
    {
        var references = typeof(PluginCatalog).Assembly.GetReferencedAssemblies().Select(name => name.Name!)
            .Where(name => name.StartsWith("Parallax", StringComparison.Ordinal));

        Assert.Equal(["Parallax.Contracts", "Parallax.Torch"], references.Order(StringComparer.Ordinal));
    }

    private static string Target(string project, string include)
    {
        var path = include.Replace("$(RepositoryRoot)", RepositoryFiles.Root + "/", StringComparison.Ordinal);
        var full = Path.GetFullPath(path, Path.GetDirectoryName(project)!);

        return Path.GetRelativePath(RepositoryFiles.Root, Path.GetDirectoryName(full)!).Replace('\\', '/');
    }
}
