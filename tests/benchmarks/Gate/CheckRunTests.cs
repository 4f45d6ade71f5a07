using Parallax.Contracts;

namespace Parallax.Benchmarks.Tests.Gate;

public sealed class CheckRunTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax check ");

    private string File => Path.Combine(_folder.FullName, "baseline.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Run_AfterAccept_PassesAndGrowthFails()
    {
        Accept(operators: 10, time: 1);

        Assert.Equal(Verdict.Pass, Check(operators: 10, time: 1).Verdict);
        Assert.Equal(Verdict.Fail, Check(operators: 11, time: 1).Verdict);
        Assert.Equal(Verdict.Fail, Check(operators: 10, time: 1.2).Verdict);
    }

    [Fact]
    public void Run_CountsOnly_TakesNoTimes()
    {
        Accept(operators: 10, time: 1);

        var report = Check(operators: 10, time: 100, counts: true);

        Assert.Equal(Verdict.Pass, report.Verdict);
        Assert.DoesNotContain(report.Rows, row => row.Number == "ratio");
    }

    // What is counted must not depend on which measurements came before: a filter would change it.
    [Fact]
    public void Run_Counts_StartsAProcessForEachMeasurement()
    {
        var counted = new System.Collections.Concurrent.ConcurrentBag<int>();
        var check = new CheckRun(new() { Check = true, Counts = true, Accept = true, Baseline = File }, Start, _ => { }, CancellationToken.None);

        check.Run("here");

        Assert.Equal([0, 1, 1], counted.Order());

        IMeasuringProcess Start()
        {
            var requests = 0;

            return new FakeProcess(
                _ =>
                {
                    requests++;
                    return new() { Counts = Counted(1) };
                },
                "a/one", "a/two") { OnDispose = () => counted.Add(requests) };
        }
    }

    [Fact]
    public void Run_WithoutABaseline_SaysHowToWriteOne()
    {
        var error = Assert.Throws<ConfigurationException>(() => Check(operators: 10, time: 1));

        Assert.Contains("--check --accept", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_FilterThatFitsNothing_ListsTheMeasurements()
    {
        Accept(operators: 10, time: 1);

        var error = Assert.Throws<ConfigurationException>(() => Check(operators: 10, time: 1, filter: "nothing/*"));

        Assert.Contains("nothing/*", error.Message, StringComparison.Ordinal);
        Assert.Contains("a/one", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Against_MeasurementsOnOneSideOnly_FailLoudly()
    {
        var run = new AgainstRun(
            new() { Against = "main" }, () => new FakeProcess(_ => new() { Milliseconds = 1 }, "a/one", "a/new"),
            () => new FakeProcess(_ => new() { Milliseconds = 1 }, "a/one", "a/old"), _ => { }, CancellationToken.None);

        var report = run.Run("here");

        Assert.Equal(
            [("a/new", Outcome.New), ("a/old", Outcome.Missing), ("a/one", Outcome.Pass)], report.Rows.Select(row => (row.Measurement, row.Outcome)));
        Assert.Equal(Verdict.Fail, report.Verdict);
    }

    [Fact]
    public void Against_OneSideSlower_FailsAndItsTableTellsBoth()
    {
        var run = new AgainstRun(
            new() { Against = "main" }, () => new FakeProcess(_ => new() { Milliseconds = 1.2 }, "a/one"),
            () => new FakeProcess(_ => new() { Milliseconds = 1 }, "a/one"), _ => { }, CancellationToken.None);

        var report = run.Run("here");

        Assert.Equal(Verdict.Fail, report.Verdict);
        Assert.Contains("| a/one | processor-ms | 1 | 1.200 | +20.0 % | 1.050 | **fail** |", MarkdownTable.Of(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Against_NewMeasurementThatIsAllowed_IsToldAndDoesNotFail()
    {
        var run = new AgainstRun(
            new() { Against = "main", AllowNew = true }, () => new FakeProcess(_ => new() { Milliseconds = 1 }, "a/one", "a/new"),
            () => new FakeProcess(_ => new() { Milliseconds = 1 }, "a/one"), _ => { }, CancellationToken.None);

        var report = run.Run("here");

        Assert.Equal(Verdict.Pass, report.Verdict);
        Assert.Contains("| a/new | processor-ms |  |  |  |  | **new** |", MarkdownTable.Of(report), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Accept_CountsThatLackAKindOrDiffer_WritesNothing(bool isUnsteady)
    {
        var counted = isUnsteady
            ? Counted(1) with { Unsteady = [NumberKind.Tensors.Name] }
            : Counted(1) with { Numbers = new Dictionary<string, double> { [NumberKind.Tensors.Name] = 1 } };
        var check = new CheckRun(
            new() { Check = true, Counts = true, Accept = true, Baseline = File }, () => new FakeProcess(_ => new() { Counts = counted }, "a/one"), _ => { },
            CancellationToken.None);

        var error = Assert.Throws<ConfigurationException>(() => check.Run("here"));

        Assert.Contains(
            isUnsteady ? "a/one, tensors: differs from call to call" : "a/one, native-blocks: not counted", string.Join('\n', error.Faults),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_StoppedDuringAMeasurement_EndsBeforeTheNext(bool counts)
    {
        using var stop = new CancellationTokenSource();
        Accept(operators: 10, time: 1);
        var check = new CheckRun(
            new() { Check = true, Counts = counts, Baseline = File },
            () => new FakeProcess(
                request =>
                {
                    if (counts || request.Do == Do.Prepare)
                    {
                        stop.Cancel();   // and the process is gone
                    }

                    return request.Do == Do.Count ? new() { Counts = Counted(10) } : new() { Error = "it ended" };
                },
                "a/one", "a/two"), _ => { }, stop.Token);

        Assert.ThrowsAny<OperationCanceledException>(() => check.Run("here"));
    }

    private static Counted Counted(double number) => new() { Numbers = NumberKind.Counts.ToDictionary(kind => kind.Name, _ => number) };

    private void Accept(double operators, double time)
    {
        var check = Run(operators, time, new() { Check = true, Accept = true, Baseline = File });
        check.Accept(check.Run("here"));
    }

    private GateReport Check(double operators, double time, bool counts = false, string? filter = null) =>
        Run(operators, time, new() { Check = true, Counts = counts, Baseline = File, Filters = filter is null ? [] : [filter] }).Run("here");

    private static CheckRun Run(double operators, double time, GateOptions options) => new(
        options,
        () => new FakeProcess(
            request => request.Do switch
            {
                Do.Count => new() { Counts = Counted(operators) },
                Do.Body => new() { Milliseconds = time },
                _ => new() { Milliseconds = 1 },
            },
            "a/one"),
        _ => { }, CancellationToken.None);
}
