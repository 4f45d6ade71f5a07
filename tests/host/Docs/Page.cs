using System.Text.RegularExpressions;

namespace Parallax.Host.Tests.Docs;

/// <summary>A page of the documentation, cut into what tests look at.</summary>
internal sealed partial class Page
{
    private readonly string _path, _text;

    private Page(string path, string text) => (_path, _text) = (path, text);

    /// <summary>The pages at the top, and those in <c>docs/</c> and <c>docs/decisions/</c>, relative to the repository.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. new[] { "", "docs", "docs/decisions" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, folder), "*.md"))
            .Select(file => Path.GetRelativePath(RepositoryFiles.Root, file)).Order(StringComparer.Ordinal),
    ];

    public static Page Open(string relativePath)
    {
        var path = Path.Combine(RepositoryFiles.Root, relativePath);

        return new(path, File.ReadAllText(path));
    }

    /// <summary>The part of the page from a heading of the second level to the next.</summary>
    public Page Section(string heading) => new(_path, _text.Split("\n## ").Single(part => part.StartsWith(heading + "\n", StringComparison.Ordinal)));

    /// <summary>Targets of links and pictures that are no web addresses.</summary>
    public IEnumerable<string> LocalLinks =>
        Links().Matches(Prose).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal));

    /// <summary>Paths of the repository that the text names in code spans. Patterns (<c>*.cs</c>) and placeholders in capitals are left out.</summary>
    public IEnumerable<string> NamedPaths => RepositoryPaths().Matches(Prose).Select(match => match.Groups[1].Value);

    /// <summary>Anchors of the headings, as GitHub makes them.</summary>
    public IEnumerable<string> Anchors => Headings().Matches(Prose)
        .Select(match => NotInAnchors().Replace(match.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>Arguments of the <c>parallax</c> command lines in consoles.</summary>
    public IEnumerable<string> Commands => Blocks("console").SelectMany(block => Prompts().Matches(block)).Select(match => match.Groups[1].Value.TrimEnd());

    /// <summary>Fenced blocks of a language.</summary>
    public IEnumerable<string> Blocks(string language) =>
        Fences().Matches(_text).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value);

    public override string ToString() => _path;

    private string Prose => Fences().Replace(_text, "");

    [GeneratedRegex(@"^```(?<language>\w*)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"`((?:contracts|host|plugins|torch|recipes|benchmarks|tests|docs|eng|\.ci)/[a-zA-Z0-9._/-]*)`")]
    private static partial Regex RepositoryPaths();

    [GeneratedRegex(@"^#+ (?<heading>.+)$", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex(@"^\$ (?:\./)?parallax (?<arguments>[^#|>&\n]*)", RegexOptions.Multiline)]
    private static partial Regex Prompts();
}
