namespace Parallax.Torch.Tests.Collectives;

public sealed class FailureTests : IDisposable
{
    private const int ExpectedFault = 17;
    private readonly TemporaryFolder _folder = new();

    public FailureTests() => Mpirun.Require();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(nameof(FailureScenarios.Die_WhileTheOthersWait_EndsAll))]
    [InlineData(nameof(FailureScenarios.Die_DuringBackward_EndsTheOthersInTheirExchange))]
    public void Die_AnyTime_EndsAllWithinSecondsAndIsNamed(string scenario)
    {
        var result = Run(3, scenario);

        Assert.Equal(137, result.ExitCode);
        Assert.Contains("process rank 1 ", result.Text, StringComparison.Ordinal);
        Assert.InRange(result.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));   // 3 seconds on an idle machine
    }

    [Theory]
    [InlineData(nameof(FailureScenarios.Agree_ShapesDiffer_NamesWhatEachRankDoes), ExpectedFault)]
    [InlineData(nameof(FailureScenarios.Backpropagate_OtherExchangeElsewhere_Throws), ExpectedFault)]
    [InlineData(nameof(FailureScenarios.Wait_OneRankIsStuck_Throws), ExpectedFault)]
    [InlineData(nameof(FailureScenarios.Reduce_AnotherRankIsStuckInBackward_Throws), ExpectedFault)]
    [InlineData(nameof(FailureScenarios.Begin_ProcessesEndDuringTheExchange_AsTheyWant), ExpectedFault)]
    [InlineData(nameof(FailureScenarios.Leave_OneProcessGoesOn_IsASuccess), 0)]
    public void Fault_InAScenario_IsToldAsExpected(string scenario, int exitCode)
    {
        var result = Run(2, scenario);

        Assert.True(result.ExitCode == exitCode,
            $"{result.ExitCode}: {result.Text}\n{string.Join('\n', Directory.GetFiles(_folder.Path).Select(File.ReadAllText))}");
    }

    private MpirunResult Run(int size, string scenario) => Mpirun.Run(size, _folder.Path, [$"{nameof(FailureScenarios)}.{scenario}"]);
}
