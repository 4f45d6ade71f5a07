using Parallax.Contracts;

namespace Parallax.Benchmarks.Tests.Gate.Measuring;

public sealed class MeasuringProcessTests
{
    [Fact]
    public void Start_ProgramThatDoesNotMeasure_NamesItAndTheProtocol()
    {
        var missing = Path.Combine(Path.GetTempPath(), "no such program.dll");

        var error = Assert.Throws<ConfigurationException>(() => MeasuringProcess.Start(new(missing, "revision v1")));

        Assert.Contains("revision v1", error.Message, StringComparison.Ordinal);
        Assert.Contains("protocol 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Count_SmallLoss_IsTheSameInTwoProcesses()
    {
        var (first, second) = (CountInAProcess(), CountInAProcess());

        Assert.Equal(first.Numbers, second.Numbers);
        Assert.Empty(first.Unsteady);
        Assert.Equal(NumberKind.Counts.Select(kind => kind.Name), first.Numbers.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Ask_MeasurementThatIsNotThere_IsAnError()
    {
        using var process = MeasuringProcess.Start(MeasuringProgramFile.This);

        Assert.NotNull(process.Ask(new(Do.Prepare, "no/such")).Error);
        Assert.Null(process.Ask(new(Do.Prepare, "losses/negative-cosine-256")).Error);
        Assert.True(process.Ask(new(Do.Body)).Milliseconds > 0);
        Assert.True(process.Ask(new(Do.Peer)).Milliseconds > 0);
    }

    private static Counted CountInAProcess()
    {
        using var process = MeasuringProcess.Start(MeasuringProgramFile.This);

        return process.Ask(new(Do.Count, "losses/negative-cosine-256")).Counts!;
    }
}
