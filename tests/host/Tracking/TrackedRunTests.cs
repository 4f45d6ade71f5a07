using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

public sealed class TrackedRunTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TrackingWorkplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task End_EverythingLogged_StoreHoldsIt()
    {
        var data = new DatasetInfo("shapes", DatasetSplit.Train, 100, ["a", "b"], 3, new ImageSize(32, 32), [0.5], [0.2], "0123abcd", "embedded");
        var run = _place.Start();

        run.LogParameters(new Dictionary<string, string> { ["learning_rate"] = "0.1" });
        run.LogMetric("train/loss", 2.5, 0);
        run.LogMetric("train/loss", double.NaN, 1);
        run.SetTags(new Dictionary<string, string> { ["method"] = "some-method" });
        run.LogDataset(data, "training");
        run.LogArtifact(_place.WriteFile("recipe.yaml", "a: 1"), "config/recipe ü+%.yaml");
        run.End(RunOutcome.Finished);

        using var store = _place.OpenDatabase();
        var stored = (await store.FindRunAsync(run.RunId, None))!;
        var history = await store.ReadHistoryAsync(run.RunId, "train/loss", None);
        Assert.Equal(RunStatus.Finished, stored.Status);
        Assert.NotNull(stored.EndTime);
        Assert.Equal("0.1", stored.Params["learning_rate"]);
        Assert.Equal("some-method", stored.Tags["method"]);
        Assert.Equal("LOCAL", stored.Tags["mlflow.source.type"]);
        Assert.Equal([2.5, double.NaN], history.Select(p => p.Value));
        Assert.Equal("a: 1", File.ReadAllText(Path.Combine(new Uri(stored.ArtifactUri).LocalPath, "config", "recipe ü+%.yaml")));
        Assert.Empty(_place.Spool.Journals());
        Assert.Empty(_place.Logger.Warnings);
    }

    [Theory]
    [InlineData(nameof(RunOutcome.Finished), RunStatus.Finished)]
    [InlineData(nameof(RunOutcome.Failed), RunStatus.Failed)]
    [InlineData(nameof(RunOutcome.Killed), RunStatus.Killed)]
    public async Task End_Outcome_IsTheStatus(string outcome, string status)
    {
        var run = _place.Start();

        run.End(Enum.Parse<RunOutcome>(outcome));

        using var store = _place.OpenDatabase();
        Assert.Equal(status, (await store.FindRunAsync(run.RunId, None))!.Status);
    }

    [Fact]
    public async Task Dispose_NobodyEnded_IsFailed()
    {
        var run = _place.Start();

        run.Dispose();

        using var store = _place.OpenDatabase();
        Assert.Equal(RunStatus.Failed, (await store.FindRunAsync(run.RunId, None))!.Status);
    }

    [Fact]
    public async Task Start_Resumed_RepeatedStepsAreKeptOnce()
    {
        var first = _place.Start();
        first.LogParameters(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" });
        LogSteps(first, 0, 5);
        first.LogMetric("system/cpu_utilization_percentage", 10, 0);
        first.End(RunOutcome.Killed);

        var second = _place.Start(new RunDescription("pretraining", null, new Dictionary<string, string>()) { ResumeRunId = first.RunId });
        second.LogParameters(new Dictionary<string, string> { ["a"] = "1", ["b"] = "3" });
        LogSteps(second, 3, 8);   // the checkpoint was written at step 3
        second.LogMetric("system/cpu_utilization_percentage", 20, 0);
        second.End(RunOutcome.Finished);

        using var store = _place.OpenDatabase();
        var stored = (await store.FindRunAsync(first.RunId, None))!;
        Assert.Equal(first.RunId, second.RunId);
        Assert.Equal(Enumerable.Range(0, 8).Select(s => (long)s), (await store.ReadHistoryAsync(first.RunId, "train/loss", None)).Select(p => p.Step));
        Assert.Equal([0L, 1L], (await store.ReadHistoryAsync(first.RunId, "system/cpu_utilization_percentage", None)).Select(p => p.Step));
        Assert.Equal(RunStatus.Finished, stored.Status);
        Assert.Equal("2", stored.Params["b"]);
        Assert.Equal("3", stored.Tags["param.resumed.1.b"]);
        Assert.Single(_place.Logger.Warnings);
    }

    [Fact]
    public void Flush_LongBeforeTheNextWrite_IsOnTheDisk()
    {
        _place.Settings = _place.Settings with { FlushInterval = TimeSpan.FromHours(1) };
        var run = _place.Start();
        run.LogMetric("train/loss", 0.625, 7);
        var journal = Path.Combine(Assert.Single(_place.Spool.Journals()), "events.jsonl");

        run.Flush();

        using var file = new StreamReader(new FileStream(journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        Assert.Contains("0.625", file.ReadToEnd(), StringComparison.Ordinal);
        run.End(RunOutcome.Finished);
        run.Flush();   // after the end there is nothing to write
    }

    [Fact]
    public void Start_ResumedUnknownRun_Refuses()
    {
        var fault = Assert.Throws<ConfigurationException>(() =>
            _place.Start(new RunDescription("pretraining", null, new Dictionary<string, string>()) { ResumeRunId = "0000" }));

        Assert.Contains("Run 0000 is not in sqlite:///", fault.Message, StringComparison.Ordinal);
        Assert.Empty(_place.Spool.Journals());
    }

    [Fact]
    public void Start_ResumedRunOfLivingProcess_Refuses()
    {
        using var first = _place.Start();

        var fault = Assert.Throws<ConfigurationException>(() =>
            _place.Start(new RunDescription("pretraining", null, new Dictionary<string, string>()) { ResumeRunId = first.RunId }));

        Assert.Contains("written by another process", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ParentGiven_IsNested()
    {
        using var parent = _place.Start();

        var child = _place.Start(new RunDescription("pretraining", "probe", new Dictionary<string, string>()) { ParentRunId = parent.RunId });
        child.End(RunOutcome.Finished);

        using var store = _place.OpenDatabase();
        Assert.Equal(parent.RunId, (await store.FindRunAsync(child.RunId, None))!.Tags["mlflow.parentRunId"]);
    }

    [Fact]
    public async Task LogParameters_SameKeyTwice_KeepsTheFirstAndWarns()
    {
        var run = _place.Start();

        run.LogParameters(new Dictionary<string, string> { ["a"] = "1" });
        run.LogParameters(new Dictionary<string, string> { ["a"] = "1" });
        run.LogParameters(new Dictionary<string, string> { ["a"] = "2" });
        run.End(RunOutcome.Finished);

        using var store = _place.OpenDatabase();
        Assert.Equal("1", (await store.FindRunAsync(run.RunId, None))!.Params["a"]);
        Assert.Contains("Parameter a is '1' and stays so; '2' is not logged.", Assert.Single(_place.Logger.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LogArtifact_MissingOrHuge_WarnsAndGoesOn()
    {
        _place.Settings = _place.Settings with { LargestArtifactBytes = 3 };
        var run = _place.Start();

        run.LogArtifact("/nonexistent/file", "a.bin");
        run.LogArtifact(_place.WriteFile("big.bin", "1234"), "b.bin");
        run.End(RunOutcome.Finished);

        using var store = _place.OpenDatabase();
        var stored = (await store.FindRunAsync(run.RunId, None))!;
        Assert.Contains("big.bin (4 bytes)", stored.Tags["artifact.skipped.b.bin"], StringComparison.Ordinal);
        Assert.Equal(2, _place.Logger.Warnings.Count);
    }

    private static void LogSteps(ITrackedRun run, int first, int end)
    {
        for (var step = first; step < end; step++)
        {
            run.LogMetric("train/loss", 1.0 / (step + 1), step);
        }
    }
}
