using Parallax.Contracts;

namespace Parallax.Benchmarks.Tests.Gate.Measuring;

public sealed class MeasuringProcessTests
{
    [Fact]
    public void Start_ProgramThatDoesNotMeasure_NamesItAndTheProtocol()
    {
        var missing = Path.Combine(Path.GetTempPath(), "no such program.dll");

        var error = Assert.Throws<ConfigurationException>(() => MeasuringProcess.Start(new(missing, "revision v1"), CancellationToken.None));

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

    // The signal that asks to stop ends the processes that measure, too: another one in their place would go on.
    [Fact]
    public void Ask_ProcessThatWasEndedByASignalToStop_StartsNoOther()
    {
        using var stop = new CancellationTokenSource();
        using var process = MeasuringProcess.Start(MeasuringProgramFile.This, stop.Token);
        process.Kill();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => process.Ask(new(Do.Body)));
        Assert.Throws<OperationCanceledException>(() => MeasuringProcess.Start(MeasuringProgramFile.This, stop.Token));
    }

    [Fact]
    public void Ask_MeasurementThatIsNotThere_IsAnError()
    {
        using var process = MeasuringProcess.Start(MeasuringProgramFile.This, CancellationToken.None);

        Assert.NotNull(process.Ask(new(Do.Prepare, "no/such")).Error);
        Assert.Null(process.Ask(new(Do.Prepare, "losses/negative-cosine-256")).Error);
        Assert.True(process.Ask(new(Do.Body)).Milliseconds > 0);
        Assert.True(process.Ask(new(Do.Peer)).Milliseconds > 0);
    }

    private static Counted CountInAProcess()
    {
        using var process = MeasuringProcess.Start(MeasuringProgramFile.This, CancellationToken.None);

        return process.Ask(new(Do.Count, "losses/negative-cosine-256")).Counts!;
    }
}
