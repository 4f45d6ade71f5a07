using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

public sealed class LaterNumberTests : IDisposable
{
    private readonly TrackingWorkplace _place = new();
    private readonly FakeMlflowServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _place.Dispose();
    }

    [Fact]
    public void NewestOf_SeveralEvaluations_IsTheNewestOfEachProtocol()
    {
        var numbers = LaterNumber.NewestOf(
            Run("trained", 0, []),
        [
            Run("old", 1, new() { ["knn/accuracy"] = 0.1, ["knn/best_accuracy"] = 0.1, ["knn/top5"] = 0.5 }),
            Run("newer", 3, new() { ["knn/accuracy"] = 0.3, ["knn/best_accuracy"] = 0.4, ["data/left_out_test_images"] = 2 }),
            Run("new", 2, new() { ["knn/accuracy"] = 0.2, ["knn/best_accuracy"] = 0.2, ["clusters/NMI"] = 0.6, ["clusters/best_NMI"] = 0.7 }),
        ]);

        Assert.Equal([new("clusters", "NMI", 0.6, 40, "new"), new("knn", "accuracy", 0.3, 40, "newer")], numbers);
        Assert.Equal(["clusters/NMI", "knn"], numbers.Select(number => number.Name));
    }

    [Fact]
    public void NewestOf_OtherRuns_AreNone()
    {
        var run = Run("id", 1, new() { ["knn/accuracy"] = 0.1, ["knn/best_accuracy"] = 0.1 });

        Assert.Single(LaterNumber.NewestOf(run, [run]));
        Assert.Empty(LaterNumber.NewestOf(run,
        [
            run with { Status = RunStatus.Running }, run with { Status = RunStatus.Killed }, run with { IsDeleted = true },
            run with { Params = new Dictionary<string, string>() },   // what the training measured at its end
            run with { Params = new Dictionary<string, string> { ["weights.file"] = "a.safetensors", ["weights.second_file"] = "b.safetensors" } },
            run with { Tags = new Dictionary<string, string> { ["parallax.kind"] = "random-features" } },
            run with { Tags = new Dictionary<string, string>() },
        ]));
    }

    // Numbers of other images, or of fewer of them, stand beside those of no other run.
    [Theory]
    [InlineData("data.path", "other.tar", false)]
    [InlineData("evaluation.maxTestSamples", "100", false)]
    [InlineData("data.path", "photographs.tar", true)]
    [InlineData("data.mean", "0.5, 0.5, 0.5", true)]   // those that the network was trained with
    [InlineData("evaluation.knn.k", "3", true)]
    public void NewestOf_OtherSettings_CountsThoseOnTheDataOfTheRun(string key, string value, bool counts)
    {
        var evaluation = Run("later", 2, new() { ["knn/accuracy"] = 0.1, ["knn/best_accuracy"] = 0.1 });
        var trained = Run("trained", 1, []) with
        {
            Params = new Dictionary<string, string>
            {
                ["data.path"] = "first.tar", ["data.mean"] = "", ["evaluation.maxTestSamples"] = "0", ["evaluation.knn.k"] = "20",
            },
            Tags = new Dictionary<string, string> { ["param.resumed.1.data.path"] = "photographs.tar" },
        };

        var numbers = LaterNumber.NewestOf(trained, [evaluation with { Params = evaluation.Params.Append(new(key, value)).ToDictionary() }]);

        Assert.Equal(counts, numbers.Count == 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LaterNumbers_EvaluationBelowARun_IsReadFromTheStore(bool isServer)
    {
        _place.Settings = _place.Settings with { Uri = isServer ? _server.Address : _place.Settings.Uri };
        using var trained = _place.Start();
        trained.End(RunOutcome.Finished);
        var evaluation = Evaluate(_place, trained.RunId, "knn-10", 0.75);
        using var reader = new Trackers(_place.Stores, _place.Retry, _place.Time, _place.Logger)
            .Read(new TrackingOptions { Uri = _place.Settings.Uri, Spool = _place.Settings.SpoolFolder });
        var run = (await reader.FindAsync(trained.RunId, CancellationToken.None))!;

        var numbers = await reader.LaterNumbersAsync(run, CancellationToken.None);

        Assert.Equal([new LaterNumber("knn-10", "accuracy", 0.75, 12, evaluation)], numbers);
    }

    /// <summary>Records what <c>evaluate</c> does.</summary>
    /// <returns>The identifier of its run.</returns>
    internal static string Evaluate(TrackingWorkplace place, string runId, string protocol, double accuracy)
    {
        var run = place.Start(new("pretraining", "evaluation", new Dictionary<string, string> { ["parallax.kind"] = "evaluation" }) { ParentRunId = runId });
        run.LogParameters(new Dictionary<string, string> { ["weights.file"] = "/runs/a/checkpoints/12.safetensors" });
        run.LogMetric($"{protocol}/accuracy", accuracy, 12);
        run.LogMetric($"{protocol}/best_accuracy", accuracy, 12);
        run.End(RunOutcome.Finished);

        return run.RunId;
    }

    private static StoredRun Run(string id, long start, Dictionary<string, double> metrics) => new(id, "0", id, RunStatus.Finished, start, start, "", false)
    {
        Metrics = metrics.ToDictionary(metric => metric.Key, metric => new MetricPoint(metric.Key, metric.Value, start, 40)),
        Params = new Dictionary<string, string> { ["weights.file"] = "a.safetensors" },
        Tags = new Dictionary<string, string> { ["parallax.kind"] = "evaluation" },
    };
}
