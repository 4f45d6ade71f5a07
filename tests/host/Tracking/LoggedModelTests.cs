using System.Text;
using System.Text.Json.Nodes;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>Models of runs on servers with and without logged models, and their versions in the registry.</summary>
public sealed class LoggedModelTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly string[] Files = ["MLmodel", "backbone.safetensors", "model.onnx"];
    private readonly TrackingWorkplace _place = new();
    private readonly FakeMlflowServer _server = new();
    private readonly ModelEntry _model = ModelFileTests.Entry;

    public LoggedModelTests()
    {
        _place.Settings = _place.Settings with { Uri = _server.Address };
        Directory.CreateDirectory(Folder);
        _place.WriteFile("a model/model.onnx", "the graph");
        _place.WriteFile("a model/backbone.safetensors", "the weights");
        _place.WriteFile("a model/MLmodel", "of another store");
    }

    private string Folder => Path.Combine(_place.Folder, "a model");

    public void Dispose()
    {
        _server.Dispose();
        _place.Dispose();
    }

    [Fact]
    public void LogModel_OnAServerOfMlflow3_IsALoggedModelThatTheRunMade()
    {
        var run = _place.Start();
        run.LogModel(_model, Folder);
        run.End(RunOutcome.Finished);

        var logged = Assert.Single(_server.Models.Logged);
        Assert.Equal(("LOGGED_MODEL_READY", run.RunId, "simclr-resnet20"), (logged.Status, logged.RunId, (string?)logged.Request["name"]));
        Assert.Equal("simclr", (string?)Assert.Single(logged.Request["params"]!.AsArray())!["value"]);
        Assert.Equal([(logged.Id, 64L)], _server.Runs[run.RunId].Outputs);
        Assert.Equal(Files, FilesBelow($"1/models/{logged.Id}/artifacts/"));
        Assert.Equal("the graph", Text($"1/models/{logged.Id}/artifacts/model.onnx"));
        Assert.Equal(ModelFile.Text(_model, run.RunId, logged.ArtifactUri, logged.Id), Text($"1/models/{logged.Id}/artifacts/MLmodel"));
        Assert.DoesNotContain(ModelSender.HistoryTag, _server.Runs[run.RunId].Tags.Keys);
        AssertGood();
    }

    [Fact]
    public void LogModel_OnAServerOfMlflow2_IsAFolderOfTheRunThatATagNames()
    {
        _server.Models.KnowsLoggedModels = false;

        var run = _place.Start();
        run.LogModel(_model, Folder);
        run.LogModel(_model, Folder);
        run.LogModel(_model with { Key = "another" }, Folder);
        run.End(RunOutcome.Finished);

        Assert.Equal(Files, FilesBelow($"1/{run.RunId}/artifacts/model/"));
        Assert.Equal(Files, FilesBelow($"1/{run.RunId}/artifacts/model-2/"));
        Assert.Equal(ModelFile.Text(_model, run.RunId, "model", null), Text($"1/{run.RunId}/artifacts/model/MLmodel"));
        var history = JsonNode.Parse(_server.Runs[run.RunId].Tags[ModelSender.HistoryTag])!.AsArray();
        Assert.True(JsonNode.DeepEquals(new JsonArray(
            ModelFile.Record(_model, run.RunId, "model"), ModelFile.Record(_model with { Key = "another" }, run.RunId, "model-2")), history));
        AssertGood();
    }

    [Fact]
    public void LogModel_MoreThanATagHolds_ForgetsTheOldest()
    {
        _server.Models.KnowsLoggedModels = false;

        var run = _place.Start();
        for (var step = 0; step < 20; step++)
        {
            run.LogModel(_model with { Key = $"{step}" }, Folder);
        }

        run.End(RunOutcome.Finished);

        var tag = _server.Runs[run.RunId].Tags[ModelSender.HistoryTag];
        var keys = JsonNode.Parse(tag)!.AsArray().Select(entry => (string)entry!["model_uuid"]!).ToList();
        Assert.InRange(tag.Length, 1, KeyRules.MaxTagLength);
        Assert.Equal("19", keys[^1]);
        Assert.InRange(keys.Count, 3, 19);
        Assert.Equal(20, _server.Artifacts.Keys.Count(path => path.EndsWith("/model.onnx", StringComparison.Ordinal)));   // none in the place of another
        AssertGood();
    }

    [Theory]
    [InlineData("mlflow/logged-models")]
    [InlineData("mlflow/logged-models/search")]
    [InlineData("mlflow/logged-models/m-")]
    [InlineData("mlflow/runs/outputs")]
    [InlineData("mlflow-artifacts/artifacts/1/models/")]
    public void LogModel_AnswersThatAreLost_MakeNoSecondModel(string call)
    {
        var losses = 0;
        var isBeginning = call.EndsWith('/') || call.EndsWith('-');
        _server.Misbehave = (path, _) => (isBeginning ? path.StartsWith(call, StringComparison.Ordinal) : path == call) && losses++ == 0
            ? Misbehaviour.LoseAnswer : null;

        var run = _place.Start();
        run.LogModel(_model, Folder);
        run.End(RunOutcome.Finished);

        Assert.Equal("LOGGED_MODEL_READY", Assert.Single(_server.Models.Logged).Status);
        Assert.Single(_server.Runs[run.RunId].Outputs);
        Assert.Equal(Files, FilesBelow($"1/models/{_server.Models.Logged[0].Id}/artifacts/"));
        Assert.InRange(losses, 1, int.MaxValue);
        Assert.Empty(_place.Spool.Journals());
    }

    [Fact]
    public async Task LogModel_ServerIsAway_IsKeptAndSentLater()
    {
        _server.Down();
        _place.Settings = _place.Settings with { ContactDeadline = TimeSpan.FromSeconds(5), EndDeadline = TimeSpan.FromMilliseconds(1) };
        var run = _place.Start();
        run.LogModel(_model, Folder);
        run.End(RunOutcome.Finished);
        var kept = KeptItems.Read(Assert.Single(_place.Spool.Journals()));
        Directory.Delete(Folder, recursive: true);

        _server.Up();
        await _place.Replay().SendAllAsync(null, None);

        Assert.Equal(["simclr-resnet20/backbone.safetensors", "simclr-resnet20/model.onnx"], kept.Files);
        Assert.Equal(Files, FilesBelow($"1/models/{Assert.Single(_server.Models.Logged).Id}/artifacts/"));
        Assert.Equal(_server.Runs.Keys.Single(), _server.Models.Logged[0].RunId);   // not the local identifier
        AssertGood(warnings: false);
    }

    [Fact]
    public async Task LogModel_AFileIsRefused_EverythingElseArrives()
    {
        _server.Misbehave = (path, _) => path.EndsWith("model.onnx", StringComparison.Ordinal) ? new(413, "too large", "text/plain") : null;
        var run = _place.Start();
        run.LogModel(_model, Folder);
        run.LogMetric("m", 1, 1);
        run.End(RunOutcome.Finished);
        var warnings = _place.Logger.Warnings;

        _server.Misbehave = (_, _) => null;
        await _place.Replay().SendAllAsync(null, None);

        Assert.Equal("FINISHED", _server.Runs[run.RunId].Status);
        Assert.Equal([(1L, 1.0)], _server.Runs[run.RunId].Curve("m"));
        Assert.Contains("does not take the model simclr-resnet20 (", warnings[0], StringComparison.Ordinal);
        Assert.Equal("LOGGED_MODEL_READY", Assert.Single(_server.Models.Logged).Status);
        AssertGood(warnings: false);
    }

    [Fact]
    public void LogModel_FilesAboveTheLimit_AreNotStored()
    {
        _place.Settings = _place.Settings with { LargestArtifactBytes = 10 };

        var run = _place.Start();
        var isInPlace = run.LogModel(_model, Folder);
        run.End(RunOutcome.Finished);

        Assert.False(isInPlace);
        Assert.Empty(_server.Models.Logged);
        Assert.Contains("is not stored with the run (limit 10 bytes)", Assert.Single(_place.Logger.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Log_OfARunThatHasEnded_RegistersAndLeavesTheRunAsItWas(bool knowsLoggedModels)
    {
        _server.Models.KnowsLoggedModels = knowsLoggedModels;
        var runId = Finished();
        var requests = _server.Requests.Count;

        var first = Log(runId, _model with { RegisteredName = "backbones", Alias = "champion" });
        var again = Log(runId, _model with { RegisteredName = "backbones" });
        var second = Log(runId, _model with { Key = "another", RegisteredName = "backbones", Alias = "champion" });

        Assert.Equal(new LoggedVersion(_server.Address, new("backbones", "1"), null), first);
        Assert.Equal(first, again);
        Assert.Equal(new("backbones", "2"), second.Version);
        Assert.Equal("2", _server.Models.Aliases[("backbones", "champion")]);
        Assert.Equal(
            knowsLoggedModels ? _server.Models.Logged.Select(model => $"models:/{model.Id}") : [Artifacts(runId, "model"), Artifacts(runId, "model-2")],
            _server.Models.Versions.Select(version => (string)version["source"]!));
        Assert.All(_server.Models.Versions, version => Assert.Equal(runId, (string)version["run_id"]!));
        Assert.DoesNotContain("mlflow/runs/update", _server.Requests.Skip(requests));
        Assert.Equal("FINISHED", _server.Runs[runId].Status);
        AssertGood();
    }

    [Fact]
    public void Log_OfARunThatTheStoreDoesNotHave_KeepsNothing()
    {
        Finished();

        var fault = Assert.Throws<ConfigurationException>(() => Log("0000", _model)).Message;

        Assert.StartsWith($"Run 0000 is not in {_server.Address}, so no model can be logged with it.", fault, StringComparison.Ordinal);
        Assert.Empty(_place.Spool.Journals());
    }

    [Fact]
    public async Task Log_ServerIsAway_SaysSoAndSyncDoesIt()
    {
        var runId = Finished();
        _server.Down();

        var logged = Log(runId, _model with { RegisteredName = "backbones" });
        _server.Up();
        await _place.Replay().SendAllAsync(null, None);

        Assert.Contains("nothing listens at", logged.Problem, StringComparison.Ordinal);
        Assert.Equal("backbones", (string?)Assert.Single(_server.Models.Versions)["name"]);
        AssertGood(warnings: false);
    }

    [Fact]
    public void Log_OfARunOfWhichSomethingWaits_SendsThatFirst()
    {
        _server.Down();
        _place.Settings = _place.Settings with { ContactDeadline = TimeSpan.FromSeconds(5), EndDeadline = TimeSpan.FromMilliseconds(1) };
        var run = _place.Start();
        run.End(RunOutcome.Finished);
        _server.Up();

        var logged = Log(run.RunId, _model with { RegisteredName = "backbones" });   // its local identifier

        Assert.Null(logged.Problem);
        Assert.Equal(new("backbones", "1"), logged.Version);
        Assert.Equal("FINISHED", Assert.Single(_server.Runs.Values).Status);
        AssertGood(warnings: false);
    }

    [Fact]
    public void Log_OnAServerWithoutAliases_KeepsTheModelAndSaysSo()
    {
        var runId = Finished();
        _server.Misbehave = (path, _) => path == "mlflow/registered-models/alias" ? new(404, "<html>", "text/html") : null;

        var logged = Log(runId, _model with { RegisteredName = "backbones", Alias = "champion" });

        Assert.Contains("the server knows no aliases: they came with MLflow 2.3", logged.Problem, StringComparison.Ordinal);
        Assert.Single(_server.Models.Versions);
    }

    [Fact]
    public void Log_OfARunOfWhichSomethingWaitsForAnotherStore_GoesToTheStoreThatIsAsked()
    {
        var runId = Finished();
        using (var other = _place.Spool.Create(Header("http://elsewhere:5000", runId)))
        {
            other.Acknowledge(other.State with { RunId = runId });
        }

        var logged = Log(runId, _model with { RegisteredName = "backbones" });

        Assert.Equal(new LoggedVersion(_server.Address, new("backbones", "1"), null), logged);
        Assert.Equal("http://elsewhere:5000", RunJournal.ReadHeader(Assert.Single(_place.Spool.Journals()))!.Address);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Send_AFileThatIsGoneOrCannotBeRead_CostsTheModelOnly(bool isThere, bool knowsLoggedModels)
    {
        _server.Models.KnowsLoggedModels = knowsLoggedModels;
        var runId = Finished();
        var file = Path.Combine(Folder, "model.onnx");
        using var held = isThere ? new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None) : null;
        if (!isThere)
        {
            File.Delete(file);
        }

        Keep(runId, file);
        var result = Assert.Single(await _place.Replay().SendAllAsync(null, None));

        Assert.StartsWith("The file model.onnx cannot be read: ", result.Problem, StringComparison.Ordinal);
        Assert.Equal(["after"], _server.Runs[runId].Tags.Where(tag => tag.Key == "later").Select(tag => tag.Value));
        Assert.Empty(_server.Models.Logged);
        Assert.DoesNotContain(ModelSender.HistoryTag, _server.Runs[runId].Tags.Keys);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_AModelThatTheStoreHas_NeedsNoFiles(bool knowsLoggedModels)
    {
        _server.Models.KnowsLoggedModels = knowsLoggedModels;
        var runId = Finished();
        Log(runId, _model);

        Keep(runId, Path.Combine(Folder, "gone"));
        var result = Assert.Single(await _place.Replay().SendAllAsync(null, None));

        Assert.Null(result.Problem);
        AssertGood();
    }

    private void Keep(string runId, string file)
    {
        using var journal = _place.Spool.Create(Header(_server.Address, runId));
        journal.Append(new JournalEvent(EventKind.Model)
        {
            Key = _model.Name, Model = _model with { Files = new Dictionary<string, string> { ["model.onnx"] = file } },
        });
        journal.Append(new JournalEvent(EventKind.Tag) { Key = "later", Text = "after" });
    }

    private static JournalHeader Header(string address, string runId) =>
        new(address, Guid.NewGuid().ToString("N"), "pretraining", null, 0, "me", new Dictionary<string, string>(), runId, null);

    private string Finished()
    {
        var run = _place.Start();
        run.End(RunOutcome.Finished);

        return run.RunId;
    }

    private string Artifacts(string runId, string folder) => $"{_server.ArtifactRoot}/{runId}/artifacts/{folder}";

    private LoggedVersion Log(string runId, ModelEntry model)
    {
        var address = _place.Stores.Resolve(_place.Settings.Uri);

        return new ModelLog(_place.Spool, _place.Replay(), address, _place.Stores.At, "pretraining", _place.Time).Log(runId, model, Folder);
    }

    private IEnumerable<string> FilesBelow(string folder) => _server.Artifacts.Keys
        .Where(path => path.StartsWith(folder, StringComparison.Ordinal)).Select(path => path[folder.Length..]).Order(StringComparer.Ordinal);

    private string Text(string path) => Encoding.UTF8.GetString(_server.Artifacts[path]);

    private void AssertGood(bool warnings = true)
    {
        Assert.Empty(_server.Violations);
        Assert.Empty(_place.Spool.Journals());
        if (warnings)
        {
            Assert.Empty(_place.Logger.Warnings);
        }
    }
}
