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
    [InlineData("my--method", "'my--method' is no plugin name.")]
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

    [Fact]
    public void ClassName_KebabCase_IsPascalCase() => Assert.Equal("MyMethod2", Scaffold.ClassName("my-method2"));

    public void Dispose() => _root.Delete(recursive: true);

    private Task<int> Run(params string[] arguments) => CommandLineApplication.RunAsync(arguments, new(TextWriter.Null, _error, isTerminal: false));
}
