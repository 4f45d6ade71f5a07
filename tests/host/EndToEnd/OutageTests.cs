using Parallax.Host.Tests.Tracking;
using Parallax.Host.Tests.Training;
using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>A tracking server that goes away in the middle of a training.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class OutageTests
{
    [Fact]
    public void Run_ServerGoesAway_TrainingReachesItsEndAndEveryValueArrivesAfterwards()
    {
        const int Steps = 2000;
        using var bench = new TrainingBench();
        using var place = new TrackingWorkplace();
        using var server = new FakeMlflowServer();
        place.Settings = place.Settings with { Uri = server.Address };
        using var session = bench.Session(TrainingBench.Method(), $"trainer.epochs={Steps / 4}", "optimizer.baseLearningRate=0.001");
        var run = place.Start();
        var observer = new TrackingObserver(run);
        void OnStep(StepReport report)
        {
            if (report.Step == 300)
            {
                server.Down();
            }

            observer.OnStep(report);
        }

        var completed = new Trainer(session, new(OnStep, _ => { }, _ => { }), TimeProvider.System).Run(CancellationToken.None);
        var arrived = Assert.Single(server.Runs.Values).Curve("train/loss").Count;
        server.Up();   // only now: had any step waited for the server, training would still be waiting
        run.End(RunOutcome.Finished);

        Assert.True(completed);
        Assert.InRange(arrived, 0, 300);
        var stored = server.Runs[run.RunId];
        Assert.Equal(Enumerable.Range(1, Steps).Select(step => (long)step), stored.Curve("train/loss").Select(point => point.Step));
        Assert.Equal(Steps, stored.Curve("train/learning_rate").Count);
        Assert.Equal("FINISHED", stored.Status);
        Assert.Empty(server.Violations);
        Assert.DoesNotContain(place.Logger.Warnings, warning => warning.StartsWith("Metrics are lost", StringComparison.Ordinal));
        Assert.Empty(place.Spool.Journals());
    }

    [Theory]
    [InlineData(404, "<h1>404 page not found</h1>")]
    [InlineData(502, "")]
    [InlineData(200, "")]
    [InlineData(200, "<h1>Please log in</h1>")]
    public void LogMetric_SomethingElseAnswersForTheServer_LosesNothing(int status, string body)
    {
        using var place = new TrackingWorkplace();
        using var server = new FakeMlflowServer();
        place.Settings = place.Settings with { Uri = server.Address };
        var run = place.Start();
        run.LogMetric("m", 1, 1);
        var refused = 0;
        server.Misbehave = (_, _) =>
        {
            Interlocked.Increment(ref refused);
            return new Misbehaviour(status, body, "text/html");
        };

        run.LogMetric("m", 2, 2);
        run.LogArtifact(place.WriteFile("curve", "content"), "curve.txt");
        SpinWait.SpinUntil(() => Volatile.Read(ref refused) > 5);
        server.Misbehave = (_, _) => null;
        run.LogMetric("m", 3, 3);
        run.End(RunOutcome.Finished);

        var stored = Assert.Single(server.Runs.Values);
        Assert.Equal([1L, 2, 3], stored.Curve("m").Select(point => point.Step));
        Assert.Equal("FINISHED", stored.Status);
        Assert.Single(server.Artifacts);
        Assert.Empty(place.Spool.Journals());
    }

    [Fact]
    public void Train_ServerAwayUntilTheProgramEnds_IsSentBySync()
    {
        using var place = new Workplace();
        using var server = new FakeMlflowServer();
        var isUp = true;
        server.Misbehave = (path, body) =>
        {
            isUp &= path != "mlflow/runs/log-batch" || !body.Contains("train/loss", StringComparison.Ordinal);   // away with the first loss
            return isUp ? null : new Misbehaviour(503, "");
        };

        var trained = place.Succeed("train", place.Recipe, "--set", $"tracking.uri={server.Address}");
        var before = Assert.Single(server.Runs.Values).Curve("train/loss").Count;
        server.Misbehave = (_, _) => null;
        place.Succeed("runs", "sync", "--uri", server.Address);

        Assert.Contains("The tracking store answers, but not as it should (", trained.Error, StringComparison.Ordinal);
        Assert.Equal(0, before);
        var stored = Assert.Single(server.Runs.Values);
        Assert.Equal(Enumerable.Range(1, Workplace.Steps).Select(step => (long)step), stored.Curve("train/loss").Select(point => point.Step));
        Assert.Equal("FINISHED", stored.Status);
        Assert.Empty(server.Violations);
    }
}
