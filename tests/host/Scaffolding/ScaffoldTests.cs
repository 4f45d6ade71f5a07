using Parallax.Host.Cli;
using Parallax.Host.Plugins;
using Parallax.Host.Scaffolding;

namespace Parallax.Host.Tests.Scaffolding;

public sealed class ScaffoldTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("parallax scaffold ");
    private readonly StringWriter _error = new();

    [Theory]
    [InlineData("method", PluginKind.Method)]
    [InlineData("backbone", PluginKind.Backbone)]
    [InlineData("augmentation", PluginKind.Augmentation)]
    [InlineData("dataset", PluginKind.Dataset)]
    public async Task New_EachKind_BuildsPassesItsTestsAndIsDiscovered(string kind, PluginKind expected)
    {
        var folder = Path.Combine(_root.FullName, $"my-{kind}");

        var code = await Run("new", kind, $"my-{kind}", "--output", folder);
        var (tested, report) = await DotNet.Run("run", "--project", Path.Combine(folder, "tests"));
        var catalog = PluginCatalog.Discover(new([], [Path.Combine(folder, "plugin")]));

        Assert.Equal(0, code);
        Assert.True(tested == 0, report);
        Assert.Contains("Failed: 0", report, StringComparison.Ordinal);
        Assert.Empty(catalog.Rejected);
        var plugin = catalog.Get(expected, $"my-{kind}");
        Assert.NotEmpty(plugin.Summary);
        Assert.NotNull(Activator.CreateInstance(plugin.OptionsType!));
    }

    [Theory]
    [InlineData("MyMethod", "'MyMethod' is no plugin name.")]
    [InlineData("Linear", "'Linear' is no plugin name.")]
    [InlineData("my--method", "'my--method' is no plugin name.")]
    [InlineData("null", "'null' is no plugin name.")]
    public async Task New_NameThatIsNotKebabCase_IsRefused(string name, string expected)
    {
        var code = await Run("new", "method", name, "--output", Path.Combine(_root.FullName, "new"));

        Assert.Equal(2, code);
        Assert.StartsWith(expected, _error.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_root.FullName, "new")));
    }

    [Fact]
    public async Task New_FolderWithFiles_IsLeftAlone()
    {
        File.WriteAllText(Path.Combine(_root.FullName, "thesis.tex"), "years of work");

        var code = await Run("new", "method", "my-method", "--output", _root.FullName);

        Assert.Equal(2, code);
        Assert.Contains("exists already and is not empty", _error.ToString(), StringComparison.Ordinal);
        Assert.Single(_root.EnumerateFileSystemInfos());
    }

    /// <summary>Names of TorchSharp, of .NET, of the contracts, of C#, of xunit, and of what the templates themselves declare.</summary>
    private static readonly string[] _awkward =
    [
        "linear", "module", "tensor", "torch", "nn", "f", "conv2d", "conv1d", "sequential", "batch-norm1d", "batch-norm2d", "flatten", "re-lu", "no-grad",
            "new-dispose-scope", "precision", "device", "generator",
        "rand", "arange", "manual-seed", "torch-sharp", "torchsharp", "torch-library", "parallax", "system", "microsoft", "xunit", "assert", "fact", "theory",
            "tests", "torch-start", "tiny-backbone", "tiny-backbone-plugin",
        "batch", "run-info", "view-plan", "view-spec", "step-output", "step-context", "i-method", "i-backbone", "i-augmentation", "i-dataset-source",
            "i-image-dataset", "i-image-decoder", "i", "image-buffer", "image-size",
        "dataset-info", "dataset-split", "counter-random", "configuration-exception", "corrupt-sample-exception", "smallest-side", "augmentation-spec",
            "plugin", "plugin-attribute", "range", "range-attribute", "required",
        "options", "my-options", "step", "views", "backbone", "method", "augmentation", "dataset", "forward", "feature-dim", "feature-width", "distance",
            "head", "loss", "draw", "apply", "parameter-count", "grey", "open", "images",
        "info", "label", "read", "dispose", "describe", "labelled-file", "flat-decoder", "decode", "read-size", "string", "object", "exception", "console",
            "path", "file", "directory", "list", "enumerable", "math", "task", "span",
        "read-only-span", "dictionary", "i-disposable", "string-comparer", "string-comparison", "convert", "char", "encoding", "sha256", "array", "type",
            "class", "namespace", "int", "record", "base", "new", "null", "true", "await",
        "a", "x1", "my-thing-2",
    ];

    [Fact]
    public async Task Write_NamesThatMeanSomethingElse_Compiles()
    {
        foreach (var (kind, name) in Scaffold.Kinds.Keys.SelectMany(kind => _awkward.Select(name => (kind, name))))
        {
            Scaffold.Write(kind, name, Path.Combine(_root.FullName, kind, name));
        }

        var (code, report) = await DotNet.Run("build", RunOnAll(), "-c", "Release", "-v", "quiet", "-nologo");

        Assert.True(code == 0, report);
    }

    [Theory]
    [InlineData("method", "my-method", "MyMethod")]
    [InlineData("dataset", "my-images", "MyImages")]
    [InlineData("backbone", "my-net", "MyNet")]
    [InlineData("method", "linear", "LinearMethod")]
    [InlineData("backbone", "linear", "LinearBackbone")]
    [InlineData("augmentation", "torch-sharp", "TorchSharpAugmentation")]   // an assembly is called so
    [InlineData("method", "i", "I")]
    [InlineData("dataset", "i-dataset-source", "IDatasetSourceDataset")]
    public void SafeClassName_NameInUse_GetsTheKindBehindIt(string kind, string name, string expected) =>
        Assert.Equal(expected, Scaffold.SafeClassName(kind, name));

    [Theory]
    [InlineData("method", "simclr")]
    [InlineData("backbone", "resnet18")]
    [InlineData("augmentation", "normalize")]
    [InlineData("dataset", "shapes")]
    public async Task New_NameOfAPluginThatIsThere_IsRefused(string kind, string name)
    {
        var code = await Run("new", kind, name, "--plugins", RepositoryFiles.Plugins, "--output", Path.Combine(_root.FullName, "new"));

        Assert.Equal(2, code);
        Assert.Contains($"'{name}' already, in ", _error.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_root.FullName, "new")));
    }

    [Fact]
    public void ClassName_KebabCase_IsPascalCase() => Assert.Equal("MyMethod2", Scaffold.ClassName("my-method2"));

    public void Dispose() => _root.Delete(recursive: true);

    // A project per kind over the sources of all its names, each of which has a namespace of its own; and one that builds the four.
    private string RunOnAll()
    {
        var projects = new List<string>();
        foreach (var kind in Scaffold.Kinds.Keys)
        {
            var folder = Path.Combine(_root.FullName, kind);
            var first = new DirectoryInfo(Path.Combine(folder, _awkward[0]));
            foreach (var settings in first.EnumerateFiles("Directory.*"))
            {
                settings.CopyTo(Path.Combine(folder, settings.Name));
            }

            var project = Path.Combine(folder, $"{kind}.csproj");
            File.WriteAllLines(project, File.ReadAllLines(first.EnumerateFiles("tests/*.csproj").Single().FullName)
                .Where(line => !line.Contains("<ProjectReference", StringComparison.Ordinal)));
            projects.Add($"""<ProjectReference Include="{project}" ReferenceOutputAssembly="false" />""");
        }

        var path = Path.Combine(_root.FullName, "Together.csproj");
        File.WriteAllText(path, $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <EnableDefaultItems>false</EnableDefaultItems>
              </PropertyGroup>
              <ItemGroup>{string.Concat(projects)}</ItemGroup>
            </Project>
            """);

        return path;
    }

    private Task<int> Run(params string[] arguments) => Composition.RunAsync(arguments, new(TextWriter.Null, _error, isTerminal: false));
}
