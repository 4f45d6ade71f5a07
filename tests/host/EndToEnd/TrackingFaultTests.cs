using System.Globalization;
using System.Text.Json.Nodes;
using Parallax.Host.Tests.Tracking;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>What happens to the tracking store after the first step changes neither the files nor the results nor the exit code of a training.</summary>
public sealed class TrackingFaultTests : IDisposable
{
    private readonly Workplace _place = new();
    private readonly FakeMlflowServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _place.Dispose();
    }

    [Theory]
    [InlineData("401")]
    [InlineData("403")]
    [InlineData("500")]
    [InlineData("experiment deleted")]
    [InlineData("server emptied")]
    public void Train_ServerTurnsAgainstIt_HasFilesAndResultsAndSyncSendsTheRest(string fault)
    {
        var isBroken = false;
        _server.Misbehave = (path, body) =>
        {
            if (!isBroken && path == "mlflow/runs/log-batch" && body.Contains("train/loss", StringComparison.Ordinal))
            {
                isBroken = true;
                Break(fault);
            }

            return isBroken && int.TryParse(fault, CultureInfo.InvariantCulture, out var status) ? new Misbehaviour(status, "no", "text/plain") : null;
        };

        var summary = Train($"tracking.uri={_server.Address}");
        _server.Misbehave = (_, _) => null;
        _server.RestoreExperiments();
        var synced = _place.Succeed("runs", "sync");

        Assert.All(synced.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("sent\t", line, StringComparison.Ordinal));
        Assert.Equal(2, _server.Runs.Count);
        var child = _server.Runs.Values.Single(r => r.Tags.ContainsKey("mlflow.parentRunId"));
        var run = _server.Runs.Values.Single(r => r != child);
        Assert.Equal(run.Id, child.Tags["mlflow.parentRunId"]);
        Assert.Equal(Enumerable.Range(1, 16).Select(step => (long)step), run.Curve("train/loss").Select(point => point.Step));
        Assert.Equal((double)summary["results"]!["knn-instdisc"]!, Assert.Single(child.Curve("knn-instdisc/accuracy")).Value);
        Assert.All(_server.Runs.Values, r => Assert.Equal("FINISHED", r.Status));
        foreach (var file in new[] { "backbone.safetensors", "loss.svg" })
        {
            var sent = _server.Artifacts.Single(a => a.Key.EndsWith(file, StringComparison.Ordinal) && a.Key.Contains(run.Id, StringComparison.Ordinal)).Value;
            Assert.Equal(File.ReadAllBytes(Path.Combine((string)summary["directory"]!, file)), sent);
        }
    }

    [Fact]
    public void Train_DatabaseDeleted_HasFilesAndResultsAndSyncWritesItAnew()
    {
        using var training = _place.Start(Command());
        training.WaitFor(() =>
            _place.RunFolder() is { } folder && Directory.EnumerateFiles(folder, "*.safetensors", SearchOption.AllDirectories).Any() ? folder
                : null, "a checkpoint");
        File.Delete(_place.Database);
        File.Delete(_place.Database + "-wal");
        File.Delete(_place.Database + "-shm");

        var summary = Require(training.Wait());
        _place.Succeed("runs", "sync");

        var runs = _place.TrackedRuns();
        var run = runs.Single(r => r.RunId == (string)summary["run_id"]!);
        Assert.Equal(16, _place.Curve(run.RunId, "train/loss").Count);
        Assert.Equal(run.RunId, runs.Single(r => r.RunId != run.RunId).Tags["mlflow.parentRunId"]);
        Assert.All(runs, r => Assert.Equal(RunStatus.Finished, r.Status));
    }

    [Fact]
    public void Train_HomeCannotBeWritten_KeepsItsValuesElsewhereAndSaysWhere()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a folder that nobody, not even root, can write: /proc");
        using var training = new ProgramRun(_place.Folder, "/proc", Command());

        var result = training.Wait();

        var summary = Require(result);
        Assert.Contains("runs sync --spool", result.Error, StringComparison.Ordinal);
        Assert.Equal(RunStatus.Finished, _place.TrackedRuns().Single(r => r.RunId == (string)summary["run_id"]!).Status);
    }

    [Fact]
    public void Evaluate_ServerRefuses_PrintsTheResult()
    {
        var runId = (string)Train($"tracking.uri={_server.Address}")["run_id"]!;
        _server.Misbehave = (_, _) => new Misbehaviour(401, "revoked", "text/plain");

        var result = _place.Succeed("evaluate", runId, "--protocol", "knn-lightly", "--json");

        Assert.InRange((double)JsonNode.Parse(result.Output)!["results"]!["knn-lightly"]!["accuracy"]!, 0, 1);
        Assert.Single(result.ErrorLines, line => line.Contains("tracking store", StringComparison.Ordinal));
        Assert.Contains("is its local identifier", result.Error, StringComparison.Ordinal);
    }

    private string[] Command(params string[] overrides) =>
    [
        "train", _place.Recipe, "--json", .. overrides.Concat(["trainer.epochs=2", "trainer.checkpointEverySteps=2", "evaluation.protocols=[knn-instdisc]"])
            .SelectMany(pair => new[] { "--set", pair }),
    ];

    private JsonNode Train(params string[] overrides) => Require(_place.Run(Command(overrides)));

    private JsonNode Require(ProgramResult result)
    {
        Assert.True(result.ExitCode == 0, result.ToString());
        var summary = JsonNode.Parse(result.Output)!;
        var directory = Path.Combine(_place.Folder, (string)summary["directory"]!);
        Assert.All(["backbone.safetensors", "loss.svg", "accuracy.svg"], file => Assert.True(new FileInfo(Path.Combine(directory, file)).Length > 0, file));
        Assert.InRange((double)summary["results"]!["knn-instdisc"]!, 0, 1);
        summary["directory"] = directory;

        return summary;
    }

    private void Break(string fault)
    {
        switch (fault)
        {
            case "experiment deleted":
                _server.DeleteExperiments();
                break;
            case "server emptied":
                _server.Runs.Clear();
                break;
        }
    }
}
