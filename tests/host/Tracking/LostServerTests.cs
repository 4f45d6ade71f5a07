using Parallax.Contracts;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>Servers that take nothing any more, lose what they had, cut files in two, or come and go.</summary>
public sealed class LostServerTests : MisbehavingServer
{
    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Everything_RefusedFromTheMiddleOn_OneWarningNoHammeringAndSyncSendsAll(int status)
    {
        var run = Place.Start();
        run.LogMetric("first", 1, 1);
        Assert.True(SpinWait.SpinUntil(() => Server.Runs[run.RunId].MetricCount == 1, TimeSpan.FromSeconds(30)));
        Server.Misbehave = (_, _) => new Misbehaviour(status, "revoked", "text/plain");

        var hashes = LogAll(run);
        run.End(RunOutcome.Finished);

        Assert.InRange(Place.Logger.Warnings.Count, 1, 2);   // that it is refused, unless the run ends first, and what is left at the end
        Assert.All(Place.Time.Waits.Where(wait => wait > TimeSpan.FromSeconds(30)), wait => Assert.Equal(TimeSpan.FromMinutes(1), wait));
        Assert.Contains("'parallax runs sync'", Place.Logger.Warnings[^1], StringComparison.Ordinal);
        Assert.Equal(Points, KeptItems.Read(Assert.Single(Place.Spool.Journals())).Values);

        Server.Misbehave = (_, _) => null;
        Assert.Null(Assert.Single(await Place.Replay().SendAllAsync(null, None)).Problem);
        Assert.Equal(Points + 1, Server.Runs[run.RunId].MetricCount);
        Assert.Equal(hashes, Hashes(run.RunId));
        Assert.Equal("FINISHED", Server.Runs[run.RunId].Status);
    }

    [Fact]
    public async Task Experiment_DeletedInBetween_KeepsAllUntilItIsRestored()
    {
        var run = Place.Start();
        Server.DeleteExperiments();

        var hashes = LogAll(run);
        run.End(RunOutcome.Finished);
        var whileDeleted = Assert.Single(await Place.Replay().SendAllAsync(null, None));
        Server.RestoreExperiments();
        var afterwards = Assert.Single(await Place.Replay().SendAllAsync(null, None));

        Assert.Contains("deleted", whileDeleted.Problem, StringComparison.Ordinal);
        Assert.Null(afterwards.Problem);
        Assert.Equal(Points, Server.Runs[run.RunId].MetricCount);
        Assert.Equal(hashes, Hashes(run.RunId));
        Assert.Equal("FINISHED", Server.Runs[run.RunId].Status);
    }

    [Fact]
    public async Task Server_Emptied_RunIsMadeAnewBySyncOnly()
    {
        var parent = Place.Start();
        var run = Place.Start(new RunDescription("pretraining", "child", new Dictionary<string, string>()) { ParentRunId = parent.RunId });
        parent.LogMetric("m", 1, 1);
        run.LogMetric("m", 1, 1);
        Assert.True(SpinWait.SpinUntil(() => Server.Runs.Values.All(r => r.MetricCount == 1), TimeSpan.FromSeconds(30)));
        Server.Runs.Clear();

        var hashes = LogAll(run);
        run.End(RunOutcome.Finished);
        parent.End(RunOutcome.Finished);
        await Place.Replay().SendAllAsync(TrackingAddress.Parse(Server.Address, "test"), None);
        Assert.Empty(Server.Runs);
        var results = await Place.Replay().SendAllAsync(null, None);

        Assert.All(results, result => Assert.Null(result.Problem));
        Assert.Equal(2, Server.Runs.Count);
        var child = Server.Runs.Values.Single(r => r.Tags.ContainsKey("mlflow.parentRunId"));
        Assert.Equal(Server.Runs.Values.Single(r => r != child).Id, child.Tags["mlflow.parentRunId"]);
        Assert.Equal(Points + 1, child.MetricCount);
        Assert.Equal(hashes, Hashes(child.Id));
        Assert.All(Server.Runs.Values, r => Assert.Equal("FINISHED", r.Status));
    }

    [Fact]
    public void Upload_BrokenInTheMiddle_LeavesNoHalfFileAndIsRepeated()
    {
        var broken = 0;
        var run = Place.Start();
        Server.Misbehave = (path, _) => IsUpload(path) && broken++ < 3 ? Misbehaviour.BreakUpload : null;

        var hashes = LogAll(run);
        run.End(RunOutcome.Finished);

        Assert.Equal(hashes, Hashes(run.RunId));
        Assert.Empty(Place.Spool.Journals());
    }

    [Fact]
    public async Task Upload_CutByAProxyThatSaysItIsDone_IsNotTakenForAWholeFile()
    {
        var run = Place.Start();
        var uploads = new HashSet<string>();
        Server.Misbehave = (path, _) =>
            IsUpload(path) && path.Contains("backbone", StringComparison.Ordinal) && uploads.Add(path) ? Misbehaviour.CutUpload : null;

        var hashes = LogAll(run);
        Assert.True(SpinWait.SpinUntil(() => uploads.Count == 1, TimeSpan.FromSeconds(30)));
        run.End(RunOutcome.Finished);
        Assert.Equal(hashes, Hashes(run.RunId));

        Server.Misbehave = (path, _) => IsUpload(path) ? Misbehaviour.CutUpload : null;
        var other = Place.Start();
        hashes = LogAll(other);
        other.End(RunOutcome.Finished);
        Assert.DoesNotContain(Server.Artifacts, a => a.Key.Contains(other.RunId, StringComparison.Ordinal) && hashes[PathOf(a.Key)] != Hash(a.Value));
        Assert.Equal("FINISHED", Server.Runs[other.RunId].Status);

        Server.Misbehave = (_, _) => null;
        await Place.Replay().SendAllAsync(null, None);
        Assert.Equal(hashes, Hashes(other.RunId));
    }

    [Fact]
    public async Task Sync_KilledAtAnyCall_GoesOnWithoutDoublingAnything()
    {
        for (var calls = 0; calls < 12; calls++)
        {
            Server.Runs.Clear();
            Server.Artifacts.Clear();
            Server.Down();
            var hashes = LogAll(Place.Start(), end: true);
            Server.Up();
            var (answered, limit) = (0, calls);
            using var kill = new CancellationTokenSource();
            Server.Misbehave = (_, _) =>
            {
                if (Interlocked.Increment(ref answered) <= limit)
                {
                    return null;
                }

                kill.Cancel();
                return Misbehaviour.LoseAnswer;
            };

            await Record.ExceptionAsync(() => Place.Replay().SendAllAsync(null, kill.Token));
            Server.Misbehave = (_, _) => null;
            await Place.Replay().SendAllAsync(null, None);

            var stored = Assert.Single(Server.Runs.Values);
            Assert.Equal(Enumerable.Range(0, Points).Select(i => (long)i), stored.Curve("m").Select(p => p.Step));
            Assert.Equal(hashes, Hashes(stored.Id));
            Assert.Equal("FINISHED", stored.Status);
            Assert.Empty(Place.Spool.Journals());
        }
    }

    [Fact]
    public void Server_ComesAndGoes_IsToldOnce()
    {
        var calls = 0;
        var run = Place.Start();
        Server.Misbehave = (_, _) => calls++ % 3 == 0 ? new Misbehaviour(503, "<html><h1>503</h1></html>", "text/html") : null;

        for (var step = 0; step < 30; step++)
        {
            run.LogMetric("m", step, step);
            SpinWait.SpinUntil(() => Server.Runs[run.RunId].MetricCount > step, TimeSpan.FromSeconds(30));
        }

        Server.Misbehave = (_, _) => null;
        run.End(RunOutcome.Finished);

        Assert.Equal(30, Server.Runs[run.RunId].MetricCount);
        Assert.Contains("Training goes on", Assert.Single(Place.Logger.Warnings), StringComparison.Ordinal);
        Assert.Single(Place.Logger.Lines, line => line.Contains("works again", StringComparison.Ordinal));
    }

    [Fact]
    public void End_UploadThatDoesNotEnd_MarksTheRunAsEndedNevertheless()
    {
        using var release = new ManualResetEventSlim();
        var uploads = 0;
        Place.Settings = Place.Settings with { EndDeadline = TimeSpan.FromSeconds(1) };   // over at once
        var run = Place.Start();
        Server.Misbehave = (path, _) =>
        {
            if (IsUpload(path) && Interlocked.Increment(ref uploads) == 1)
            {
                release.Wait(None);
            }

            return null;
        };
        run.LogArtifact(Place.WriteFile("content", "much"), "backbone.safetensors");
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref uploads) == 1, TimeSpan.FromSeconds(30)));

        run.End(RunOutcome.Finished);
        var status = Server.Runs[run.RunId].Status;
        release.Set();

        Assert.Equal("FINISHED", status);
        Assert.Single(Place.Spool.Journals());
    }

    [Fact]
    public async Task End_CalledTwice_TheSecondWaitsForTheFirst()
    {
        using var release = new ManualResetEventSlim();
        var run = Place.Start();
        Server.Misbehave = (path, _) =>
        {
            if (path == "mlflow/runs/update")
            {
                release.Wait(None);
            }

            return null;
        };
        var first = Task.Run(() => run.End(RunOutcome.Finished));
        Assert.True(SpinWait.SpinUntil(() => Server.Requests.Contains("mlflow/runs/update"), TimeSpan.FromSeconds(30)));

        var second = Task.Run(() => run.End(RunOutcome.Killed));
        Assert.False(second.IsCompleted);
        release.Set();
        await second;

        Assert.Equal("FINISHED", Server.Runs[run.RunId].Status);
        await first;
    }

    [Fact]
    public async Task Replay_AddressWithCredentials_UsesThem()
    {
        Server.Down();
        LogAll(Place.Start(), end: true);
        Server.Up();
        Server.Authorizations.Clear();

        await Place.Replay()
            .SendAllAsync(TrackingAddress.Parse(Server.Address.Replace("http://", "http://me:secret@", StringComparison.Ordinal), "test"), None);

        Assert.Single(Server.Runs);
        Assert.All(Server.Authorizations, a => Assert.StartsWith("Basic ", a, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Replay_OneJournalCannotBeOpened_SendsTheOthers()
    {
        Server.Down();
        LogAll(Place.Start(), end: true);
        var bad = Assert.Single(Place.Spool.Journals());
        LogAll(Place.Start(), end: true);
        Server.Up();
        File.Delete(Path.Combine(bad, RunJournal.EventsName));
        Directory.CreateDirectory(Path.Combine(bad, RunJournal.EventsName));

        var results = await Place.Replay().SendAllAsync(null, None);

        Assert.Contains("cannot be used", Assert.Single(results, r => r.Problem is not null).Problem, StringComparison.Ordinal);
        Assert.Single(Server.Runs);
        Assert.Equal([bad], Place.Spool.Journals());
        using var owner = new FileStream(Path.Combine(bad, "owner"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);   // it is free again
    }

    [Fact]
    public void End_ServerNeverAnswered_SaysWhichIdentifierToLookFor()
    {
        Server.Down();
        var run = Place.Start(new RunDescription("pretraining", "evaluation", new Dictionary<string, string>()) { ParentRunId = "abc" });

        run.LogMetric("m", 1, 1);
        run.End(RunOutcome.Finished);

        Assert.Contains($"{run.RunId} is its local identifier", Place.Logger.Warnings[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(Place.Logger.Lines, line => line.Contains("raining goes on", StringComparison.Ordinal));
    }
}
