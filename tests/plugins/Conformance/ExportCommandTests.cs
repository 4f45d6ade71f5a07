using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Parallax.Host;
using Parallax.Host.Cli;
using Parallax.Host.Configuration;
using Parallax.Host.Distributed;
using Parallax.Host.Export;
using Parallax.Host.Terminal;
using Parallax.Host.Training;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary><c>parallax export</c> as a user types it.</summary>
public sealed class ExportCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Export_OfARun_WritesAFileThatStartsAnotherRun()
    {
        var run = Train();
        var file = Path.Combine(_folder.Path, "model.safetensors");

        var (code, output, error) = await Type("export", run.RunId, "--format", "safetensors", "--out", file, "--runs", Runs, "--json",
            "--set", "trainer.precision=bf16");

        Assert.True(code == 0, error);
        var result = JsonDocument.Parse(output).RootElement;
        Assert.Equal(
            result.GetProperty("feature_spread").GetDouble() < BackboneExport.LeastSpread, error.Contains("hardly vary", StringComparison.Ordinal));
        Assert.Equal((file, "resnet20", "safetensors", 16), (result.GetProperty("file").GetString(), result.GetProperty("backbone").GetString(),
            result.GetProperty("format").GetString(), result.GetProperty("compared").GetInt32()));
        var metadata = SafeTensors.ReadHeader(file).Metadata;
        Assert.Equal(run.RunId, metadata["parallax.run_id"]);
        Assert.Contains("name: simclr", metadata["parallax.recipe"], StringComparison.Ordinal);
        Assert.Contains("precision: bf16", metadata["parallax.recipe"], StringComparison.Ordinal);   // of the recipe; the features are float32
        using var session = ConformanceHost.Get<SessionFactory>().Create(Configuration($"backbone.weights={file}"));
        var (weights, trained) = (((Module)session.Experiment.Method.Backbone).state_dict(),
            SafeTensors.Load(Path.Combine(run.Directory, "backbone.safetensors")));
        Assert.All(trained, entry => Assert.True(entry.Value.eq(weights[entry.Key]).all().item<bool>(), entry.Key));
    }

    [Fact]
    public async Task Export_FeaturesThatDoNotVary_AreWrittenWithANote()
    {
        using var scope = torch.NewDisposeScope();
        using var last = CheckpointStore.Load(new CheckpointStore(Path.Combine(Train().Directory, "checkpoints"), keep: 1).Latest!);
        var collapsed = new CheckpointStore(Path.Combine(_folder.Path, "collapsed"), keep: 1).Save(
            last.State, last.Recipe, last.Tensors.ToDictionary(entry => entry.Key, entry => torch.zeros_like(entry.Value)));

        var (code, output, error) = await Type(
            "export", collapsed, "--format", "safetensors", "--out", Path.Combine(_folder.Path, "model.safetensors"), "--json");

        Assert.True(code == 0, error);
        Assert.Equal(0, JsonDocument.Parse(output).RootElement.GetProperty("feature_spread").GetDouble());
        Assert.Contains(
            "The features hardly vary between the samples (standard deviation 0 at most): that the file gives the same proves little.", error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_WithoutRunOrFormat_SaysWhatIsMissing()
    {
        var (unknown, _, error) = await Type("export", "nosuchrun", "--format", "onnx", "--runs", Runs);
        var (missing, _, usage) = await Type("export", "nosuchrun", "--runs", Runs);

        Assert.Equal((2, 2), (unknown, missing));
        Assert.Contains("No run 'nosuchrun' under", error, StringComparison.Ordinal);
        Assert.Contains("--format", usage, StringComparison.Ordinal);
    }

    private string Runs => Path.Combine(_folder.Path, "runs");

    private TrainingSummary Train() =>
        ConformanceHost.Get<PretrainingRun>().Execute(Configuration(), null, ProcessEnvironment.Alone, CancellationToken.None);

    private ResolvedConfiguration Configuration(params string[] overrides) => ConformanceHost.Configuration("simclr",
    [
        "data.count=16", "trainer.batchSize=16", "trainer.epochs=1", "evaluation.online=null", "evaluation.protocols=[]",
        $"tracking.uri=sqlite:///{_folder.Path}/mlflow.db", $"tracking.spool={_folder.Path}/spool", $"trainer.outputDirectory={Runs}", .. overrides,
    ]);

    private static async Task<(int Code, string Output, string Error)> Type(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var services = Composition.Create(new CliOutput(output, error, isTerminal: false), new([ConformanceHost.Plugins], []));

        return (await services.GetRequiredService<CommandLineApplication>().RunAsync(arguments), output.ToString(), error.ToString());
    }
}
