using Parallax.Host.Leaderboards;
using Parallax.Host.Tests.Training;

namespace Parallax.Host.Tests.Leaderboards;

[Collection(GeneratorCollection.Name)]
public sealed class ProgressedTests
{
    [Theory]
    [InlineData(new[] { "one", "two" }, 1, 1, 0)]
    [InlineData(new[] { "one" }, 1, 0, 1)]   // it is in the table, and nothing begins with it
    [InlineData(null, 0, 0, 1)]
    public void Add_Result_IsWholeOnlyWithAllItsNumbers(string[]? numbers, int results, int whole, int failed)
    {
        using var bench = new TrainingBench();
        var configuration = bench.Configuration();
        var row = new LeaderboardFile.Row("a", 0, false, configuration with { Evaluation = configuration.Evaluation with { Protocols = ["one", "two"] } });
        var progressed = new LeaderboardRun.Progressed([]);

        progressed.Add(row, numbers is null ? null : new("a", "hum", 0, false, numbers.ToDictionary(name => name, _ => 0.5), 1, 1, 1, "run", "hash"));

        Assert.Equal((1, results, whole, failed), (progressed.Done, progressed.Results.Count, progressed.Whole.Count, progressed.Failed.Count));
    }
}
