using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Training;
using Parallax.Host.Weights;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Methods;

/// <summary>The section <c>imageModel</c> of a run, which iBoot learns from.</summary>
public sealed class IBootTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Train_WeightsOfAnotherRun_StayAsTheyAre()
    {
        using var scope = NewDisposeScope();
        using var other = ConformanceHost.Session("simclr", "trainer.seed=9");
        var expected = ((Module)other.Experiment.Method.Backbone).state_dict();
        var file = Path.Combine(_folder.Path, "backbone.safetensors");
        using (var stream = File.Create(file))
        {
            SafeTensors.Write(stream, expected);
        }

        using var session = ConformanceHost.Session("iboot", $"imageModel.weights={file}", "trainer.maxSteps=2");
        ConformanceHost.Train(session);

        var state = session.Experiment.Module.state_dict();
        Assert.All(expected, entry => Assert.True(entry.Value.eq(state["imageModel.network." + entry.Key]).all().item<bool>(), entry.Key));
    }

    [Fact]
    public void Read_Configuration_KeepsTheSection()
    {
        var configuration = ConformanceHost.Configuration("iboot", "imageModel.weights=a.pth", "method.targetFrames=2");

        var again = ConformanceHost.Get<RecipeReader>().ReadText(configuration.ToYaml(), "the configuration", []);

        Assert.Equal(configuration.Flatten(), again.Flatten());
        Assert.Equal("a.pth", again.ImageModelSection?.Weights);
        Assert.Equal("resnet20", again.ImageModel?.Name);
    }

    [Theory]
    [InlineData("imageModel.name is r3d-18, which takes clips.", "imageModel={name: r3d-18}")]
    [InlineData("imageModel.weights is 'nowhere.pth': ", "imageModel.weights=nowhere.pth")]
    [InlineData("imageModel.weightsPrefix is 'teacher', but imageModel.weights names no file.", "imageModel.weightsPrefix=teacher")]
    [InlineData("imageModel.name is missing: the method 'iboot' learns from a network for images.", "imageModel=null")]
    [InlineData("imageModel.heads is 5, but the width is 192. Expected a divisor of the width; set imageModel.heads or imageModel.width.",
        "imageModel={name: vit, size: tiny, heads: 5}")]
    [InlineData("imageModel.patchSize is 8, so that images need at least 64 pixels; they have 16 (data.imageSize). Set imageModel.patchSize to 2 or less",
        "imageModel={name: convnext-v2, size: atto, patchSize: 8}")]
    [InlineData("imageModel.patchSize is 64, more than the side of the images.", "imageModel={name: vit, size: tiny, patchSize: 64}")]
    [InlineData("method.imageMean has 1 numbers", "method.imageMean=[0.5]")]
    [InlineData("method.imageStd does not have three numbers above 0", "method.imageStd=[0.5, 0, 0.5]")]
    [InlineData("method.targetFrames is 5, but clips have 4 frames (clips.frames).", "method.targetFrames=5")]
    public void Create_WhatDoesNotFit_IsTold(string start, string change)
    {
        var fault = Assert.Single(Assert.Throws<ConfigurationException>(() => ConformanceHost.Session("iboot", change).Dispose()).Faults);

        Assert.StartsWith(start, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_FolderOfARun_TakesItsBackbone()
    {
        using var other = ConformanceHost.Session("simclr", "trainer.seed=9");
        using (var stream = File.Create(Path.Combine(_folder.Path, "backbone.safetensors")))
        {
            SafeTensors.Write(stream, ((Module)other.Experiment.Method.Backbone).state_dict());
        }

        using var session = ConformanceHost.Session("iboot", $"imageModel.weights={_folder.Path}");

        var (name, expected) = ((Module)other.Experiment.Method.Backbone).state_dict().First();
        Assert.True(expected.eq(session.Experiment.Module.state_dict()[$"imageModel.network.{name}"]).all().item<bool>());
    }

    [Fact]
    public void Create_FolderWithoutBackbone_SaysWhatIsMissing()
    {
        var fault = Assert.Single(Assert.Throws<ConfigurationException>(
            () => ConformanceHost.Session("iboot", $"imageModel.weights={_folder.Path}").Dispose()).Faults);

        Assert.Equal(
            $"imageModel.weights is '{_folder.Path}', a folder without backbone.safetensors. Expected the folder of a run that has ended, or a file of "
                + "weights.", fault);
    }

    [Fact]
    public void Create_RecipeWithoutImageModel_SaysWhatIsMissing()
    {
        var recipe = ConformanceHost.Configuration("iboot") with { ImageModel = null, ImageModelSection = null };

        var fault = Assert.Single(Assert.Throws<ConfigurationException>(() => ConformanceHost.Get<SessionFactory>().Create(recipe).Dispose()).Faults);

        Assert.StartsWith("imageModel.name is missing: the method 'iboot' learns from a network for images.", fault, StringComparison.Ordinal);
    }
}
