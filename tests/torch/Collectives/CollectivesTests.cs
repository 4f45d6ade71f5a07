namespace Parallax.Torch.Tests.Collectives;

public sealed class CollectivesTests(RankRuns runs) : IClassFixture<RankRuns>
{
    public static TheoryData<string, int> Cases => [.. RankProgram.Scenarios.SelectMany(scenario => new[] { (scenario, 2), (scenario, 3) })];

    [Theory]
    [MemberData(nameof(Cases))]
    public void OnRealProcesses(string scenario, int processes)
    {
        var fault = runs.Outcome(processes, scenario);

        Assert.True(fault.Length == 0, fault);
    }
}
