using Parallax.Tests;

namespace Parallax.Torch.Tests.Collectives;

/// <summary>The same exchanges over a network.</summary>
public sealed class TwoMachinesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TwoMachinesTests() => Mpirun.Require();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AllScenarios_OverTheNetwork_Pass()
    {
        using var machines = new TwoMachines();
        var (program, arguments) = machines.Mpirun(["hostname"]);
        Assert.Equal(TwoMachines.HostNames, Mpirun.Run(program, arguments).Text.Split('\n').Where(TwoMachines.HostNames.Contains)
            .Order(StringComparer.Ordinal));

        var result = Run(machines, RankProgram.Scenarios);

        Assert.True(result.ExitCode == 0, $"{result.Text}\n{string.Join('\n', Directory.GetFiles(_folder.Path).Select(File.ReadAllText))}");
    }

    [Fact]
    public void Die_OnTheOtherMachine_EndsAllWithinSecondsAndIsNamed()
    {
        using var machines = new TwoMachines();

        var result = Run(machines, [$"{nameof(FailureScenarios)}.{nameof(FailureScenarios.Die_WhileTheOthersWait_EndsAll)}"]);

        Assert.Equal(137, result.ExitCode);
        Assert.Contains("process rank 1 ", result.Text, StringComparison.Ordinal);
        Assert.InRange(result.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    private MpirunResult Run(TwoMachines machines, IEnumerable<string> scenarios)
    {
        var (program, arguments) = machines.Mpirun(Mpirun.Program(_folder.Path, scenarios));
        return Mpirun.Run(program, arguments);
    }
}
