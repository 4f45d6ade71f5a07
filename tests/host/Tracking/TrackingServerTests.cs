using System.Globalization;
using System.Text;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>Runs against a server, good days and bad ones.</summary>
public sealed class TrackingServerTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly Dictionary<string, string> NoTags = [];
    private readonly TrackingWorkplace _place = new();
    private readonly FakeMlflowServer _server = new();

    public TrackingServerTests()
    {
        _place.Settings = _place.Settings with { Uri = _server.Address };
    }

    public void Dispose()
    {
        _server.Dispose();
        _place.Dispose();
    }

    [Fact]
    public void End_EverythingLogged_ServerHoldsIt()
    {
        var data = new DatasetInfo("shapes", DatasetSplit.Train, 100, ["a"], 3, null, [0.5], [0.2], "0123abcd", "embedded");
        var run = _place.Start();

        run.LogParameters(new Dictionary<string, string> { ["learning_rate"] = "0.1", ["empty"] = "" });
        double[] values = [0.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e-320, 1.0 / 3, double.MaxValue];
        for (var step = 0; step < values.Length; step++)
        {
            run.LogMetric("train/loss", values[step], step);
        }

        run.LogDataset(data, "training");
        run.LogArtifact(_place.WriteFile("empty", ""), "empty.txt");
        run.LogArtifact(_place.WriteFile("full", "content"), "plots/ä b+100%#.txt");
        run.End(RunOutcome.Finished);

        var stored = _server.Runs[run.RunId];
        Assert.Equal(values, stored.Curve("train/loss").Select(p => p.Value));
        Assert.Equal("0.1", stored.Params["learning_rate"]);
        Assert.Equal("FINISHED", stored.Status);
        Assert.Equal("training", (string)stored.Inputs.Single()["tags"]![0]!["value"]!);
        Assert.Empty(_server.Artifacts[$"1/{run.RunId}/artifacts/empty.txt"]);
        Assert.Equal("content", Encoding.UTF8.GetString(_server.Artifacts[$"1/{run.RunId}/artifacts/plots/ä b+100%_.txt"]));
        Assert.Empty(_server.Violations);
        Assert.Equal("'plots/ä b+100%#.txt' is no path that MLflow servers take; the file is stored as 'plots/ä " +
            "b+100%_.txt'.", Assert.Single(_place.Logger.Warnings));
        Assert.Empty(_place.Spool.Journals());
    }

    [Fact]
    public void End_MoreThanABatch_IsSplitWithinTheLimits()
    {
        _place.Settings = _place.Settings with { FlushInterval = TimeSpan.FromSeconds(4.9) };
        var run = _place.Start();
        _server.Misbehave = (path, _) => _server.Requests.Count < 6 ? new Misbehaviour(503, "") : null;

        run.LogParameters(Enumerable.Range(0, 101).ToDictionary(i => $"p{i}", i => new string('x', 6000)));
        run.SetTags(Enumerable.Range(0, 101).ToDictionary(i => $"t{i}", i => "v"));
        for (var i = 0; i < 2001; i++)
        {
            run.LogMetric("m", i, i);
        }

        run.End(RunOutcome.Finished);

        var stored = _server.Runs[run.RunId];
        Assert.Equal(101, stored.Params.Count);
        Assert.Contains("t100", stored.Tags.Keys);
        Assert.Equal(2001, stored.MetricCount);
        Assert.Empty(_server.Violations);
    }

    [Fact]
    public void Start_AnswerToCreateLost_GivesOneRun()
    {
        var losses = 0;
        _server.Misbehave = (path, _) => path == "mlflow/runs/create" && losses++ == 0 ? Misbehaviour.LoseAnswer : null;

        var run = _place.Start();
        run.LogMetric("m", 1, 1);
        run.End(RunOutcome.Finished);

        var stored = Assert.Single(_server.Runs.Values);
        Assert.Equal([(1L, 1.0)], stored.Curve("m"));
        Assert.Equal("FINISHED", stored.Status);
    }

    [Fact]
    public void Start_ServerDown_RunBeginsOnDiskAndItsIdResumesLater()
    {
        _server.Down();
        var first = _place.Start();
        first.LogMetric("m", 1, 1);
        _server.Up();
        first.LogMetric("m", 2, 2);
        first.End(RunOutcome.Killed);

        var second = _place.Start(new RunDescription("pretraining", null, NoTags) { ResumeRunId = first.RunId });
        second.LogMetric("m", 2, 2);
        second.LogMetric("m", 3, 3);
        second.End(RunOutcome.Finished);

        var stored = Assert.Single(_server.Runs.Values);
        Assert.NotEqual(first.RunId, stored.Id);
        Assert.Equal(stored.Id, second.RunId);
        Assert.Equal(first.RunId, stored.Tags["client.run_key"]);
        Assert.Equal([1L, 2, 3], stored.Curve("m").Select(p => p.Step));
        Assert.Contains("begins on disk", _place.Logger.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void LogMetric_ServerDownInBetween_LosesNothing()
    {
        var run = _place.Start();
        LogSteps(run, 0, 50);
        _server.Down();
        LogSteps(run, 50, 100);
        _server.Up();
        LogSteps(run, 100, 150);
        run.End(RunOutcome.Finished);

        var stored = Assert.Single(_server.Runs.Values);
        Assert.Equal(Enumerable.Range(0, 150).Select(i => (long)i), stored.Curve("m").Select(p => p.Step));
        Assert.Equal("FINISHED", stored.Status);
    }

    [Fact]
    public async Task End_ServerDown_ReturnsAndTheNextRunSendsTheRest()
    {
        var first = _place.Start();
        LogSteps(first, 0, 10);
        _server.Down();
        LogSteps(first, 10, 20);
        first.LogArtifact(_place.WriteFile("full", "content"), "a.txt");
        first.End(RunOutcome.Finished);
        Assert.Contains("'parallax runs sync'", _place.Logger.Warnings[^1], StringComparison.Ordinal);

        _server.Up();
        var results = await _place.Replay().SendAllAsync(null, None);

        var stored = Assert.Single(_server.Runs.Values);
        Assert.Equal(new ReplayResult(stored.Tags["client.run_key"], stored.Id, null), Assert.Single(results));
        Assert.Equal(20, stored.MetricCount);
        Assert.Equal("FINISHED", stored.Status);
        Assert.Single(_server.Artifacts);
        Assert.Empty(_place.Spool.Journals());
    }

    [Fact]
    public async Task Start_OlderJournalWaits_IsSentBesideTheNewRun()
    {
        _server.Down();
        _place.Start().End(RunOutcome.Finished);
        _server.Up();

        var second = _place.Start();
        for (var i = 0; i < 500 && _place.Spool.Journals().Count > 1; i++)
        {
            await Task.Delay(5);
        }

        second.End(RunOutcome.Finished);
        Assert.Equal(["FINISHED", "FINISHED"], _server.Runs.Values.Select(r => r.Status));
    }

    [Fact]
    public void LogMetric_ServerHangs_ReturnsAtOnce()
    {
        using var release = new ManualResetEventSlim();
        var run = _place.Start();
        _server.Misbehave = (_, _) =>
        {
            release.Wait(TimeSpan.FromSeconds(20));
            return null;
        };

        var clock = System.Diagnostics.Stopwatch.StartNew();
        LogSteps(run, 0, 20_000);
        var elapsed = clock.Elapsed;
        release.Set();
        run.End(RunOutcome.Finished);

        Assert.InRange(elapsed.TotalSeconds, 0, 2);
        Assert.Equal(20_000, Assert.Single(_server.Runs.Values).MetricCount);
    }

    [Fact]
    public void Send_TooManyRequests_WaitsAsLongAsTheServerAsks()
    {
        var refusals = 0;
        var run = _place.Start();
        _server.Misbehave = (path, _) =>
            path == "mlflow/runs/log-batch" && refusals++ < 2 ? new Misbehaviour(429, "slow down", "text/plain") { RetryAfter = 3 } : null;

        run.LogMetric("m", 1, 1);
        Assert.True(SpinWait.SpinUntil(() => _server.Runs.Values.Any(r => r.MetricCount == 1), TimeSpan.FromSeconds(10)));   // the end would cut a wait short
        run.End(RunOutcome.Finished);

        Assert.Equal(2, _place.Time.Waits.Count(w => w == TimeSpan.FromSeconds(3)));
        Assert.Equal(1, Assert.Single(_server.Runs.Values).MetricCount);
    }

    [Fact]
    public void Send_OnePoisonousItem_IsPutAsideAndTheRestArrives()
    {
        var run = _place.Start();

        LogSteps(run, 0, 50);
        run.LogMetric("poison", 1, 1);
        run.LogMetric("poison", 2, 2);
        LogSteps(run, 50, 100);
        run.End(RunOutcome.Finished);

        Assert.Equal(100, Assert.Single(_server.Runs.Values).Curve("m").Count);
        Assert.Equal("FINISHED", Assert.Single(_server.Runs.Values).Status);
        Assert.Collection(
            _place.Logger.Warnings,
            first => Assert.Contains("does not take an item", first, StringComparison.Ordinal),
            last => Assert.Contains("2 values kept in", last, StringComparison.Ordinal));
        Assert.Equal(2, RefusedItems.Read(Assert.Single(_place.Spool.Journals())).Count);
    }

    [Fact]
    public void Send_InternalErrorOnOneItem_IsPutAsideAfterThreeAttempts()
    {
        var run = _place.Start();
        _server.Misbehave = (path, body) =>
            path == "mlflow/runs/log-batch" && body.Contains("cursed", StringComparison.Ordinal)
                ? new Misbehaviour(500, "{\"error_code\":\"INTERNAL_ERROR\"}") : null;

        LogSteps(run, 0, 5);
        run.LogMetric("cursed", 1, 1);
        run.End(RunOutcome.Finished);

        Assert.Equal(5, Assert.Single(_server.Runs.Values).Curve("m").Count);
        Assert.Equal("FINISHED", Assert.Single(_server.Runs.Values).Status);
        Assert.Single(RefusedItems.Read(Assert.Single(_place.Spool.Journals())));
    }

    [Fact]
    public async Task Send_InternalErrorForEverything_KeepsEverything()
    {
        var run = _place.Start();
        _server.Misbehave = (_, _) => new Misbehaviour(500, "<html>oops</html>", "text/html");
        LogSteps(run, 0, 5);
        run.End(RunOutcome.Finished);
        Assert.Empty(RefusedItems.Read(Assert.Single(_place.Spool.Journals())));

        _server.Misbehave = (_, _) => null;
        await _place.Replay().SendAllAsync(null, None);

        Assert.Equal(5, Assert.Single(_server.Runs.Values).MetricCount);
    }

    [Fact]
    public void Send_RunDeletedMeanwhile_StopsWithOneWarningAndKeepsTheRest()
    {
        var run = _place.Start();
        _server.Runs[run.RunId].Stage = "deleted";

        LogSteps(run, 0, 5);
        run.End(RunOutcome.Finished);

        Assert.Contains("was deleted", _place.Logger.Warnings[0], StringComparison.Ordinal);
        Assert.Empty(RefusedItems.Read(Assert.Single(_place.Spool.Journals())));
    }

    [Fact]
    public void Send_ArtifactsElsewhere_WarnsThatTheServerMustProxyThem()
    {
        _server.ArtifactRoot = "s3://bucket";
        var run = _place.Start();

        run.LogArtifact(_place.WriteFile("full", "content"), "a.txt");
        run.End(RunOutcome.Finished);

        Assert.All(_place.Logger.Warnings, warning => Assert.Contains("--serve-artifacts", warning, StringComparison.Ordinal));
        Assert.Equal(["a.txt"], KeptItems.Read(Assert.Single(_place.Spool.Journals())).Files);
        Assert.Equal("FINISHED", Assert.Single(_server.Runs.Values).Status);
    }

    [Theory]
    [InlineData(401, "You are not authenticated.", "MLFLOW_TRACKING_USERNAME")]
    [InlineData(403, "Invalid Host header - possible DNS rebinding attack detected", "--allowed-hosts")]
    [InlineData(404, "<!doctype html><title>404 Not Found</title>", "should be the address of an MLflow server")]
    [InlineData(400, "{\"error_code\":\"INVALID_PARAMETER_VALUE\",\"message\":\"bad name\"}", "bad name")]
    public void Start_ServerRefuses_SaysWhatToDo(int status, string body, string expected)
    {
        _server.Misbehave = (_, _) => new Misbehaviour(status, body, "text/plain");

        var fault = Assert.Throws<ConfigurationException>(() => _place.Start());

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.Empty(_place.Spool.Journals());
    }

    [Fact]
    public void Start_NotAnMlflowServer_SaysSo()
    {
        _server.Misbehave = (_, _) => new Misbehaviour(200, "<html>welcome</html>", "text/html");

        _place.Start().End(RunOutcome.Finished);

        Assert.Contains("did not answer as an MLflow server does", _place.Logger.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Start_UnreachableAndServerRequired_Refuses()
    {
        _server.Down();
        _place.Settings = _place.Settings with { RequiresServer = true };

        var fault = Assert.Throws<ConfigurationException>(() => _place.Start());

        Assert.Contains("does not answer", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    public void End_OtherCulture_SendsTheSame(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = (CultureInfo)CultureInfo.GetCultureInfo("").Clone();
        CultureInfo.CurrentCulture.NumberFormat.NumberDecimalSeparator = culture == "de-DE" ? "," : "٫";
        CultureInfo.CurrentCulture.NumberFormat.NegativeSign = "−";
        try
        {
            var run = _place.Start();
            run.LogMetric("TRAIN/I", -1234.5, -3);
            run.End(RunOutcome.Finished);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.Equal([(-3L, -1234.5)], Assert.Single(_server.Runs.Values).Curve("TRAIN/I"));
    }

    [Fact]
    public async Task Secrets_Anywhere_AreOnlyInTheHeader()
    {
        _place.Settings = _place.Settings with { Uri = _server.Address.Replace("http://", "http://alice:s3cret@", StringComparison.Ordinal) };
        var run = _place.Start(new RunDescription("pretraining", null, new Dictionary<string, string> { ["data"] = "https://bob:hidden@host/data" }));
        _server.Down();

        run.LogParameters(new Dictionary<string, string> { ["tracking.uri"] = _place.Settings.Uri! });
        run.End(RunOutcome.Finished);

        var written = Directory.GetFiles(_place.Spool.Path, "*", SearchOption.AllDirectories).Select(File.ReadAllText).Concat(_place.Logger.Lines)
            .Concat(_server.Runs.Values.SelectMany(r => r.Tags.Values));
        Assert.All(written, text => Assert.False(text.Contains("s3cret", StringComparison.Ordinal) || text.Contains("hidden", StringComparison.Ordinal), text));
        Assert.All(_server.Authorizations, a => Assert.Equal("Basic " + Convert.ToBase64String("alice:s3cret"u8), a));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task ReadHistory_ServerOf31_GetsPoints()
    {
        var run = _place.Start();
        LogSteps(run, 0, 3);
        run.End(RunOutcome.Finished);

        using var store = _place.Stores.At(TrackingAddress.Parse(_server.Address, "test"));
        var history = await store.ReadHistoryAsync(run.RunId, "m", None);
        var runs = await store.SearchRunsAsync(null, 10, None);

        Assert.Equal([0.0, 1, 2], history.Select(p => p.Value));
        Assert.Equal([run.RunId], runs.Select(r => r.RunId));
    }

    private static void LogSteps(ITrackedRun run, int first, int end)
    {
        for (var step = first; step < end; step++)
        {
            run.LogMetric("m", step, step);
        }
    }
}
