using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Distributed;
using Parallax.Host.Images;
using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>A run whose images are all the same, so that all embeddings are: what is done about it.</summary>
public sealed class CollapsedRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CollapsedRunTests()
    {
        foreach (var name in new[] { "train/a/1", "train/a/2", "train/b/1", "train/b/2", "test/a/1", "test/b/1" })
        {
            var file = Path.Combine(_folder.Path, "images", $"{name}.png");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            using var stream = File.Create(file);
            PngWriter.Write(stream, [.. Enumerable.Repeat((byte)90, 16 * 16 * 3)], 16, 16, 3);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Execute_OnCollapseStop_EndsAsFailedAndSaysWhichSetting()
    {
        var fault = Assert.Throws<ConfigurationException>(() => Execute("stop"));

        // the third report from step 50 on
        Assert.StartsWith("Collapse at step 52: all images have nearly the same embedding", fault.Message, StringComparison.Ordinal);
        Assert.EndsWith("The run ends here because trainer.onCollapse is stop; set it to warn to go on.", fault.Message, StringComparison.Ordinal);
        var run = Assert.Single(RunDirectory.All(Path.Combine(_folder.Path, "runs")));
        Assert.Equal(RunState.Failed, run.Record.State);
        var box = new BlackBoxFolder(run).Read()!;
        Assert.Equal((52, 52, fault.Message), (box.Steps[^1].Step, box.WeightsStep, box.Reason));
    }

    [Fact]
    public async Task Execute_OnCollapseWarn_GoesOnToTheEnd()
    {
        var summary = Execute("warn");

        Assert.True(summary.Completed);
        var run = Assert.Single(RunDirectory.All(Path.Combine(_folder.Path, "runs")));
        Assert.Equal(RunState.Finished, run.Record.State);
        Assert.Null(new BlackBoxFolder(run).Read());
        Assert.Equal(TrainingState.Collapsed, summary.Verdict!.State);
        using var store = new SqliteStore(Path.Combine(_folder.Path, "mlflow.db"), TimeProvider.System);
        var runs = await store.SearchRunsAsync(null, 100, CancellationToken.None);
        var tags = Assert.Single(runs, r => r.RunId == summary.RunId).Tags;
        Assert.Equal("collapsed", tags["parallax.verdict"]);
        Assert.StartsWith("Collapse at step 52: all images have nearly the same embedding", tags["parallax.verdict.cause"], StringComparison.Ordinal);
        Assert.NotEmpty(tags["parallax.verdict.advice"]);
    }

    private TrainingSummary Execute(string policy) => ConformanceHost.Get<PretrainingRun>().Execute(
        ConformanceHost.Configuration(
            "simclr",
            "data={name: image-folder, path: " + _folder.Path + "/images, imageSize: 16, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25]}",
            "views=[{repeat: 2, augmentations: [{center-crop: {size: 16}}]}]",
            "trainer.batchSize=4", "trainer.epochs=55", "trainer.checkpointEveryEpochs=0", $"trainer.onCollapse={policy}", "optimizer.baseLearningRate=1e-6",
            $"tracking.uri=sqlite:///{_folder.Path}/mlflow.db", $"tracking.spool={_folder.Path}/spool", "tracking.systemMetricsInterval=0s",
            $"trainer.outputDirectory={_folder.Path}/runs"),
        resume: null, ProcessEnvironment.Alone, CancellationToken.None);
}
