using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Parallax.Host.Evaluation;
using Parallax.Host.Tests.Data;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>From a recipe to numbers in the tracking store, as a user would do it.</summary>
public sealed class TrainTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Train_ThenEvaluateAndRuns_LeavesEverythingInTheStore()
    {
        var trained = JsonNode.Parse(_place.Succeed(
            "train", _place.Recipe, "--set", "trainer.epochs=2", "--set", "evaluation.protocols=[knn-instdisc]", "--json").Output)!;
        var runId = (string)trained["run_id"]!;
        var measured = JsonNode.Parse(_place.Succeed("evaluate", runId, "--protocol", "knn-lightly,linear-sgd", "--json").Output)!;
        var listed = JsonNode.Parse(_place.Succeed("runs", "--json").Output)!.AsArray();

        var run = _place.TrackedRuns().Single(r => r.RunId == runId);
        Assert.Equal(RunStatus.Finished, run.Status);
        Assert.Equal(("mochi", "32", "3"), (run.Params["method.name"], run.Params["method.queueSize"], run.Params["trainer.seed"]));
        Assert.Equal("mochi", run.Tags["method"]);
        Assert.Equal(Enumerable.Range(1, 16).Select(step => (long)step), _place.Curve(runId, "train/loss").Select(point => point.Step));
        Assert.Equal([8L, 16], _place.Curve(runId, "online/knn-lightly").Select(point => point.Step));
        Assert.Equal((double)trained["results"]!["knn-instdisc"]!, _place.Curve(runId, "final/knn-instdisc").Single().Value);
        Assert.Equal(["shapes-test testing", "shapes-train training"], Datasets(runId));
        var files = new Uri(run.ArtifactUri).LocalPath;
        Assert.All(
            ["config/recipe.yaml", "pictures/views.png", "pictures/loss.svg", "pictures/accuracy.svg", "backbone.safetensors", "checkpoints/last.safetensors"],
            file => Assert.True(new FileInfo(Path.Combine(files, file)).Length > 0, file));

        Assert.Equal(runId, (string)measured["run_id"]!);
        Assert.InRange((double)measured["results"]!["knn-lightly"]!["accuracy"]!, 0, 1);
        Assert.InRange((double)measured["results"]!["linear-sgd"]!["best_accuracy"]!, 0, 1);
        var confused = Assert.Single(KeptConfusion.Read(_place.RunFolder()!));
        Assert.Equal(("linear-sgd", 16L, 4, 20L), (confused.Protocol, confused.Step, confused.Classes.Count, confused.Counts.Sum(pair => pair[2])));
        Assert.Equal(
            (double)measured["results"]!["linear-sgd"]!["accuracy"]!, new ConfusionCounts(confused.Counts).Accuracy, tolerance: 1e-6);
        var children = _place.TrackedRuns().Where(r => r.Tags.GetValueOrDefault("mlflow.parentRunId") == runId).ToList();
        Assert.Equal(2, children.Count);   // the protocol of the recipe, and the two asked for afterwards
        var evaluated = Assert.Single(children, child => child.Metrics.ContainsKey("linear-sgd/accuracy"));
        Assert.Equal(("64", "resnet20", "mochi"), (evaluated.Params["data.count"], evaluated.Params["backbone.name"], evaluated.Params["method.name"]));
        Assert.Equal("16", evaluated.Params["weights.step"]);
        Assert.Equal((runId, "evaluation"), (evaluated.Params["weights.run"], evaluated.Params["weights"]));
        Assert.EndsWith(".safetensors", evaluated.Params["weights.file"], StringComparison.Ordinal);
        Assert.Equal("knn-lightly,linear-sgd", evaluated.Params["evaluation.protocols"]);
        Assert.All(children, child => Assert.Equal(["shapes-test testing", "shapes-train training"], Datasets(child.RunId)));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(files, "images"), "views+step+0+timestamp+*.png").Length);

        Assert.Equal(3, listed.Count);
        Assert.Equal("mochi", (string)listed.Single(r => (string)r!["run_id"]! == runId)!["method"]!);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(_place.Home, ".parallax", "spool")));
    }

    [Fact]
    public void Evaluate_Random_DoesWithoutTheWeightsOfTheRecipe()
    {
        var first = JsonNode.Parse(_place.Succeed("train", _place.Recipe, "--set", "trainer.epochs=1", "--json").Output)!;
        var written = Path.Combine(new Uri(_place.TrackedRuns().Single().ArtifactUri).LocalPath, "backbone.safetensors");
        var weights = _place.PathOf("weights.safetensors");
        File.Move(written, weights);
        var second = JsonNode.Parse(_place.Succeed(
            "train", _place.Recipe, "--set", "trainer.epochs=1", "--set", $"backbone.weights={weights}", "--json").Output)!;
        File.Delete(weights);

        double Random(JsonNode trained) => (double)JsonNode.Parse(_place.Succeed(
            "evaluate", (string)trained["run_id"]!, "--protocol", "knn-instdisc", "--random", "--json").Output)!["results"]!["knn-instdisc"]!["accuracy"]!;

        Assert.Equal(Random(first), Random(second));
    }

    [Fact]
    public void Train_LossBecomesInfinite_IsFailedAndSaysWhereAndWhatToChange()
    {
        var result = _place.Run(
            "train", _place.Recipe, "--set", "optimizer.baseLearningRate=1000", "--set", "optimizer.weightDecay=10", "--set", "evaluation.online=null");

        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Matches(@"The loss is \S+ at step \d+ \(learning rate \S+\); expected a finite number\.", result.ErrorLines[^1]);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        var run = Assert.Single(_place.TrackedRuns());
        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.All(_place.Curve(run.RunId, "train/loss"), point => Assert.True(double.IsFinite(point.Value)));
    }

    [Theory]
    [InlineData("mochi/mnist.yaml", "mnist")]
    [InlineData("mochi/cifar10.yaml", "cifar10.tar")]
    public void Train_PublishedRecipeOnRealData_RunsAFewSteps(string recipe, string data)
    {
        var path = RealData.Require(data);

        var result = _place.Succeed(
        [
            "train", Path.Combine(RepositoryFiles.Root, "recipes", recipe), "--json", .. Set(
                $"data.path={path}", "trainer.maxSteps=2", "trainer.batchSize=16", "trainer.threads=1", "backbone.splits=2", "method.queueSize=64",
                    "method.hardest=8",
                "evaluation.protocols=[knn-lightly]", "evaluation.maxTrainSamples=64", "evaluation.maxTestSamples=32", "evaluation.online=null",
                    "tracking.systemMetricsInterval=0s"),
        ]);

        Assert.InRange((double)JsonNode.Parse(result.Output)!["results"]!["knn-lightly"]!, 0, 1);
        var run = _place.TrackedRuns().Single(r => !r.Tags.ContainsKey("mlflow.parentRunId"));
        Assert.Equal(RunStatus.Finished, run.Status);
        Assert.Equal([1L, 2], _place.Curve(run.RunId, "train/loss").Select(point => point.Step));
    }

    [Fact]
    public void Demo_FewSteps_WritesTheFixedJsonAndNamesTheStore()
    {
        var json = _place.PathOf("demo result.json");

        var result = _place.Succeed(
            ["demo", "--json", json,
                .. Set("trainer.maxSteps=2", "trainer.threads=1", "data.count=400", "data.testCount=100", "evaluation.maxTrainSamples=100",
                "evaluation.maxTestSamples=50", "evaluation.online=null")]);

        var report = JsonNode.Parse(File.ReadAllText(json))!.AsObject();
        Assert.Equal(["run_id", "random", "trained", "images_per_second"], report.Select(pair => pair.Key));
        Assert.All(["random", "trained"], part =>
        {
            Assert.Equal(["knn", "linear"], report[part]!.AsObject().Select(pair => pair.Key));
            Assert.All(report[part]!.AsObject(), pair => Assert.InRange((double)pair.Value!, 0, 1));
        });
        Assert.True((double)report["images_per_second"]! > 0);
        Assert.Contains(_place.TrackedRuns(), run => run.RunId == (string)report["run_id"]! && run.Status == RunStatus.Finished);
        Assert.Contains("mlflow ui --backend-store-uri sqlite:///", result.Output, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Set(params IEnumerable<string> settings) => settings.SelectMany(setting => new[] { "--set", setting });

    private List<string> Datasets(string runId)
    {
        using var connection = new SqliteConnection($"Data Source={_place.Database};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT d.name || ' ' || t.value FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id JOIN input_tags t ON " +
            "t.input_uuid = i.input_uuid WHERE i.destination_id = $run ORDER BY d.name";
        command.Parameters.AddWithValue("$run", runId);
        using var reader = command.ExecuteReader();
        List<string> names = [];
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
