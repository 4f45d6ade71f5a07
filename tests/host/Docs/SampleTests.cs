using Parallax.Host.Scaffolding;

namespace Parallax.Host.Tests.Docs;

/// <summary>Code in the documentation is code that other tests build: a scaffolded project, or a source of the repository.</summary>
public sealed class SampleTests : IDisposable
{
    private static readonly string[] SourceFolders = ["contracts", "plugins", "tests"];

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("parallax samples ");

    public static TheoryData<string> Pages => [.. Page.All];

    [Theory]
    [MemberData(nameof(Pages))]
    public void CodeBlocks_InCSharp_AreCompiledElsewhere(string path)
    {
        var sources = Sources().Select(Normalize).ToList();

        var invented = Page.Open(path).Blocks("csharp").Where(block => !sources.Any(source => source.Contains(Normalize(block), StringComparison.Ordinal)));

        Assert.Empty(invented);
    }

    [Fact]
    public void WritingAPlugin_ShowsCodeOfEveryScaffold()
    {
        var blocks = Page.Open("docs/writing-a-plugin.md").Blocks("csharp").Select(Normalize).ToList();

        foreach (var kind in Scaffold.Kinds.Keys)
        {
            var source = Normalize(Scaffolded(kind).First(text => text.Contains("[Plugin(", StringComparison.Ordinal)));
            Assert.True(blocks.Any(block => source.Contains(block, StringComparison.Ordinal)),
                $"The page shows nothing of the {kind} that 'parallax new {kind}' writes.");
        }
    }

    public void Dispose() => _root.Delete(recursive: true);

    // BroughtModuleTests builds and runs the code that the page brings along.
    private IEnumerable<string> Sources() => Scaffold.Kinds.Keys.SelectMany(Scaffolded).Concat(BroughtModuleTests.Blocks).Concat(SourceFolders
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, folder), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
        .Select(File.ReadAllText));

    private IReadOnlyList<string> Scaffolded(string kind)
    {
        var folder = Path.Combine(_root.FullName, Guid.NewGuid().ToString("N"));

        return [.. Scaffold.Write(kind, $"my-{kind}", folder).Where(file => file.EndsWith(".cs", StringComparison.Ordinal))
            .Select(file => File.ReadAllText(Path.Combine(folder, file)))];
    }

    // A sample may start inside a class: indentation does not count, blank lines do not either.
    private static string Normalize(string text) =>
        "\n" + string.Join('\n', text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)) + "\n";
}
