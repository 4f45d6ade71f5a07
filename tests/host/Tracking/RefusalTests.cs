using System.Text;
using Parallax.Contracts;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>Servers that refuse something: nothing is lost, and what they take arrives.</summary>
public sealed class RefusalTests : MisbehavingServer
{
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
        var run = Place.Start();
        Server.Misbehave = (path, _) => path.StartsWith("mlflow-artifacts", StringComparison.Ordinal) ? new Misbehaviour(status, body, "text/plain") : null;

        var hashes = LogAll(run);
        run.End(RunOutcome.Finished);

        var stored = Assert.Single(Server.Runs.Values);
        Assert.Equal(Points, stored.MetricCount);
        Assert.Equal("FINISHED", stored.Status);
        Assert.Empty(Server.Artifacts);
        var kept = KeptItems.Read(Assert.Single(Place.Spool.Journals()));
        Assert.Equal(Paths, kept.Files);
        Assert.Equal(0, kept.Values);
        Assert.Contains($"3 files ({string.Join(", ", Paths)}; ", Place.Logger.Warnings[^1], StringComparison.Ordinal);

        var refusedAgain = Assert.Single(await Place.Replay().SendAllAsync(null, None));
        Assert.NotNull(refusedAgain.Problem);
        Assert.Equal(Paths, refusedAgain.Kept!.Files);

        Server.Misbehave = (_, _) => null;
        Assert.Null(Assert.Single(await Place.Replay().SendAllAsync(null, None)).Problem);
        Assert.Equal(hashes, Hashes(run.RunId));
        Assert.Equal("FINISHED", stored.Status);
        Assert.Empty(Place.Spool.Journals());
    }

    [Fact]
    public void Artifacts_RefusedForAWhile_AreThereWhenTheRunEnds()
    {
        var refusals = 0;
        var run = Place.Start();
        Server.Misbehave = (path, _) => path.StartsWith("mlflow-artifacts", StringComparison.Ordinal) && refusals++ < 5 ? new Misbehaviour(500, Full) : null;

        var hashes = LogAll(run);
        run.End(RunOutcome.Finished);

        Assert.Equal(hashes, Hashes(run.RunId));
        Assert.Empty(Place.Spool.Journals());
    }

    [Fact]
    public void Artifacts_RefusedForAWhile_AreSentWhileTheRunGoesOn()
    {
        var refusals = 0;
        var run = Place.Start();
        Server.Misbehave = (path, _) => path.StartsWith("mlflow-artifacts", StringComparison.Ordinal) && refusals++ < 5 ? new Misbehaviour(500, Full) : null;
        var hashes = LogAll(run);

        var step = Points;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                run.LogMetric("later", 1, step++);   // every write moves the clock a little; after ten seconds of it the files are tried again
                return Server.Artifacts.Count == Paths.Length;
            },
            TimeSpan.FromSeconds(60)));

        Assert.Equal(hashes, Hashes(run.RunId));
        run.End(RunOutcome.Finished);
        Assert.Empty(Place.Spool.Journals());
    }

    [Fact]
    public void Artifact_OverwrittenAndDeletedAfterwards_IsSentAsItWas()
    {
        var run = Place.Start();
        Server.Misbehave = (path, _) => path.StartsWith("mlflow-artifacts", StringComparison.Ordinal) ? new Misbehaviour(500, Full) : null;
        var file = Place.WriteFile("checkpoint", "first");

        run.LogArtifact(file, "checkpoints/1");
        Place.WriteFile("checkpoint", "second");
        run.LogArtifact(file, "checkpoints/2");
        File.Delete(file);
        Server.Misbehave = (_, _) => null;
        run.End(RunOutcome.Finished);

        Assert.Equal(["first", "second"], Server.Artifacts.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => Encoding.UTF8.GetString(a.Value)));
    }

    [Theory]
    [InlineData(5)]    // as long as half a minute of waits
    [InlineData(7)]
    public void Metrics_RefusedForHalfAMinute_AllArriveAndNothingWasPutAside(int refusals)
    {
        var refused = 0;
        var run = Place.Start();
        Server.Misbehave = (path, body) =>
            path == "mlflow/runs/log-batch" && body.Contains("\"step\"", StringComparison.Ordinal) && refused++ < refusals ? new Misbehaviour(500, Full) : null;

        var hashes = LogAll(run);
        Assert.True(SpinWait.SpinUntil(() => Server.Runs[run.RunId].MetricCount == Points, TimeSpan.FromSeconds(30)));
        run.End(RunOutcome.Finished);

        Assert.Equal(Points, Server.Runs[run.RunId].MetricCount);
        Assert.Equal(hashes, Hashes(run.RunId));
        Assert.DoesNotContain(Place.Logger.Lines, line => line.Contains("does not take", StringComparison.Ordinal));
        Assert.Empty(Place.Spool.Journals());
    }

    [Fact]
    public void Metrics_RefusedForMuchLonger_AreNotBlamedWhenTheStoreTakesNoKnownOneEither()
    {
        var refused = 0;
        var run = Place.Start();
        run.LogMetric("first", 1, 1);
        Assert.True(SpinWait.SpinUntil(() => Server.Runs[run.RunId].MetricCount == 1, TimeSpan.FromSeconds(30)));
        Server.Misbehave = (path, body) =>
            path == "mlflow/runs/log-batch" && body.Contains("\"step\"", StringComparison.Ordinal) && refused++ < 50 ? new Misbehaviour(500, Full) : null;

        LogAll(run);
        Assert.True(SpinWait.SpinUntil(() => Server.Runs[run.RunId].MetricCount == Points + 1, TimeSpan.FromSeconds(30)));
        run.End(RunOutcome.Finished);

        Assert.DoesNotContain(Place.Logger.Lines, line => line.Contains("does not take", StringComparison.Ordinal));
        Assert.Single(Place.Logger.Warnings);
        Assert.Empty(Place.Spool.Journals());
    }

    [Fact]
    public async Task Sync_ServerAway_IsAskedForTheFirstRunOnly()
    {
        Server.Down();
        for (var i = 0; i < 3; i++)
        {
            LogAll(Place.Start(), end: true);
        }

        var before = Place.Time.Waits.Count;
        var results = await Place.Replay().SendAllAsync(null, None);

        Assert.Equal(3, results.Count);
        Assert.All(results, result => Assert.Equal(Points, result.Kept!.Values));
        Assert.Equal(2, Place.Time.Waits.Count - before);   // between three attempts
    }

    [Theory]
    [InlineData(500, false)]
    [InlineData(500, true)]
    [InlineData(403, false)]
    public async Task Metrics_RefusedToTheEnd_RunIsEndedAndSyncSendsAll(int status, bool onlyMetrics)
    {
        var run = Place.Start();
        Server.Misbehave = (path, body) =>
            path == "mlflow/runs/log-batch" && (!onlyMetrics || body.Contains("\"step\"", StringComparison.Ordinal)) ? new Misbehaviour(status, "{}") : null;

        var hashes = LogAll(run);
        run.End(RunOutcome.Finished);

        var stored = Assert.Single(Server.Runs.Values);
        Assert.Equal(0, stored.MetricCount);
        Assert.Equal("FINISHED", stored.Status);
        Assert.Equal(Points, KeptItems.Read(Assert.Single(Place.Spool.Journals())).Values);

        Server.Misbehave = (_, _) => null;
        Assert.Null(Assert.Single(await Place.Replay().SendAllAsync(null, None)).Problem);
        Assert.Equal(Points, stored.MetricCount);
        Assert.Equal(hashes, Hashes(run.RunId));
        Assert.Equal("FINISHED", stored.Status);
        Assert.Empty(Place.Spool.Journals());
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]   // a filter in front of the server that dislikes a text
    [InlineData(500)]
    public async Task OneItem_Refused_OthersArriveAndItIsKept(int status)
    {
        var run = Place.Start();
        Server.Misbehave = (path, body) =>
            path == "mlflow/runs/log-batch" && body.Contains("cursed", StringComparison.Ordinal) ? new Misbehaviour(status, "{}") : null;

        var hashes = LogAll(run);
        run.LogMetric("cursed", 1, 1);
        run.LogParameters(new Dictionary<string, string> { ["p"] = "1" });
        run.End(RunOutcome.Finished);

        var stored = Assert.Single(Server.Runs.Values);
        Assert.Equal(Points, stored.MetricCount);
        Assert.Equal("1", stored.Params["p"]);
        Assert.Equal("FINISHED", stored.Status);
        Assert.Equal(hashes, Hashes(run.RunId));
        Assert.Equal("cursed", Assert.Single(RefusedItems.Read(Assert.Single(Place.Spool.Journals()))).Event!.Key);

        Server.Misbehave = (_, _) => null;
        await Place.Replay().SendAllAsync(null, None);
        Assert.Equal([(1L, 1.0)], stored.Curve("cursed"));
        Assert.Equal(Points + 1, stored.MetricCount);
    }

    [Fact]
    public async Task OneItem_RefusedForItsContent_IsTriedBySyncOnly()
    {
        var run = Place.Start();
        run.LogMetric("poison", 1, 1);
        run.End(RunOutcome.Finished);
        var before = Server.Requests.Count(r => r == "mlflow/runs/log-batch");

        await Place.Replay().SendAllAsync(TrackingAddress.Parse(Server.Address, "test"), None);
        Assert.Equal(before, Server.Requests.Count(r => r == "mlflow/runs/log-batch"));

        await Place.Replay().SendAllAsync(null, None);
        Assert.True(Server.Requests.Count(r => r == "mlflow/runs/log-batch") > before);
        Assert.Single(RefusedItems.Read(Assert.Single(Place.Spool.Journals())));
    }

    [Fact]
    public void End_Refused_IsTriedAgain()
    {
        var refused = 0;
        var run = Place.Start();
        Server.Misbehave = (path, _) => path == "mlflow/runs/update" && refused++ < 2 ? new Misbehaviour(500, "{}") : null;

        LogAll(run);
        run.End(RunOutcome.Finished);

        Assert.Equal("FINISHED", Assert.Single(Server.Runs.Values).Status);
        Assert.Empty(Place.Spool.Journals());
    }
}
