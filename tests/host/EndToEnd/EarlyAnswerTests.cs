using System.Text.Json.Nodes;
using Parallax.Host.Images;
using Parallax.Host.Tests.Plugins;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>What is known before is told before, and a protocol without a number takes nothing else along.</summary>
public sealed class EarlyAnswerTests : IDisposable
{
    private const string Cheap = "trainer.maxSteps=2";
    private readonly Workplace _place = new();
    private readonly PluginProjects _projects = new();

    public void Dispose()
    {
        _place.Dispose();
        _projects.Dispose();
    }

    [Fact]
    public void Train_OneClass_SaysBeforeThatClassesCannotBeToldApartAndKeepsTheWeights()
    {
        var recipe = _place.Write("one class.yaml", $$"""
            data: {name: image-folder, path: "{{WriteOneClass()}}", imageSize: 16}
            method: {name: simclr}
            backbone: {name: resnet20, width: 0.25}
            trainer: {epochs: 1, batchSize: 4, threads: 1, workers: 1, device: cpu}
            evaluation: {protocols: [knn-dino, linear-sgd], online: knn-lightly}
            tracking: {systemMetricsInterval: 0s}
            """);

        var result = _place.Succeed("train", recipe);

        Assert.All(
            ["evaluation.protocols: the protocol 'knn-dino'", "evaluation.protocols: the protocol 'linear-sgd'", "evaluation.online: the protocol "
                + "'knn-lightly'"],
            protocol => Assert.Single(result.ErrorLines, line => line.StartsWith($"warning: {protocol} is left out.", StringComparison.Ordinal)));
        Assert.All(["knn-dino", "linear-sgd"], protocol => Assert.Contains($"{protocol}\tno number\t", result.Output, StringComparison.Ordinal));
        Assert.Contains("has one class, 'cat'; telling classes apart takes at least 2.", result.Output, StringComparison.Ordinal);
        AssertKept();
        Assert.Equal(RunStatus.Finished, Assert.Single(_place.TrackedRuns()).Status);
    }

    [Fact]
    public void Train_ProtocolsThatFail_KeepWeightsAndTheOtherNumbers()
    {
        var plugins = _projects.Add("StrictPlugins");

        var trained = _place.Succeed("train", _place.Recipe, "--json", "--plugins", plugins, "--set", Cheap, "--set", "evaluation.online=boo", "--set",
            "evaluation.protocols=[boo, encore, knn-dino, knn-dino, knn-instdisc]");

        var summary = JsonNode.Parse(trained.Output)!;
        var finished = _place.TrackedRuns().Single(run => run.RunId == (string)summary["run_id"]!);
        Assert.Equal(finished.Metrics["final/knn-dino"].Value, (double)summary["results"]!["knn-dino"]!);
        Assert.Equal(("The audience has left.", "64 listeners are no audience; expected "
            + "1000."), ((string)summary["failures"]!["boo"]!, (string)summary["failures"]!["encore"]!));
        Assert.Contains("warning: evaluation.protocols: the protocol 'encore' is left out. 64 listeners are no audience; expected 1000. Training "
            + "goes on, and so do other protocols.", trained.ErrorLines);
        Assert.Contains("warning: evaluation.protocols: knn-instdisc: The bank has the features of 64 images, fewer than the protocol's k = 200: all of "
            + "them vote. Do not compare the number with full banks.", trained.ErrorLines);
        Assert.Contains("warning: evaluation.online: the protocol 'boo' has failed and is left out from here on; training goes on. (The audience "
            + "has left.)", trained.ErrorLines);
        Assert.Contains("warning: The protocol 'boo' has failed; nothing else depends on it. (The audience has left.)", trained.ErrorLines);
        AssertKept();
        Assert.All(_place.TrackedRuns(), run => Assert.Equal(RunStatus.Finished, run.Status));

        var runId = (string)summary["run_id"]!;
        var (failing, unable) = (Evaluate("boo,knn-dino"), Evaluate("encore"));

        Assert.Equal((1, 2), (failing.ExitCode, unable.ExitCode));
        Assert.Contains("knn-dino\t", failing.Output, StringComparison.Ordinal);
        Assert.Contains("boo\tno number\tThe audience has left.", failing.Output, StringComparison.Ordinal);
        Assert.Contains("encore\tno number\t64 listeners", unable.Output, StringComparison.Ordinal);

        ProgramResult Evaluate(string protocols) => _place.Run("evaluate", runId[..10], "--protocol", protocols, "--plugins", plugins);
    }

    [Fact]
    public void Evaluate_DataSmallerThanABatchOfTheTraining_AreMeasured()
    {
        _place.Succeed("train", _place.Recipe, "--set", Cheap, "--set", "evaluation.online=null");
        string[] small =
            ["evaluate", Path.GetFileName(_place.RunFolder()!), "--protocol", "knn-1", "--json", "--set", "data.count=5", "--set", "data.testCount=7"];

        var (trained, random) = (_place.Succeed(small), _place.Succeed([.. small, "--random"]));
        var refused = _place.Run("train", _place.Recipe, "--set", Cheap, "--set", "data.count=5");

        Assert.All([trained, random], result =>   // a share of seven test images
            Assert.Contains((double)JsonNode.Parse(result.Output)!["results"]!["knn-1"]!["accuracy"]!, Enumerable.Range(0, 8).Select(right => right / 7.0)));
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("but 'embedded' has only 5 training images. Lower it to at most 5.", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_WrongName_IsToldBeforeTheDataAreOpened()
    {
        _place.Succeed("train", _place.Recipe, "--set", Cheap, "--set", "evaluation.online=null");

        var refused = _place.Run(
            "evaluate", Path.GetFileName(_place.RunFolder()!), "--protocol", "knn-lightli", "--set", "data={name: image-folder, path: nowhere, imageSize: 16}");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("Did you mean 'knn-lightly'?", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("nowhere", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_HomeAndVariablesInPaths_AreFollowed()
    {
        Directory.Move(_place.Recipe, Path.Combine(_place.Home, "mine.yaml"));

        _place.Succeed("train", "~/mine.yaml", "--set", Cheap, "--set", "evaluation.online=null", "--set", "trainer.outputDirectory=~/my "
            + "runs", "--set=tracking.spool=$HOME/spool", "--set", "tracking.uri=sqlite:///~/mine.db");
        var run = Assert.Single(Directory.EnumerateDirectories(Path.Combine(_place.Home, "my runs")));
        var resumed = _place.Run("evaluate", Path.GetFileName(run)[..8], "--runs=~/my runs", "--protocol", "knn-dino");

        Assert.True(File.Exists(Path.Combine(run, "backbone.safetensors")));
        Assert.Equal(0, resumed.ExitCode);
        Assert.True(File.Exists(Path.Combine(_place.Home, "mine.db")));
        Assert.True(Directory.Exists(Path.Combine(_place.Home, "spool")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_place.Folder));
    }

    [Fact]
    public void Train_ShorterThanItsSettings_SaysSoAndTrains()
    {
        var result = _place.Succeed("train", _place.Recipe, "--set", Cheap, "--set", "schedule.warmupEpochs=3", "--set", "schedule.name=multistep", "--set",
            "schedule.milestones=[4, 6]", "--set", "evaluation.online=null");

        Assert.Contains(result.ErrorLines, line => line.StartsWith("warning: schedule.warmupEpochs is 3, that is 24 steps, but the run has only "
            + "2:", StringComparison.Ordinal));
        Assert.Contains(result.ErrorLines, line => line.StartsWith("warning: schedule.milestones is [4, 6], but the run ends after 1 "
            + "epoch:", StringComparison.Ordinal));
        AssertKept();
    }

    private void AssertKept() =>
        Assert.All(["backbone.safetensors", "loss.svg", "checkpoints/step-00000002.safetensors"], file =>
            Assert.True(new FileInfo(Path.Combine(_place.RunFolder()!, file)).Length > 0, file));

    // Eight training and four test images of noise.
    private string WriteOneClass()
    {
        const int side = 16;
        var folder = _place.PathOf("cats");
        var random = new CounterRandom(1, 0, 0, 0);
        foreach (var name in Enumerable.Range(0, 12).Select(i => Path.Combine(folder, i < 8 ? "train" : "test", "cat", $"{i:00}.png")))
        {
            var pixels = new byte[side * side * 3];
            for (var i = 0; i < pixels.Length; i++)
            {
                pixels[i] = (byte)random.NextUInt32();
            }

            Directory.CreateDirectory(Path.GetDirectoryName(name)!);
            using var file = File.Create(name);
            PngWriter.Write(file, pixels, side, side, 3);
        }

        return folder;
    }
}
