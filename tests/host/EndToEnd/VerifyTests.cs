using System.Text.Json;
using Parallax.Host.Distributed;
using Parallax.Host.Tests.Plugins;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary><c>parallax verify</c> on the built program.</summary>
public sealed class VerifyTests : IDisposable
{
    private const string Recipe = """
        data: {name: shapes, count: 96, testCount: 20, size: 16, classes: 4}
        method: {name: simclr, projectionDim: 16}
        backbone: {name: resnet20}
        optimizer: {baseLearningRate: 0.1}
        trainer: {epochs: 2, batchSize: 32, threads: 1, workers: 1, seed: 3, device: cpu}
        """;

    private static readonly string[] Properties = ["same seed twice", "killed and resumed", "accumulation", "bf16 against fp32", "several processes"];

    private readonly Workplace _place = new();

    private string Path => _place.Write("verified.yaml", Recipe);

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Verify_SoundRecipe_HoldsAndWritesNothing()
    {
        var result = _place.Run("verify", Path, "--json");

        Assert.True(result.ExitCode == 0, result.ToString());
        using var json = JsonDocument.Parse(result.Output);
        var (root, outcomes) = (json.RootElement, Outcomes(json.RootElement));
        Assert.True(root.GetProperty("holds").GetBoolean());
        Assert.Equal(Properties, outcomes.Keys);
        Assert.Equal(("holds", "holds", "holds"), (outcomes["same seed twice"], outcomes["killed and resumed"], outcomes["bf16 against fp32"]));
        Assert.Equal("not checked", outcomes["accumulation"]);   // the method says that images of a batch are each other's negatives
        Assert.Equal(OpenMpi.Mpirun is null ? "not checked" : "holds", outcomes["several processes"]);
        Assert.Equal(32, root.GetProperty("facts").GetProperty("effective_batch").GetInt32());
        Assert.Equal(0.1 * 32 / 256, root.GetProperty("facts").GetProperty("peak_learning_rate").GetDouble(), 1e-9);
        Assert.DoesNotContain(
            _place.Written(), path => path.EndsWith("mlflow.db", StringComparison.Ordinal) || path.EndsWith("/runs", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("byol")]           // a target that follows
    [InlineData("mae")]            // a transformer, and random masks
    [InlineData("barlow-twins")]   // gathered, with a loss that is large and steep
    [InlineData("instdisc")]       // work before the first epoch, and a row for each image
    public void Verify_SmallRecipe_Holds(string method)
    {
        string[] settings =
        [
            "data={name: shapes, count: 64, testCount: 20, size: 32, classes: 4}", "trainer.epochs=2", "trainer.batchSize=16", "trainer.threads=1",
            "trainer.workers=1", "trainer.device=cpu",
        ];

        var result = _place.Run(["verify", System.IO.Path.Combine(RepositoryFiles.Root, "recipes", method, "small.yaml"), "--json",
            .. settings.SelectMany(setting => new[] { "--set", setting })]);

        Assert.True(result.ExitCode == 0, result.ToString());
        using var json = JsonDocument.Parse(result.Output);
        var outcomes = Outcomes(json.RootElement);
        Assert.Equal(
            ("holds", "holds", "holds"), (outcomes["same seed twice"], outcomes["killed and resumed"], outcomes["bf16 against fp32"]));
        Assert.Equal(OpenMpi.Mpirun is null ? "not checked" : "holds", outcomes["several processes"]);
    }

    [Fact]
    public void Verify_PluginWithHiddenState_FailsAndNamesItsModule()
    {
        using var plugins = new PluginProjects();
        plugins.Add("ForgetfulPlugins");

        var result = _place.Run("verify", Path, "--set", "backbone.name=forgetful", "--plugins", plugins.Root);

        Assert.True(result.ExitCode == 1, result.ToString());
        var row = Assert.Single(result.Output.Split('\n'), line => line.StartsWith("killed and resumed\tfails\t", StringComparison.Ordinal));
        Assert.Contains("module 'backbone.drift' (ForgetfulPlugins.Drift) gives another output for the same input", row, StringComparison.Ordinal);
        Assert.Contains("same seed twice\tholds\t", result.Output, StringComparison.Ordinal);
        Assert.Contains("Not the same: see the rows that fail.", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_LossThatIsASum_FailsWhereBatchesAreDivided()
    {
        using var plugins = new PluginProjects();
        plugins.Add("ForgetfulPlugins");
        var recipe = _place.Write("summing.yaml", Recipe.Replace("{name: simclr, projectionDim: 16}", "{name: summing}", StringComparison.Ordinal));

        var result = _place.Run("verify", recipe, "--json", "--plugins", plugins.Root, "--set", "optimizer.baseLearningRate=0.0001");

        Assert.True(result.ExitCode == 1, result.ToString());
        using var json = JsonDocument.Parse(result.Output);
        var outcomes = Outcomes(json.RootElement);
        Assert.Equal(("holds", "holds", "fails"), (outcomes["same seed twice"], outcomes["killed and resumed"], outcomes["accumulation"]));
        Assert.Equal(OpenMpi.Mpirun is null ? "not checked" : "fails", outcomes["several processes"]);
        var accumulation = json.RootElement.GetProperty("properties").EnumerateArray()
            .Single(property => property.GetProperty("property").GetString() == "accumulation");
        Assert.Equal(0.5, accumulation.GetProperty("gradient_difference").GetDouble(), tolerance: 0.01);   // half of the sum in each of two halves
        Assert.StartsWith("module 'backbone", accumulation.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_LayerWhoseGradientIsDoubledInOneProcess_FailsAndNamesIt()
    {
        Assert.SkipUnless(OpenMpi.Mpirun is not null, "mpirun is not installed: run eng/install-mpi.sh.");
        using var plugins = new PluginProjects();
        plugins.Add("ForgetfulPlugins");
        var recipe = _place.Write("uneven.yaml", Recipe.Replace("{name: simclr, projectionDim: 16}", "{name: uneven}", StringComparison.Ordinal));

        var result = _place.Run("verify", recipe, "--json", "--plugins", plugins.Root);

        Assert.True(result.ExitCode == 1, result.ToString());
        using var json = JsonDocument.Parse(result.Output);
        var outcomes = Outcomes(json.RootElement);
        Assert.Equal(("holds", "holds", "holds", "holds", "fails"), (outcomes["same seed twice"], outcomes["killed and resumed"], outcomes["accumulation"],
            outcomes["bf16 against fp32"], outcomes["several processes"]));
        var processes = json.RootElement.GetProperty("properties").EnumerateArray().Single(row => row.GetProperty("outcome").GetString() == "fails");
        Assert.Equal("last.weight", processes.GetProperty("parameter").GetString());
        Assert.InRange(processes.GetProperty("largest_gradient_difference").GetDouble(), 0.3, 0.7);   // half, were the gradients of both processes the same
    }

    [Theory]
    [InlineData("error", "Rank 1 of 2 ended with exit code 1", "It broke on purpose.")]
    [InlineData("forward", "several processes\tfails\t", "in 2 processes: The loss is NaN at step 2 ")]
    public void Verify_ProcessThatFailsWhileTraining_IsToldWithItsWords(string breaks, string start, string words)
    {
        Assert.SkipUnless(OpenMpi.Mpirun is not null, "mpirun is not installed: run eng/install-mpi.sh.");
        using var plugins = new PluginProjects();
        plugins.Add("FragilePlugins");
        var method = $"{{name: fragile, step: 2, breaks: {breaks}, rank: 1}}";   // alone it does not break
        var recipe = _place.Write("breaking.yaml", Recipe.Replace("{name: simclr, projectionDim: 16}", method, StringComparison.Ordinal));

        var result = _place.Run("verify", recipe, "--plugins", plugins.Root);

        Assert.True(result.ExitCode == 1, result.ToString());
        var told = Assert.Single((result.Output + result.Error).Split('\n'), line => line.Contains(start, StringComparison.Ordinal));
        Assert.Contains(words, breaks == "error" ? result.Error : told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--steps", "1", "--steps is 1; expected")]
    [InlineData("--nproc", "1", "--nproc is 1; expected")]
    [InlineData("--set", "trainer.maxSteps=1", "The run has one optimizer step")]
    public void Verify_BadInput_IsRefused(string option, string value, string message)
    {
        var result = _place.Run("verify", Path, option, value);

        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Outcomes(JsonElement root) => root.GetProperty("properties").EnumerateArray()
        .ToDictionary(property => property.GetProperty("property").GetString()!, property => property.GetProperty("outcome").GetString());
}
