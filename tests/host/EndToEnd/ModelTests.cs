using System.Text.Json.Nodes;
using Parallax.Host.Tests.Tracking;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>From a training to a version in MLflow's registry, as a user would do it.</summary>
public sealed class ModelTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Train_ThenRegister_IsOneModelWithAVersion()
    {
        var runId = (string)JsonNode.Parse(_place.Succeed(
            "train", _place.Recipe, "--set", "trainer.epochs=1", "--set", "evaluation.online=null", "--set", "evaluation.protocols=[]", "--set",
            "tracking.logModel=true", "--json").Output)!
            ["run_id"]!;
        var registered = JsonNode.Parse(_place.Succeed("export", runId, "--register", "backbones", "--alias", "champion", "--json").Output)!;
        var told = _place.Succeed("export", runId, "--register", "backbones").Output;

        var run = _place.TrackedRuns().Single();
        var folder = Path.Combine(new Uri(run.ArtifactUri).LocalPath, "model");
        var description = ModelFileTests.Values(File.ReadAllText(Path.Combine(folder, "MLmodel")));
        Assert.Equal((runId, "model", "mlflow.onnx"),
            (description["run_id"], description["artifact_path"], description["flavors/python_function/loader_module"]));
        Assert.Equal([-1L, 3L, 16L, 16L], Enumerable.Range(0, 4).Select(side => (long)description[$"signature/inputs/0/tensor-spec/shape/{side}"]!));
        Assert.All(
            ["model.onnx", "backbone.safetensors", "input_example.json"], file => Assert.True(new FileInfo(Path.Combine(folder, file)).Length > 0, file));
        Assert.Single(JsonNode.Parse(run.Tags[ModelSender.HistoryTag])!.AsArray());   // the export found the model of the training
        Assert.Equal(("backbones", "1", "champion", 8L), ((string)registered["name"]!, (string)registered["version"]!, (string)registered["alias"]!,
            (long)registered["step"]!));
        Assert.StartsWith($"backbones, version 1: model of run {runId}, ", told, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_place.RunFolder()!, "model")));
        Assert.Equal(RunStatus.Finished, run.Status);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(_place.Home, ".parallax", "spool")));
    }

    [Fact]
    public void Train_ByDefault_LogsNoModelAndSaysHowToRegisterOne()
    {
        var told = _place.Succeed(
            "train", _place.Recipe, "--set", "trainer.maxSteps=2", "--set", "evaluation.online=null", "--set", "evaluation.protocols=[]").Output;

        Assert.Contains($"      parallax export {_place.TrackedRuns().Single().RunId} --register NAME", told, StringComparison.Ordinal);
        Assert.DoesNotContain(ModelSender.HistoryTag, _place.TrackedRuns().Single().Tags.Keys);
    }

    [Theory]
    [InlineData("Nothing says what to make of the backbone.", "a run")]
    [InlineData("--format is 'onnx', and a model is asked for too", "a run", "--format", "onnx", "--log")]
    [InlineData("--register is 'a/b', which MLflow's registry does not take", "a run", "--register", "a/b")]
    [InlineData("--alias is 'x', but nothing is registered.", "a run", "--log", "--alias", "x")]
    [InlineData("--out and --force are for files", "a run", "--log", "--force")]
    [InlineData("No run 'a run' under", "a run", "--log")]
    public void Export_WhatCannotBe_IsRefusedAtOnce(string fault, params string[] arguments)
    {
        var result = _place.Run(["export", .. arguments]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(fault, result.Error, StringComparison.Ordinal);
        Assert.Empty(_place.Written());
    }
}
