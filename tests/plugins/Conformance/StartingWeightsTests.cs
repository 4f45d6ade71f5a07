using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Distributed;
using Parallax.Host.Training;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>What <c>backbone.weights</c> does to a run, and that what a run leaves is such a file.</summary>
public sealed class StartingWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("simclr", "backbone.safetensors", null)]
    [InlineData("simclr", "checkpoints", null)]
    [InlineData("moco-v2", "backbone.safetensors", null)]
    [InlineData("moco-v2", "checkpoints", "method.backbone")]
    public void Execute_FilesOfARun_StartAnother(string method, string file, string? prefix)
    {
        using var scope = torch.NewDisposeScope();
        var summary = Execute(Configuration(method));
        var expected = SafeTensors.Load(Path.Combine(summary.Directory, "backbone.safetensors"));
        var path = Path.Combine(summary.Directory, file);
        path = Directory.Exists(path) ? new CheckpointStore(path, keep: 1).Latest! : path;

        using var session = ConformanceHost.Get<SessionFactory>().Create(
            Configuration(method, [$"backbone.weights={path}", .. prefix is null ? Array.Empty<string>() : [$"backbone.weightsPrefix={prefix}"]]));

        var state = ((Module)session.Experiment.Method.Backbone).state_dict();
        Assert.All(expected, entry => Assert.True(entry.Value.eq(state[entry.Key]).all().item<bool>(), entry.Key));
        foreach (var pair in session.Experiment.Method is IMomentumPairs pairs ? pairs.MomentumPairs : [])
        {
            var target = pair.Target.state_dict();
            Assert.All(pair.Online.named_parameters(), entry => Assert.True(entry.parameter.eq(target[entry.name]).all().item<bool>(), entry.name));
        }
    }

    [Fact]
    public void Execute_GoneOnWith_NeedsTheFileNoMore()
    {
        var first = Execute(Configuration("simclr"));
        var file = Path.Combine(first.Directory, "backbone.safetensors");
        var configuration = Configuration("simclr", $"backbone.weights={file}", "trainer.seed=8");
        var stopped = Execute(configuration, stopAtOnce: true);
        File.Delete(file);

        var summary = Execute(configuration, stopped.RunId);

        Assert.True(summary.Completed);
        Assert.Contains($"There is no file '{file}'", Assert.Throws<ConfigurationException>(() => Execute(configuration)).Message, StringComparison.Ordinal);
    }

    private ResolvedConfiguration Configuration(string method, params string[] overrides) => ConformanceHost.Configuration(method,
    [
        "data.size=16", "trainer.batchSize=16", "trainer.epochs=1", "evaluation.online=null", "evaluation.protocols=[]",
        $"tracking.uri=sqlite:///{_folder.Path}/mlflow.db",
        $"tracking.spool={_folder.Path}/spool", $"trainer.outputDirectory={_folder.Path}/runs", .. overrides,
    ]);

    private static TrainingSummary Execute(ResolvedConfiguration configuration, string? resume = null, bool stopAtOnce = false) =>
        ConformanceHost.Get<PretrainingRun>().Execute(configuration, resume, ProcessEnvironment.Alone, new CancellationToken(stopAtOnce));
}
