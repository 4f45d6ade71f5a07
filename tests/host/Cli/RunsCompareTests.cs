using System.Text.Json.Nodes;
using Parallax.Host.Tests.Tracking;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Cli;

public sealed class RunsCompareTests : IDisposable
{
    private readonly TrackingWorkplace _place = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Compare_TwoRuns_ShowsOnlyKeysThatDifferAndLastAndBest()
    {
        string[] runs = [Record("0.1", 3, 1, 2), Record("0.2", 4, 2, 1)];

        var code = await Run("runs", "compare", runs[0][..12], runs[1]);

        Assert.Equal(0, code);
        Assert.Equal(
        [
            $"part\tkey\t{runs[0][..8]}\t{runs[1][..8]}",
            $"run\tid\t{runs[0]}\t{runs[1]}",
            "run\tname\tfirst\tfirst",
            "run\tstatus\tfinished\tfinished",
            "recipe\tmethod.temperature\t0.1\t0.2",
            "metric\tonline/probe\t2 (best 3, step 0)\t1 (best 4, step 0)",
            "metric\ttrain/learning_rate\t0.5\t0.5",
            "metric\ttrain/loss\t2 (best 1, step 1)\t1",
            "environment\tparallax.version\t1.2.3\t1.2.3",
            "environment\ttrainer.seed\t7\t7",
            "environment\tparallax.auto.threads\t0.1\t0.2",
        ],
        Lines().Where(line => !line.Contains("git.commit", StringComparison.Ordinal)));   // of the repository that the test runs in
    }

    [Fact]
    public async Task Compare_Verdicts_AreOfTheRunsAndNoEnvironment()
    {
        var learning = Record("0.1", "7", new() { ["parallax.verdict"] = "learning", ["parallax.verdict.cause"] = "the loss falls" });
        var other = Record("0.1", "7", new() { ["parallax.failure"] = "The loss is NaN." });

        await Run("runs", "compare", learning, other);

        Assert.Contains("run\tverdict\tlearning\t-", Lines());
        Assert.DoesNotContain(Lines(), line => line.StartsWith("environment\tparallax.verdict", StringComparison.Ordinal)
            || line.StartsWith("environment\tparallax.failure", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Compare_EvaluatedAfterwards_HasTheNumbersBesideEachOther()
    {
        string[] runs = [Record("0.1", 1), Record("0.1", 1)];
        LaterNumberTests.Evaluate(_place, runs[0], "knn-10", 0.75);
        LaterNumberTests.Evaluate(_place, runs[1], "knn-10", 0.5);
        LaterNumberTests.Evaluate(_place, runs[1], "linear", 0.25);

        await Run(["runs", "compare", .. runs]);

        Assert.Equal(["measured afterwards\tknn-10\t0.75\t0.5", "measured afterwards\tlinear\t-\t0.25"],
            Lines().Where(line => line.StartsWith("measured afterwards", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Compare_OtherSeeds_AreAnotherRecipe()
    {
        string[] runs = [Record("0.1", "7", [], 1), Record("0.1", "8", [], 1)];

        await Run(["runs", "compare", .. runs]);

        Assert.Contains("recipe\ttrainer.seed\t7\t8", Lines());
        Assert.DoesNotContain("Their recipes are the same.", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_KeyChangedByResuming_HasTheValueOfTheLastSession()
    {
        var resumed = Record("0.1", "7", new() { ["param.resumed.2.method.temperature"] = "0.3", ["param.resumed.10.method.temperature"] = "0.2" });
        var same = Record("0.2", "7", []);

        await Run("runs", "compare", resumed, same);

        Assert.DoesNotContain(Lines(), line => line.StartsWith("recipe\t", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Compare_Json_HoldsTheSame()
    {
        string[] runs = [Record("0.1", 3, 1, 2), Record("0.1", double.NaN)];

        await Run("runs", "compare", runs[0], runs[1], "--json");

        var json = JsonNode.Parse(_output.ToString())!;
        Assert.Equal(runs, json["runs"]!.AsArray().Select(run => (string)run!["run_id"]!));
        Assert.Empty(json["recipe"]!.AsArray());
        var loss = json["metrics"]!.AsArray().Single(metric => (string)metric!["key"]! == "train/loss")!;
        Assert.Equal("lower", (string)loss["better"]!);
        Assert.Equal((1.0, 1L), ((double)loss["best"]![0]!["value"]!, (long)loss["best"]![0]!["step"]!));
        Assert.Equal("NaN", (string)loss["last"]![1]!["value"]!);
        Assert.Null(loss["best"]![1]);
    }

    [Fact]
    public async Task Compare_ServerRuns_AreReadThere()
    {
        using var server = new FakeMlflowServer();
        _place.Settings = _place.Settings with { Uri = server.Address };
        string[] runs = [Record("0.1", 2, 1), Record("0.2", 4, 3)];

        var code = await Composition.RunAsync(["runs", "compare", .. runs, "--uri", server.Address], new(_output, _error, isTerminal: false));

        Assert.True(code == 0, _error.ToString());
        Assert.Contains("recipe\tmethod.temperature\t0.1\t0.2", Lines());
        Assert.Contains("metric\ttrain/loss\t1\t3", Lines());
    }

    [Theory]
    [InlineData("There is no run abc in sqlite:///", "FIRST", "abc")]
    [InlineData("is given twice. Give two different runs.", "FIRST", "FIRST")]
    [InlineData("and it takes two or more. Name another", "FIRST")]
    public async Task Compare_NothingToCompare_SaysWhy(string expected, params string[] ids)
    {
        var run = Record("0.1", 1);

        var code = await Run(["runs", "compare", .. ids.Select(id => id == "FIRST" ? run : id)]);

        Assert.Equal(2, code);
        Assert.Contains(expected, _error.ToString(), StringComparison.Ordinal);
    }

    private string[] Lines() => _output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    private string Record(string temperature, params double[] losses) => Record(temperature, "7", [], losses);

    private string Record(string temperature, string seed, Dictionary<string, string> tags, params double[] losses)
    {
        var run = _place.Start(new("pretraining", "first", new Dictionary<string, string>()));
        run.LogParameters(new Dictionary<string, string> { ["trainer.seed"] = seed, ["trainer.epochs"] = "3", ["method.temperature"] = temperature });
        run.SetTags(new Dictionary<string, string> { ["parallax.version"] = "1.2.3", ["parallax.auto.threads"] = temperature, ["note"] = temperature });
        run.SetTags(tags);
        foreach (var (step, loss) in losses.Index())
        {
            run.LogMetric("train/loss", loss, step);
            run.LogMetric("online/probe", loss, step);
        }

        run.LogMetric("train/learning_rate", 0.5, 0);
        run.LogMetric("system/cpu_utilization_percentage", 50, 0);
        run.End(RunOutcome.Finished);

        return run.RunId;
    }

    private Task<int> Run(params string[] arguments) => Composition.RunAsync(
        [.. arguments, "--uri", "sqlite:///" + _place.Database, "--spool", _place.Spool.Path], new(_output, _error, isTerminal: false));
}
