using System.Text.RegularExpressions;

namespace Parallax.Host.Tests.Architecture;

/// <summary>No test depends on what another one drew: libtorch has one default generator for the whole process.</summary>
public sealed partial class RandomDrawTests
{
    private static string Tests => Path.Combine(RepositoryFiles.Root, "tests");

    [Fact]
    public void HostTests_ThatDraw_RunOneAfterTheOtherFromASeed()
    {
        var unseeded = from file in Directory.EnumerateFiles(Path.Combine(Tests, "host"), "*Tests.cs", SearchOption.AllDirectories)
                       let text = File.ReadAllText(file)
                       where Path.GetFileName(file) != $"{nameof(RandomDrawTests)}.cs" && Draws().IsMatch(text) && !InACollection().IsMatch(text)
                       select $"{file}: draws from libtorch's generator ({Draws().Match(text).Value}); put [Collection(GeneratorCollection.Name)] before it.";

        Assert.Empty(unseeded);
    }

    [Theory]
    [InlineData("plugins")]
    [InlineData("torch")]
    public void OtherTests_OfNetworks_AreSeededAndRunOneAtATime(string project)
    {
        var text = File.ReadAllText(Path.Combine(Tests, project, "Parallelism.cs"));

        Assert.Contains("[assembly: Parallax.Tests.Seed]", text, StringComparison.Ordinal);
        Assert.Contains("ParallelMode.None", text, StringComparison.Ordinal);
    }

    // Fields and constructors of a test class are made before the seed is set.
    [Fact]
    public void TestClasses_Fields_DrawNothing()
    {
        var fields = from file in Directory.EnumerateFiles(Tests, "*Tests.cs", SearchOption.AllDirectories)
                     where Path.GetFileName(file) != $"{nameof(RandomDrawTests)}.cs"
                     from line in File.ReadLines(file)
                     where FieldThatDraws().IsMatch(line) && !line.Contains("generator:", StringComparison.Ordinal)
                     select $"{file}: {line.Trim()}: draw inside the test.";

        Assert.Empty(fields);
    }

    [GeneratedRegex(@"\b(TinyMethod|LineMethod|TrainingBench|SessionFactory)\b"
        + @"|\b(rand|randn|randperm|randint|manual_seed|rand_like|randn_like)\(|(?<![.\w])(Linear|Conv2d|Dropout|BatchNorm2d)\(")]
    private static partial Regex Draws();

    [GeneratedRegex(@"\[Collection\((GeneratorCollection|AloneCollection)\.Name\)\]")]
    private static partial Regex InACollection();

    [GeneratedRegex(@"^    (private|public|internal) [^(]* = .*\b(torch\.)?(rand|randn|randperm|randint)\(")]
    private static partial Regex FieldThatDraws();
}
