using System.Security.Cryptography;
using System.Text;
using Parallax.Contracts;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>Servers that refuse something: nothing is lost, and what they take arrives. Points are counted, files are compared by hash.</summary>
public sealed class RefusalTests : IDisposable
{
    private const int Points = 200;
    private const string Full = "{\"error_code\":\"INTERNAL_ERROR\",\"message\":\"[Errno 28] No space left on device\"}";
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly string[] Paths = ["config/recipe.yaml", "pictures/loss.svg", "backbone.safetensors"];
    private readonly TrackingWorkplace _place = new();
    private readonly FakeMlflowServer _server = new();

    public RefusalTests()
    {
        _place.Settings = _place.Settings with { Uri = _server.Address };
    }

    public void Dispose()
    {
        _server.Dispose();
        _place.Dispose();
    }

    [Theory]
    [InlineData(500, Full)]
    [InlineData(507, "")]
    [InlineData(413, "<html><h1>413 Request Entity Too Large</h1></html>")]
    [InlineData(403, "{\"error_code\":\"PERMISSION_DENIED\",\"message\":\"no uploads\"}")]
    [InlineData(401, "")]
    [InlineData(400, "{\"error_code\":\"INVALID_PARAMETER_VALUE\",\"message\":\"Invalid path\"}")]
    [InlineData(404, "<h1>404</h1>")]
    [InlineData(504, "")]
    [InlineData(0, "")]
    public async Task Artifacts_AlwaysRefused_ValuesAndEndArriveAndSyncSendsTheFiles(int status, string body)
    {
        var run = _place.Start();
        _server.Misbehave = (path, _) => path.StartsWith("mlflow-artifacts", StringComparison.Ordinal) ? new Misbehaviour(status, body, "text/plain") : null;

        var hashes = LogAll(run);
        run.End(RunOutcome.Finished);

        var stored = Assert.Single(_server.Runs.Values);
        Assert.Equal(Points, stored.MetricCount);
        Assert.Equal("FINISHED", stored.Status);
        Assert.Empty(_server.Artifacts);
        var kept = KeptItems.Read(Assert.Single(_place.Spool.Journals()));
        Assert.Equal(Paths, kept.Files);
        Assert.Equal(0, kept.Values);
        Assert.Contains($"3 files ({string.Join(", ", Paths)}; ", _place.Logger.Warnings[^1], StringComparison.Ordinal);

        var refusedAgain = Assert.Single(await _place.Replay().SendAllAsync(null, None));
        Assert.NotNull(refusedAgain.Problem);
        Assert.Equal(Paths, refusedAgain.Kept!.Files);

        _server.Misbehave = (_, _) => null;
        Assert.Null(Assert.Single(await _place.Replay().SendAllAsync(null, None)).Problem);
        Assert.Equal(hashes, Hashes(run.RunId));
        Assert.Equal("FINISHED", stored.Status);
        Assert.Empty(_place.Spool.Journals());
    }

    [Fact]
    public void Artifacts_RefusedForAWhile_AreThereWhenTheRunEnds()
    {
        var refusals = 0;
        var run = _place.Start();
        _server.Misbehave = (path, _) => path.StartsWith("mlflow-artifacts", StringComparison.Ordinal) && refusals++ < 5 ? new Misbehaviour(500, Full) : null;

        var hashes = LogAll(run);
        run.End(RunOutcome.Finished);

        Assert.Equal(hashes, Hashes(run.RunId));
        Assert.Empty(_place.Spool.Journals());
    }

    [Fact]
    public void Artifacts_RefusedForAWhile_AreSentWhileTheRunGoesOn()
    {
        var refusals = 0;
        var run = _place.Start();
        _server.Misbehave = (path, _) => path.StartsWith("mlflow-artifacts", StringComparison.Ordinal) && refusals++ < 5 ? new Misbehaviour(500, Full) : null;
        var hashes = LogAll(run);

        var step = Points;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                run.LogMetric("later", 1, step++);   // every write moves the clock a little; after ten seconds of it the files are tried again
                return _server.Artifacts.Count == Paths.Length;
            },
            TimeSpan.FromSeconds(60)));

        Assert.Equal(hashes, Hashes(run.RunId));
        run.End(RunOutcome.Finished);
        Assert.Empty(_place.Spool.Journals());
    }

    [Fact]
    public void Artifact_OverwrittenAndDeletedAfterwards_IsSentAsItWas()
    {
        var run = _place.Start();
        _server.Misbehave = (path, _) => path.StartsWith("mlflow-artifacts", StringComparison.Ordinal) ? new Misbehaviour(500, Full) : null;
        var file = _place.WriteFile("checkpoint", "first");

        run.LogArtifact(file, "checkpoints/1");
        _place.WriteFile("checkpoint", "second");
        run.LogArtifact(file, "checkpoints/2");
        File.Delete(file);
        _server.Misbehave = (_, _) => null;
        run.End(RunOutcome.Finished);

        Assert.Equal(["first", "second"], _server.Artifacts.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => Encoding.UTF8.GetString(a.Value)));
    }

    [Theory]
    [InlineData(5)]    // as long as half a minute of waits
    [InlineData(7)]
    public void Metrics_RefusedForHalfAMinute_AllArriveAndNothingWasPutAside(int refusals)
    {
        var refused = 0;
        var run = _place.Start();
        _server.Misbehave = (path, body) => path == "mlflow/runs/log-batch" && body.Contains("\"step\"", StringComparison.Ordinal) && refused++ < refusals ? new Misbehaviour(500, Full) : null;

        var hashes = LogAll(run);
        Assert.True(SpinWait.SpinUntil(() => _server.Runs[run.RunId].MetricCount == Points, TimeSpan.FromSeconds(30)));
        run.End(RunOutcome.Finished);

        Assert.Equal(Points, _server.Runs[run.RunId].MetricCount);
        Assert.Equal(hashes, Hashes(run.RunId));
        Assert.DoesNotContain(_place.Logger.Lines, line => line.Contains("does not take", StringComparison.Ordinal));
        Assert.Empty(_place.Spool.Journals());
    }

    [Fact]
    public void Metrics_RefusedForMuchLonger_AreNotBlamedWhenTheStoreTakesNoKnownOneEither()
    {
        var refused = 0;
        var run = _place.Start();
        run.LogMetric("first", 1, 1);
        Assert.True(SpinWait.SpinUntil(() => _server.Runs[run.RunId].MetricCount == 1, TimeSpan.FromSeconds(30)));
        _server.Misbehave = (path, body) => path == "mlflow/runs/log-batch" && body.Contains("\"step\"", StringComparison.Ordinal) && refused++ < 50 ? new Misbehaviour(500, Full) : null;

        LogAll(run);
        Assert.True(SpinWait.SpinUntil(() => _server.Runs[run.RunId].MetricCount == Points + 1, TimeSpan.FromSeconds(30)));
        run.End(RunOutcome.Finished);

        Assert.DoesNotContain(_place.Logger.Lines, line => line.Contains("does not take", StringComparison.Ordinal));
        Assert.Single(_place.Logger.Warnings);
        Assert.Empty(_place.Spool.Journals());
    }

    [Fact]
    public async Task Sync_ServerAway_IsAskedForTheFirstRunOnly()
    {
        _server.Down();
        for (var i = 0; i < 3; i++)
        {
            LogAll(_place.Start(), end: true);
        }

        var before = _place.Time.Waits.Count;
        var results = await _place.Replay().SendAllAsync(null, None);

        Assert.Equal(3, results.Count);
        Assert.All(results, result => Assert.Equal(Points, result.Kept!.Values));
        Assert.Equal(2, _place.Time.Waits.Count - before);   // between three attempts
    }

    [Theory]
    [InlineData(500, false)]
    [InlineData(500, true)]
    [InlineData(403, false)]
    public async Task Metrics_RefusedToTheEnd_RunIsEndedAndSyncSendsAll(int status, bool onlyMetrics)
    {
        var run = _place.Start();
        _server.Misbehave = (path, body) =>
            path == "mlflow/runs/log-batch" && (!onlyMetrics || body.Contains("\"step\"", StringComparison.Ordinal)) ? new Misbehaviour(status, "{}") : null;

        var hashes = LogAll(run);
        run.End(RunOutcome.Finished);

        var stored = Assert.Single(_server.Runs.Values);
        Assert.Equal(0, stored.MetricCount);
        Assert.Equal("FINISHED", stored.Status);
        Assert.Equal(Points, KeptItems.Read(Assert.Single(_place.Spool.Journals())).Values);

        _server.Misbehave = (_, _) => null;
        Assert.Null(Assert.Single(await _place.Replay().SendAllAsync(null, None)).Problem);
        Assert.Equal(Points, stored.MetricCount);
        Assert.Equal(hashes, Hashes(run.RunId));
        Assert.Equal("FINISHED", stored.Status);
        Assert.Empty(_place.Spool.Journals());
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]   // a filter in front of the server that dislikes a text
    [InlineData(500)]
    public async Task OneItem_Refused_OthersArriveAndItIsKept(int status)
    {
        var run = _place.Start();
        _server.Misbehave = (path, body) => path == "mlflow/runs/log-batch" && body.Contains("cursed", StringComparison.Ordinal) ? new Misbehaviour(status, "{}") : null;

        var hashes = LogAll(run);
        run.LogMetric("cursed", 1, 1);
        run.LogParameters(new Dictionary<string, string> { ["p"] = "1" });
        run.End(RunOutcome.Finished);

        var stored = Assert.Single(_server.Runs.Values);
        Assert.Equal(Points, stored.MetricCount);
        Assert.Equal("1", stored.Params["p"]);
        Assert.Equal("FINISHED", stored.Status);
        Assert.Equal(hashes, Hashes(run.RunId));
        Assert.Equal("cursed", Assert.Single(RefusedItems.Read(Assert.Single(_place.Spool.Journals()))).Event!.Key);

        _server.Misbehave = (_, _) => null;
        await _place.Replay().SendAllAsync(null, None);
        Assert.Equal([(1L, 1.0)], stored.Curve("cursed"));
        Assert.Equal(Points + 1, stored.MetricCount);
    }

    [Fact]
    public async Task OneItem_RefusedForItsContent_IsTriedBySyncOnly()
    {
        var run = _place.Start();
        run.LogMetric("poison", 1, 1);
        run.End(RunOutcome.Finished);
        var before = _server.Requests.Count(r => r == "mlflow/runs/log-batch");

        await _place.Replay().SendAllAsync(TrackingAddress.Parse(_server.Address, "test"), None);
        Assert.Equal(before, _server.Requests.Count(r => r == "mlflow/runs/log-batch"));

        await _place.Replay().SendAllAsync(null, None);
        Assert.True(_server.Requests.Count(r => r == "mlflow/runs/log-batch") > before);
        Assert.Single(RefusedItems.Read(Assert.Single(_place.Spool.Journals())));
    }

    [Fact]
    public void End_Refused_IsTriedAgain()
    {
        var refused = 0;
        var run = _place.Start();
        _server.Misbehave = (path, _) => path == "mlflow/runs/update" && refused++ < 2 ? new Misbehaviour(500, "{}") : null;

        LogAll(run);
        run.End(RunOutcome.Finished);

        Assert.Equal("FINISHED", Assert.Single(_server.Runs.Values).Status);
        Assert.Empty(_place.Spool.Journals());
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Everything_RefusedFromTheMiddleOn_OneWarningNoHammeringAndSyncSendsAll(int status)
    {
        var run = _place.Start();
        run.LogMetric("first", 1, 1);
        Assert.True(SpinWait.SpinUntil(() => _server.Runs[run.RunId].MetricCount == 1, TimeSpan.FromSeconds(30)));
        _server.Misbehave = (_, _) => new Misbehaviour(status, "revoked", "text/plain");

        var hashes = LogAll(run);
        run.End(RunOutcome.Finished);

        Assert.InRange(_place.Logger.Warnings.Count, 1, 2);   // that it is refused, unless the run ends first, and what is left at the end
        Assert.All(_place.Time.Waits.Where(wait => wait > TimeSpan.FromSeconds(30)), wait => Assert.Equal(TimeSpan.FromMinutes(1), wait));
        Assert.Contains("'parallax runs sync'", _place.Logger.Warnings[^1], StringComparison.Ordinal);
        Assert.Equal(Points, KeptItems.Read(Assert.Single(_place.Spool.Journals())).Values);

        _server.Misbehave = (_, _) => null;
        Assert.Null(Assert.Single(await _place.Replay().SendAllAsync(null, None)).Problem);
        Assert.Equal(Points + 1, _server.Runs[run.RunId].MetricCount);
        Assert.Equal(hashes, Hashes(run.RunId));
        Assert.Equal("FINISHED", _server.Runs[run.RunId].Status);
    }

    [Fact]
    public async Task Experiment_DeletedInBetween_KeepsAllUntilItIsRestored()
    {
        var run = _place.Start();
        _server.DeleteExperiments();

        var hashes = LogAll(run);
        run.End(RunOutcome.Finished);
        var whileDeleted = Assert.Single(await _place.Replay().SendAllAsync(null, None));
        _server.RestoreExperiments();
        var afterwards = Assert.Single(await _place.Replay().SendAllAsync(null, None));

        Assert.Contains("deleted", whileDeleted.Problem, StringComparison.Ordinal);
        Assert.Null(afterwards.Problem);
        Assert.Equal(Points, _server.Runs[run.RunId].MetricCount);
        Assert.Equal(hashes, Hashes(run.RunId));
        Assert.Equal("FINISHED", _server.Runs[run.RunId].Status);
    }

    [Fact]
    public async Task Server_Emptied_RunIsMadeAnewBySyncOnly()
    {
        var parent = _place.Start();
        var run = _place.Start(new RunDescription("pretraining", "child", new Dictionary<string, string>()) { ParentRunId = parent.RunId });
        parent.LogMetric("m", 1, 1);
        run.LogMetric("m", 1, 1);
        Assert.True(SpinWait.SpinUntil(() => _server.Runs.Values.All(r => r.MetricCount == 1), TimeSpan.FromSeconds(30)));
        _server.Runs.Clear();

        var hashes = LogAll(run);
        run.End(RunOutcome.Finished);
        parent.End(RunOutcome.Finished);
        await _place.Replay().SendAllAsync(TrackingAddress.Parse(_server.Address, "test"), None);
        Assert.Empty(_server.Runs);
        var results = await _place.Replay().SendAllAsync(null, None);

        Assert.All(results, result => Assert.Null(result.Problem));
        Assert.Equal(2, _server.Runs.Count);
        var child = _server.Runs.Values.Single(r => r.Tags.ContainsKey("mlflow.parentRunId"));
        Assert.Equal(_server.Runs.Values.Single(r => r != child).Id, child.Tags["mlflow.parentRunId"]);
        Assert.Equal(Points + 1, child.MetricCount);
        Assert.Equal(hashes, Hashes(child.Id));
        Assert.All(_server.Runs.Values, r => Assert.Equal("FINISHED", r.Status));
    }

    [Fact]
    public void Upload_BrokenInTheMiddle_LeavesNoHalfFileAndIsRepeated()
    {
        var broken = 0;
        var run = _place.Start();
        _server.Misbehave = (path, _) => IsUpload(path) && broken++ < 3 ? Misbehaviour.BreakUpload : null;

        var hashes = LogAll(run);
        run.End(RunOutcome.Finished);

        Assert.Equal(hashes, Hashes(run.RunId));
        Assert.Empty(_place.Spool.Journals());
    }

    [Fact]
    public async Task Upload_CutByAProxyThatSaysItIsDone_IsNotTakenForAWholeFile()
    {
        var run = _place.Start();
        var uploads = new HashSet<string>();
        _server.Misbehave = (path, _) => IsUpload(path) && path.Contains("backbone", StringComparison.Ordinal) && uploads.Add(path) ? Misbehaviour.CutUpload : null;

        var hashes = LogAll(run);
        Assert.True(SpinWait.SpinUntil(() => uploads.Count == 1, TimeSpan.FromSeconds(30)));
        run.End(RunOutcome.Finished);
        Assert.Equal(hashes, Hashes(run.RunId));

        _server.Misbehave = (path, _) => IsUpload(path) ? Misbehaviour.CutUpload : null;
        var other = _place.Start();
        hashes = LogAll(other);
        other.End(RunOutcome.Finished);
        Assert.DoesNotContain(_server.Artifacts, a => a.Key.Contains(other.RunId, StringComparison.Ordinal) && hashes[Path(a.Key)] != Hash(a.Value));
        Assert.Equal("FINISHED", _server.Runs[other.RunId].Status);

        _server.Misbehave = (_, _) => null;
        await _place.Replay().SendAllAsync(null, None);
        Assert.Equal(hashes, Hashes(other.RunId));
    }

    [Fact]
    public async Task Sync_KilledAtAnyCall_GoesOnWithoutDoublingAnything()
    {
        for (var calls = 0; calls < 12; calls++)
        {
            _server.Runs.Clear();
            _server.Artifacts.Clear();
            _server.Down();
            var hashes = LogAll(_place.Start(), end: true);
            _server.Up();
            var (answered, limit) = (0, calls);
            using var kill = new CancellationTokenSource();
            _server.Misbehave = (_, _) =>
            {
                if (Interlocked.Increment(ref answered) <= limit)
                {
                    return null;
                }

                kill.Cancel();
                return Misbehaviour.LoseAnswer;
            };

            await Record.ExceptionAsync(() => _place.Replay().SendAllAsync(null, kill.Token));
            _server.Misbehave = (_, _) => null;
            await _place.Replay().SendAllAsync(null, None);

            var stored = Assert.Single(_server.Runs.Values);
            Assert.Equal(Enumerable.Range(0, Points).Select(i => (long)i), stored.Curve("m").Select(p => p.Step));
            Assert.Equal(hashes, Hashes(stored.Id));
            Assert.Equal("FINISHED", stored.Status);
            Assert.Empty(_place.Spool.Journals());
        }
    }

    [Fact]
    public void Server_ComesAndGoes_IsToldOnce()
    {
        var calls = 0;
        var run = _place.Start();
        _server.Misbehave = (_, _) => calls++ % 3 == 0 ? new Misbehaviour(503, "<html><h1>503</h1></html>", "text/html") : null;

        for (var step = 0; step < 30; step++)
        {
            run.LogMetric("m", step, step);
            SpinWait.SpinUntil(() => _server.Runs[run.RunId].MetricCount > step, TimeSpan.FromSeconds(30));
        }

        _server.Misbehave = (_, _) => null;
        run.End(RunOutcome.Finished);

        Assert.Equal(30, _server.Runs[run.RunId].MetricCount);
        Assert.Contains("Training goes on", Assert.Single(_place.Logger.Warnings), StringComparison.Ordinal);
        Assert.Single(_place.Logger.Lines, line => line.Contains("works again", StringComparison.Ordinal));
    }

    [Fact]
    public void End_ServerNeverAnswered_SaysWhichIdentifierToLookFor()
    {
        _server.Down();
        var run = _place.Start(new RunDescription("pretraining", "evaluation", new Dictionary<string, string>()) { ParentRunId = "abc" });

        run.LogMetric("m", 1, 1);
        run.End(RunOutcome.Finished);

        Assert.Contains($"{run.RunId} is its local identifier", _place.Logger.Warnings[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(_place.Logger.Lines, line => line.Contains("raining goes on", StringComparison.Ordinal));
    }

    private static bool IsUpload(string path) => path.StartsWith("mlflow-artifacts/artifacts/", StringComparison.Ordinal);

    private static string Path(string key) => key.Split("/artifacts/", 2)[1];

    private static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private Dictionary<string, string> Hashes(string runId) =>
        _server.Artifacts.Where(a => a.Key.Contains(runId, StringComparison.Ordinal)).ToDictionary(a => Path(a.Key), a => Hash(a.Value));

    /// <returns>Hash of each file.</returns>
    private Dictionary<string, string> LogAll(ITrackedRun run, bool end = false)
    {
        var hashes = new Dictionary<string, string>();
        for (var step = 0; step < Points; step++)
        {
            run.LogMetric("m", step / 7.0, step);
            if (step % (Points / Paths.Length) == 0 && step / (Points / Paths.Length) < Paths.Length)
            {
                var path = Paths[step / (Points / Paths.Length)];
                var content = string.Concat(Enumerable.Repeat($"{path} ", 100));
                run.LogArtifact(_place.WriteFile("content", content), path);
                hashes[path] = Hash(Encoding.UTF8.GetBytes(content));
            }
        }

        if (end)
        {
            run.End(RunOutcome.Finished);
        }

        return hashes;
    }
}
