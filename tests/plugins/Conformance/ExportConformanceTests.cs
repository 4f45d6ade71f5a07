using System.Globalization;
using Parallax.Contracts;
using Parallax.Host.Experiments;
using Parallax.Host.Export;
using Parallax.Host.Plugins;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>Every backbone, written in every format that it has, and read back.</summary>
public sealed class ExportConformanceTests : IDisposable
{
    private const double LeastSpread = 1e-3;   // ten times what files may differ by: others' features would be seen

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Backbones => ConformanceHost.Names(PluginKind.Backbone);

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Backbones))]
    public void Write_EveryFormatOfABackbone_GivesTheSameFeatures(string name)
    {
        using var scope = torch.NewDisposeScope();
        using var experiment = SmallNetworks.Create(SmallNetworks.Section(name), SmallNetworks.TakesClips(name));
        var export = ConformanceHost.Get<BackboneExport>();

        foreach (var format in export.Formats(experiment))
        {
            var file = Path.Combine(_folder.Path, format.Name + format.Extension);

            var result = export.Write(experiment, format.Name, file, replaces: false, ExportMetadata.Origin("a run", 3, "the recipe"));

            Assert.InRange(result.LargestDifference, 0, BackboneExport.Tolerance);
            Assert.InRange(result.FeatureSpread, LeastSpread, double.MaxValue);
            Assert.Equal((name, format.Name, 64), (result.Backbone, result.Format, result.Compared));
            TestContext.Current.TestOutputHelper?.WriteLine($"{name} {format.Name} {result.LargestDifference:G3}, spread {result.FeatureSpread:G3}");
        }

        Assert.Equal(export.Formats(experiment).Count, Directory.GetFiles(_folder.Path).Length);   // nothing unfinished beside them
    }

    [Fact]
    public void Write_Metadata_SaysHowTheFileIsUsed()
    {
        using var scope = torch.NewDisposeScope();
        using var experiment = SmallNetworks.Create("{name: resnet20}", takesClips: false);
        var file = Path.Combine(_folder.Path, "a.safetensors");

        ConformanceHost.Get<BackboneExport>().Write(experiment, "safetensors", file, replaces: false, ExportMetadata.Origin("a run", 3, "seed: 1\nmore: 2\n"));

        var metadata = SafeTensors.ReadHeader(file).Metadata;
        var data = experiment.Data.Info;
        Assert.Equal(("pt", "a run", "3", "seed: 1\nmore: 2\n"),
            (metadata["format"], metadata["parallax.run_id"], metadata["parallax.step"], metadata["parallax.recipe"]));
        Assert.Equal(("resnet20", "safetensors", "64", "3, 32, 32", "64"), (metadata["parallax.backbone"], metadata["parallax.names"],
            metadata["parallax.features"], metadata["parallax.input_size"], metadata["parallax.compared"]));
        Assert.Equal(data.Mean, metadata["parallax.mean"].Split(", ").Select(Number));
        Assert.Equal(data.Std, metadata["parallax.std"].Split(", ").Select(Number));
        Assert.InRange(Number(metadata["parallax.largest_difference"]), 0, BackboneExport.Tolerance);
        Assert.InRange(Number(metadata["parallax.feature_spread"]), LeastSpread, double.MaxValue);
        Assert.Matches(@"^\d+\.\d+\.\d+$", metadata["parallax.version"]);
    }

    [Theory]
    [InlineData("{name: resnet20}", "torchvision", "", "safetensors, onnx")]
    [InlineData("{name: convnext-v2, size: atto, width: 8, patchSize: 1}", "torchvision", "", "safetensors, timm, onnx")]
    [InlineData("{name: vit, size: tiny, width: 32, depth: 2, heads: 4, patchSize: 8, registerTokens: 2}", "timm", " with backbone.registerTokens: 2",
        "safetensors, onnx")]
    [InlineData("{name: vit, size: tiny, width: 32, depth: 2, heads: 4, patchSize: 8, registerTokens: 2, layerScale: 0.1}", "torchvision",
        " with backbone.registerTokens: 2, backbone.layerScale: 0.1", "safetensors, onnx")]
    [InlineData("{name: resnet18, width: 0.125}", "keras", "", "safetensors, torchvision, timm, onnx")]
    public void Write_AFormatThatTheBackboneLacks_NamesThoseItHasAndTheOptionsInTheWay(string section, string format, string inTheWay, string known)
    {
        using var scope = torch.NewDisposeScope();
        using var experiment = SmallNetworks.Create(section, takesClips: false);

        var fault = Fault(experiment, format, Path.Combine(_folder.Path, "file"));

        Assert.StartsWith($"--format is '{format}', but the backbone ", fault, StringComparison.Ordinal);
        Assert.Contains($" has none of that name{inTheWay}. It can be written as {known}", fault, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Write_AFileThatExists_IsRefusedUnlessForced()
    {
        using var scope = torch.NewDisposeScope();
        using var experiment = SmallNetworks.Create("{name: resnet20}", takesClips: false);
        var file = Path.Combine(_folder.Path, "a.safetensors");
        File.WriteAllText(file, "mine");

        var fault = Fault(experiment, "safetensors", file);
        var kept = File.ReadAllText(file);
        ConformanceHost.Get<BackboneExport>().Write(experiment, "safetensors", file, replaces: true, ExportMetadata.Origin("a run", 3, ""));

        Assert.Equal($"--out is '{file}', which exists. Give another name, or --force to replace it.", fault);
        Assert.Equal("mine", kept);
        Assert.NotEmpty(SafeTensors.ReadHeader(file).Tensors);
    }

    [Fact]
    public void Write_WhereAFolderIs_SaysSoAtOnce()
    {
        using var scope = torch.NewDisposeScope();
        using var experiment = SmallNetworks.Create("{name: resnet20}", takesClips: false);

        Assert.Equal($"--out is '{_folder.Path}', which is a folder. Give the name of a file in it.", Fault(experiment, "safetensors", _folder.Path));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Finish_WhereAFileAppearedMeanwhile_KeepsIt()
    {
        var path = Path.Combine(_folder.Path, "a.safetensors");
        using (var file = new ExportFile(path, replaces: false))
        {
            File.WriteAllText(path, "mine");

            Assert.Contains("which exists", Assert.Throws<ConfigurationException>(file.Finish).Message, StringComparison.Ordinal);
        }

        Assert.Equal("mine", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Write_WhereNoFileCanBe_SaysSo()
    {
        using var scope = torch.NewDisposeScope();
        using var experiment = SmallNetworks.Create("{name: resnet20}", takesClips: false);
        File.WriteAllText(Path.Combine(_folder.Path, "file"), "");

        var fault = Fault(experiment, "safetensors", Path.Combine(_folder.Path, "file", "a.safetensors"));   // below a file, which no rights allow

        Assert.Contains("a.safetensors', which cannot be written: ", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OfWeightsThatAreNoNumbers_LeavesNothing()
    {
        using var scope = torch.NewDisposeScope();
        using var experiment = SmallNetworks.Create("{name: resnet20}", takesClips: false);
        using (torch.no_grad())
        {
            ((Module)experiment.Method.Backbone).get_parameter("conv1.weight")!.fill_(double.NaN);
        }

        var fault = Fault(experiment, "safetensors", Path.Combine(_folder.Path, "a.safetensors"));

        Assert.Contains("The safetensors file gives other features than the backbone: they differ by up to NaN", fault, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Fault(Experiment experiment, string format, string file) => Assert.Throws<ConfigurationException>(
        () => ConformanceHost.Get<BackboneExport>().Write(experiment, format, file, replaces: false, ExportMetadata.Origin("a run", 3, ""))).Message;
}
