namespace Parallax.Goldens.Tests;

public sealed class GoldenTests
{
    private static readonly string Cases = Path.Combine(AppContext.BaseDirectory, "cases");

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => Path.GetRelativePath(Folder, path))];

    private static string Folder => Environment.GetEnvironmentVariable("PARALLAX_GOLDENS") is { Length: > 0 } folder ? folder : Cases;

    [Theory]
    [MemberData(nameof(Files))]
    public void CheckFile_GoldenFile_Agrees(string file)
    {
        var outcome = GoldenChecker.CheckFile(Path.Combine(Folder, file), file);

        Assert.SkipWhen(outcome.Status == GoldenStatus.Unknown && Folder != Cases, $"no adapter for {outcome.Operation}");
        Assert.True(outcome.Status == GoldenStatus.Passed, $"{outcome.Status}: {outcome.Operation}\n{string.Join("\n", outcome.Faults)}");
    }
}
