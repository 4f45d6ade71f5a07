using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Distributed;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;
using Parallax.Host.Tracking;
using Parallax.Host.Training;
using Parallax.Plugins.Evaluators;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>What a whole run measures, tracks and keeps.</summary>
public sealed class RunConformanceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Execute_WholeRun_MeasuresItsLastWeightsAndKeepsTheFirstBest()
    {
        using var scope = torch.NewDisposeScope();
        var configuration = Configuration("evaluation.protocols=[knn-dino, linear-sgd]");

        var summary = Execute(configuration, null);

        var online = Curve(configuration, summary.RunId, "online/knn-dino");
        var best = online.MaxBy(point => point.Value);
        Assert.True(summary.Completed);
        Assert.Equal([4L, 8, 12], online.Select(point => point.Step));
        using (var kept = CheckpointStore.Load(Checkpoints(summary).BestPath))
        {
            Assert.Equal(best.Step, kept.State.Position.Step);
            Assert.Equal(best.Value, kept.State.BestAccuracy);
        }

        using var last = CheckpointStore.Load(Checkpoints(summary).Latest!);
        Assert.Equal((12, best.Value), (last.State.Position.Step, last.State.BestAccuracy));
        Assert.Equal(Enumerable.Range(0, 12).Select(t => (t + 1L, 0.1 * 16 / 256 * 0.5 * (1 + Math.Cos(Math.PI * t / 12)))),
            Curve(configuration, summary.RunId, "train/learning_rate"), Close);

        using var session = ConformanceHost.Get<SessionFactory>().Create(configuration);
        session.Experiment.Restore(last);
        var (train, test) = (Features(session, DatasetSplit.Train, count: 64), Features(session, DatasetSplit.Test, count: 32));
        var expected = new[] { ("knn-dino", new Knn(NullLogger.Instance, new() { Neighbours = 20, Temperature = 0.07 }).Evaluate(train, test, seed: 7)),
            ("linear-sgd", new LinearSgd(new()).Evaluate(train, test, seed: 7)) };
        Assert.Equal(expected.Select(e => (e.Item1, e.Item2.Accuracy, e.Item2.BestAccuracy)),
            summary.Measured.Results.Select(r => (r.Protocol, r.Result.Accuracy, r.Result.BestAccuracy)));
        Assert.Equal((12L, expected[0].Item2.Accuracy), Assert.Single(Curve(configuration, summary.RunId, "final/knn-dino")), Close);
        var child = Child(configuration, summary.RunId);
        foreach (var (protocol, result) in expected)
        {
            Assert.Equal((12L, result.Accuracy), Assert.Single(Curve(configuration, child, $"{protocol}/accuracy")), Close);
            Assert.Equal((12L, result.BestAccuracy), Assert.Single(Curve(configuration, child, $"{protocol}/best_accuracy")), Close);
            Assert.All(result.Details, detail => Assert.Equal((12L, detail.Value), Assert.Single(Curve(configuration, child, $"{protocol}/{detail.Key}")),
                Close));
        }

        Assert.True(File.Exists(Path.Combine(summary.Directory, "loss.svg")));
        Assert.True(File.Exists(Path.Combine(summary.Directory, "accuracy.svg")));
        var backbone = SafeTensors.Load(Path.Combine(summary.Directory, "backbone.safetensors"));
        Assert.Equal(((Module)session.Experiment.Method.Backbone).state_dict().Keys.Order(StringComparer.Ordinal), backbone.Keys.Order(StringComparer.Ordinal));
        Assert.All(((Module)session.Experiment.Method.Backbone).state_dict(), t => Assert.True(t.Value.eq(backbone[t.Key]).all().item<bool>(), t.Key));
    }

    [Fact]
    public void Execute_GoneOnWith_RemembersTheBestOfBefore()
    {
        var configuration = Configuration();
        var stopped = Execute(configuration, null, stopAtOnce: true);
        var checkpoints = Checkpoints(stopped);
        using (var first = CheckpointStore.Load(checkpoints.Latest!))
        {
            // An accuracy that no later epoch reaches.
            checkpoints.MarkBest(checkpoints.Save(first.State with { BestAccuracy = 2 }, first.Recipe,
                first.Tensors.ToDictionary(t => t.Key, t => t.Value.clone())));
        }

        var before = File.ReadAllBytes(checkpoints.BestPath);

        var summary = Execute(configuration, stopped.RunId);

        using var last = CheckpointStore.Load(checkpoints.Latest!);
        Assert.False(stopped.Completed);
        Assert.Equal((true, stopped.RunId), (summary.Completed, summary.RunId));
        Assert.Equal((12, 2), (last.State.Position.Step, last.State.BestAccuracy));
        Assert.Equal(before, File.ReadAllBytes(checkpoints.BestPath));
        Assert.Equal([4L, 8, 12], Curve(configuration, summary.RunId, "online/knn-dino").Select(point => point.Step));
    }

    [Theory]
    [InlineData(1, 10, "4 8 12")]
    [InlineData(2, 10, "8 12")]
    [InlineData(0, 10, "12")]   // none but the last
    [InlineData(1, 2, "8 12")]
    public void Execute_CheckpointEveryEpochs_KeepsTheNewest(int every, int keep, string steps)
    {
        var summary = Execute(Configuration("evaluation.online=null", $"trainer.checkpointEveryEpochs={every}", $"trainer.keepCheckpoints={keep}"), null);

        Assert.Equal(steps.Split(' ').Select(step => $"step-{step.PadLeft(8, '0')}.safetensors"),
            Directory.EnumerateFiles(Path.Combine(summary.Directory, "checkpoints")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        Assert.False(File.Exists(Path.Combine(summary.Directory, "accuracy.svg")));
    }

    [Theory]
    [InlineData(0, 0, 64, 32)]
    [InlineData(40, 10, 40, 10)]
    [InlineData(65, 33, 64, 32)]
    public void Measure_SampleLimits_BoundBankAndQueries(int most, int mostTest, int bank, int queries)
    {
        using var scope = torch.NewDisposeScope();
        using var session = ConformanceHost.Get<SessionFactory>()
            .Create(Configuration($"evaluation.maxTrainSamples={most}", $"evaluation.maxTestSamples={mostTest}"));
        var logits = WeightedKnn.Evaluate(Limited(DatasetSplit.Train, 64, bank), Limited(DatasetSplit.Test, 32, queries), new() { Neighbours = 200 }, null);

        var result = Assert.Single(ConformanceHost.Get<EvaluationService>().Measure(session.Experiment, ["knn-instdisc"]).Results).Result;

        Assert.Equal(bank, result.Details["neighbours"]);
        Assert.Equal(logits.Accuracy, result.Accuracy);
        Assert.Equal(logits.Details["top5"], result.Details["top5"]);

        FeatureSet Limited(DatasetSplit split, int count, int used)
        {
            var all = Features(session, split, count);
            var rows = torch.tensor(used == count ? [.. Enumerable.Range(0, count).Select(i => (long)i)] : EpochOrder.Shuffled(count, seed: 0, epoch: 0)
                .Take(used).Order().ToArray());

            return all with { Features = all.Features.index_select(0, rows), Labels = all.Labels.index_select(0, rows) };
        }
    }

    [Theory]
    [InlineData(63, 3)]
    [InlineData(64, 4)]
    [InlineData(79, 4)]
    public void Create_ImagesBeyondTheLastBatch_AreNoStep(int images, long steps)
    {
        using var session = ConformanceHost.Get<SessionFactory>().Create(Configuration($"data.count={images}"));

        Assert.Equal((steps, 3 * steps), (session.Experiment.Run.StepsPerEpoch, session.Progress.TotalSteps));
        Assert.Equal((16, 16, 7L), (session.Experiment.Run.BatchSize, session.Experiment.Run.ImageSize, session.Experiment.Run.Seed));
    }

    private ResolvedConfiguration Configuration(params string[] overrides) => ConformanceHost.Configuration("simclr",
    [
        "data.size=16", "trainer.batchSize=16", "trainer.epochs=3", "evaluation.online=knn-dino", "evaluation.onlineSamples=0", "trainer.keepCheckpoints=1",
        $"tracking.uri=sqlite:///{_folder.Path}/mlflow.db", $"tracking.spool={_folder.Path}/spool", "tracking.systemMetricsInterval=0s",
        $"trainer.outputDirectory={_folder.Path}/runs",
        .. overrides,
    ]);

    private static TrainingSummary Execute(ResolvedConfiguration configuration, string? resume, bool stopAtOnce = false) =>
        ConformanceHost.Get<PretrainingRun>().Execute(
            configuration, resume, ProcessEnvironment.Alone, new CancellationToken(stopAtOnce));

    private static CheckpointStore Checkpoints(TrainingSummary summary) => new(Path.Combine(summary.Directory, "checkpoints"), keep: 1);

    private static List<(long Step, double Value)> Curve(ResolvedConfiguration configuration, string runId, string key)
    {
        using var reader = ConformanceHost.Get<Trackers>().Read(configuration.Tracking);

        return [.. reader.HistoryAsync(runId, key, CancellationToken.None).GetAwaiter().GetResult().OrderBy(point => point.Step)
            .Select(point => (point.Step, point.Value))];
    }

    private static string Child(ResolvedConfiguration configuration, string runId)
    {
        using var reader = ConformanceHost.Get<Trackers>().Read(configuration.Tracking);

        return Assert.Single(reader.ListAsync(null, 100, CancellationToken.None).GetAwaiter().GetResult(), run => run.RunId != runId).RunId;
    }

    // The frozen backbone over a split, image by image in their order.
    private static FeatureSet Features(TrainingSession session, DatasetSplit split, int count)
    {
        var backbone = (Module<Tensor, Tensor>)session.Experiment.Method.Backbone;
        using var data = ConformanceHost.Get<ExperimentFactory>().Open(session.Experiment.Configuration, split);
        using var loader = new EvaluationLoader(data, 16, new LoaderSettings(count), NullLogger.Instance);
        using var noGrad = torch.no_grad();
        backbone.eval();
        var batch = loader.Batches().Single();
        var images = torch.tensor(batch.Pixels(0)).view(count, 3, 16, 16);
        if (session.Experiment.Configuration.Trainer.ChannelsLast)
        {
            images = images.ToChannelsLast();
        }

        return new(backbone.call(images), torch.tensor(batch.Labels.ToArray()), data.Info.Classes.Count);
    }

    private static bool Close((long Step, double Value) a, (long Step, double Value) b) => a.Step == b.Step && Math.Abs(a.Value - b.Value) < 1e-12;
}
