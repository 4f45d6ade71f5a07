using System.Text.RegularExpressions;
using Parallax.Host.Plugins;

namespace Parallax.Host.Tests.Docs;

/// <summary>The words of <c>docs/vocabulary.md</c> are those that methods use.</summary>
public sealed partial class VocabularyTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "vocabulary.md"));

    [Fact]
    public void Methods_KindsAndPseudoLabels_AreTermsOfThePage()
    {
        string[] kinds = [.. Terms("Kind")], labels = [.. Terms("Pseudo-label")];
        Assert.Equal(15, kinds.Length);
        Assert.Equal(["discrete class", "continuous map", "ordering", "pair relation"], labels);

        Assert.All(Methods(), method =>
        {
            Assert.True(method.Taxonomy is null || kinds.Contains(method.Taxonomy), $"{method.Name}: '{method.Taxonomy}'");
            Assert.True(method.PseudoLabel is null || labels.Contains(method.PseudoLabel), $"{method.Name}: '{method.PseudoLabel}'");
            Assert.Equal(method.Taxonomy is null, method.PseudoLabel is null);
        });
    }

    [Fact]
    public void Page_MethodsOfEachKind_AreThoseThatSayIt()
    {
        var said = Methods().Where(method => method.Taxonomy is not null).Select(method => (method.Taxonomy, method.Name)).Order();
        var written =
            from row in Row().Matches(Text)
            from method in Link().Matches(row.Groups["rest"].Value)
            select (row.Groups["term"].Value, method.Groups["name"].Value);

        Assert.Equal(said, written.Select(pair => ((string?)pair.Item1, pair.Item2)).Order());
    }

    [Theory]
    [InlineData("jigsaw", "context-based: spatial structure; pseudo-label: ordering")]
    [InlineData("simclr", "–")]
    public void TaskText_IsForPeople(string method, string expected) => Assert.Equal(expected, Methods().Single(one => one.Name == method).TaskText);

    private static IEnumerable<string> Terms(string heading)
    {
        var from = Text.IndexOf($"| {heading} |", StringComparison.Ordinal);

        return Row().Matches(Text[from..Text.IndexOf("\n\n", from, StringComparison.Ordinal)]).Select(row => row.Groups["term"].Value);
    }

    private static IReadOnlyList<PluginDescriptor> Methods()
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");

        return [.. PluginCatalog.Discover(new([RepositoryFiles.Plugins], [])).Of(PluginKind.Method)];
    }

    [GeneratedRegex(@"^\| `(?<term>[^`]+)` \|(?<rest>.*)$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\[`(?<name>[^`]+)`\]")]
    private static partial Regex Link();
}
