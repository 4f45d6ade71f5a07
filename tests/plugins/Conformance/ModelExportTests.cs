using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime;
using Parallax.Contracts;
using Parallax.Host.Experiments;
using Parallax.Host.Export;
using Parallax.Host.Tracking;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>The folder of an MLflow model, as ONNX Runtime and a reader of its files see it.</summary>
public sealed class ModelExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Folder => Path.Combine(_folder.Path, "model");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{name: resnet20}", false)]
    [InlineData("{name: vit, size: tiny, width: 32, depth: 2, heads: 4, patchSize: 8}", false)]
    [InlineData("{name: r3d-18, form: torchvision, width: 0.0625}", true)]
    public void Write_ABackbone_ItsExampleGoesThroughItsModel(string section, bool takesClips)
    {
        using var scope = torch.NewDisposeScope();
        using var experiment = SmallNetworks.Create(section, takesClips);

        var written = Write(experiment);

        var example = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "input_example.json")))!["inputs"]!;
        var shape = Shape(example);
        var input = torch.tensor(Numbers(example).ToArray()).view(shape);
        using var session = new InferenceSession(Path.Combine(Folder, "model.onnx"));
        using var run = new RunOptions();
        using var value = OrtValue.CreateTensorValueFromMemory(input.data<float>().ToArray(), shape);
        using var results = session.Run(run, ["input"], [value], ["features"]);
        var features = torch.tensor(results[0].GetTensorDataAsSpan<float>().ToArray());
        var backbone = experiment.Method.Backbone;
        ((Module)backbone).eval();
        var expected = backbone.call(input).flatten();
        Assert.True(torch.allclose(expected, features, rtol: 1e-4, atol: 1e-4));
        Assert.Equal([1, .. written.Entry.Input.Shape.Skip(1)], shape);
        Assert.Equal([-1L, features.shape[0]], written.Entry.Output.Shape);
        Assert.Equal((null, "features"), (written.Entry.Input.Name, written.Entry.Output.Name));
        Assert.Equal([-1, .. shape[1..]], session.InputMetadata["input"].Dimensions.Select(side => (long)side));
        Assert.InRange(written.LargestDifference, 0, BackboneExport.Tolerance);
    }

    [Fact]
    public void Write_TheFolder_HasTheFilesOfAModelAndNothingElse()
    {
        using var scope = torch.NewDisposeScope();
        using var experiment = SmallNetworks.Create("{name: resnet20}", takesClips: false);
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "old.bin"), "of another model");

        var written = Write(experiment);

        string[] files =
        [
            "MLmodel", "backbone.safetensors", "conda.yaml", "input_example.json", "model.onnx", "python_env.yaml", "requirements.txt",
            "serving_input_example.json",
        ];
        Assert.Equal(files, Directory.EnumerateFiles(Folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
        Assert.Equal([Folder], Directory.EnumerateFileSystemEntries(_folder.Path));
        Assert.Equal(ModelFile.Text(written.Entry, "a run", "model", null), File.ReadAllText(Path.Combine(Folder, "MLmodel")));
        Assert.Equal(
            File.ReadAllText(Path.Combine(Folder, "input_example.json")), File.ReadAllText(Path.Combine(Folder, "serving_input_example.json")));
        Assert.Equal(files.Where(name => name != "MLmodel").Sum(name => new FileInfo(Path.Combine(Folder, name)).Length), written.Entry.Bytes);
        Assert.Equal(("model", 3L, "resnet20", "64"), (written.Entry.Name, written.Entry.Step, written.Entry.Params["backbone"],
            written.Entry.Metadata["parallax.features"]));
        Assert.DoesNotContain("parallax.recipe", written.Entry.Metadata.Keys);
        Assert.All(written.Entry.Metadata.Keys, key => Assert.StartsWith("parallax.", key, StringComparison.Ordinal));
        using var session = new InferenceSession(Path.Combine(Folder, "model.onnx"));
        Assert.Equal("the recipe", session.ModelMetadata.CustomMetadataMap["parallax.recipe"]);
        Assert.Equal("safetensors", SafeTensors.ReadHeader(Path.Combine(Folder, "backbone.safetensors")).Metadata["parallax.names"]);
    }

    [Fact]
    public void Write_Twice_HasTheKeyOfTheWeights()
    {
        using var scope = torch.NewDisposeScope();
        using var experiment = SmallNetworks.Create("{name: resnet20}", takesClips: false);

        var (first, again) = (Write(experiment).Entry.Key, Write(experiment).Entry.Key);
        using (torch.no_grad())
        {
            ((Module)experiment.Method.Backbone).get_parameter("conv1.weight")!.mul_(1.01);
        }

        var other = Write(experiment).Entry.Key;
        Assert.Matches("^[0-9a-f]{32}$", first);
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void Write_InTraining_LeavesTheBackboneInTraining()
    {
        using var scope = torch.NewDisposeScope();
        using var experiment = SmallNetworks.Create("{name: resnet20}", takesClips: false);
        var backbone = (Module)experiment.Method.Backbone;
        backbone.train();

        Write(experiment);

        Assert.True(backbone.training);
    }

    [Fact]
    public void Write_ABackboneThatHasNoModel_LeavesNothing()
    {
        using var scope = torch.NewDisposeScope();
        using var experiment = ConformanceHost.Get<ExperimentFactory>().Create(ConformanceHost.Configuration("colorization"));

        var fault = Assert.Throws<ConfigurationException>(() => Write(experiment)).Message;

        Assert.Contains("cannot be written as ONNX", fault, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Write_AskedToStop_LeavesNothing()
    {
        using var scope = torch.NewDisposeScope();
        using var experiment = SmallNetworks.Create("{name: resnet20}", takesClips: false);

        Assert.ThrowsAny<OperationCanceledException>(() => Write(experiment, new CancellationToken(canceled: true)));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Write_WeightsThatAreNoNumbers_LeavesNothing()
    {
        using var scope = torch.NewDisposeScope();
        using var experiment = SmallNetworks.Create("{name: resnet20}", takesClips: false);
        using (torch.no_grad())
        {
            ((Module)experiment.Method.Backbone).get_parameter("conv1.weight")!.fill_(double.NaN);
        }

        Assert.Contains("differ by up to NaN", Assert.Throws<ConfigurationException>(() => Write(experiment)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    private ModelFolder Write(Experiment experiment, CancellationToken stop = default) =>
        ConformanceHost.Get<ModelExport>().Write(experiment, Folder, "a run", step: 3, "the recipe", compared: 16, stop);

    private static long[] Shape(JsonNode node) => node is JsonArray list ? [list.Count, .. Shape(list[0]!)] : [];

    private static IEnumerable<float> Numbers(JsonNode node) => node is JsonArray list ? list.SelectMany(part => Numbers(part!)) : [(float)node];
}
