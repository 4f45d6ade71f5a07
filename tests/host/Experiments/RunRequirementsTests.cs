using Microsoft.Extensions.DependencyInjection;
using Parallax.Host.Cli;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;
using Parallax.Host.Terminal;
using Parallax.Host.Tests.EndToEnd;
using Parallax.Host.Tests.Plugins;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Experiments;

/// <summary>What cannot work is told when a session is made, all of it at once and under its key.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class RunRequirementsTests : IDisposable
{
    private const string Recipe = """
        data: {name: shapes, count: 64, testCount: 16, size: 16, classes: 4}
        method: {name: moco-v2, queueSize: 64, projectionDim: 16}
        backbone: {name: resnet20}
        trainer: {epochs: 1, batchSize: 8, threads: 1, workers: 1, device: cpu}
        """;

    private readonly PluginProjects _projects = new();
    private readonly ServiceProvider _services;

    public RunRequirementsTests()
    {
        _projects.Add("StrictPlugins");
        _services = Composition.Create(CliOutput.Silent, new([RepositoryFiles.Plugins, _projects.Root], []));
    }

    public void Dispose()
    {
        _services.Dispose();
        _projects.Dispose();
    }

    [Fact]
    public void Create_SeveralPluginsCannotWork_TellsAllOfThem() => Assert.Equal(
        [
            "data.evaluationResize is 8, but evaluations crop 16 pixels from it (data.imageSize). Set it to 16 or more.",
            "method.queueSize does not fit trainer.batchSize. The queue holds 60 keys and 8 enter at each step; expected a multiple, because whole "
                + "batches are overwritten. The nearest valid sizes are 56 and 64.",
            "backbone.norm is split, and backbone.splits 3 cannot divide 4 images (trainer.batchSize 8 over trainer.accumulation 2) into equal groups. "
            + "Make trainer.batchSize a multiple of 6, set backbone.splits to a divisor of 4, or backbone.norm to batch.",
        ],
        Faults("method.queueSize=60", "backbone.norm=split", "backbone.splits=3", "trainer.accumulation=2", "data.evaluationResize=8"));

    [Theory]
    [InlineData("backbone.splits=4", "trainer.accumulation=2")]
    [InlineData("backbone.splits=8", "trainer.accumulation=1")]
    public void Create_GroupsThatDivideTheMicroBatch_Work(params string[] settings)
    {
        using var session = Create(["backbone.norm=split", "data.evaluationResize=16", .. settings]);

        Assert.Equal(8, session.Experiment.Run.BatchSize);
    }

    [Fact]
    public void Create_BackboneOfAnotherKind_NamesThoseThatFit()
    {
        var fault = Assert.Single(Faults("method={name: choir}"));

        Assert.StartsWith(
            "backbone.name is resnet20, but the method 'choir' needs one that implements ITokenBackbone. Take one of: ", fault, StringComparison.Ordinal);
        Assert.Contains(" vit,", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("resnet50", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_PluginOfAnotherFolder_IsAskedBeforeItIsBuilt() =>
        Assert.Equal(["method: seats is 1, but 4 come at a time."], Faults("method.name=soloist", "trainer.accumulation=2"));

    [Theory]
    [InlineData("views[1].constrained-crop: anchorView is 2, but there are 2 views", "views=[{augmentations: [{random-resized-crop: {size: 16}}, "
        + "normalize]}, {augmentations: [{constrained-crop: {size: 16, anchorView: 2}}, normalize]}]")]
    [InlineData("The backbone cannot take the images of views[1], 4x4, though it takes 16x16: "
        + "", "backbone.name=vit", "backbone.size=tiny", "backbone.patchSize=8",
        "views=[{augmentations: [{random-resized-crop: {size: 16}}, normalize]}, {augmentations: [{random-resized-crop: {size: 4}}, normalize]}]")]
    [InlineData("method.prototypes is 65, but there are 64 training images", "method.name=deepcluster-v2", "method.prototypes=65")]
    [InlineData(
        "imageModel.name is resnet20, but the method 'moco-v2' learns from no such network. Remove the section, or set 'imageModel: null' where another recipe "
        + "brings it.", "imageModel={name: resnet20}")]
    [InlineData("method.largeViews is 3, but the section views gives 2 per image", "method.name=relic-v2", "method.largeViews=3",
        "views=[{repeat: 2, augmentations: [{random-resized-crop: {size: 16}}, normalize]}]")]
    [InlineData("method.neighbours is 4, and 4 images are seen at a time (trainer.batchSize 8, trainer.accumulation 2); neighbours come "
        + "from these", "method.name=ascl-byol", "method.neighbours=4", "trainer.accumulation=2")]
    public void Create_WhatWouldFailAtTheFirstStep_IsToldBefore(string expected, params string[] settings) =>
        Assert.StartsWith(expected, Assert.Single(Faults(settings)), StringComparison.Ordinal);

    [Theory]
    [InlineData("method.name=deepcluster-v2", "method.prototypes=64")]
    [InlineData("method.name=relic-v2", "method.largeViews=2", "views=[{repeat: 2, augmentations: [{random-resized-crop: {size: 16}}, normalize]}]")]
    [InlineData("method.name=ascl-byol", "method.neighbours=3", "trainer.accumulation=2")]
    public void Create_AtTheEdge_Works(params string[] settings)
    {
        using var session = Create(settings);

        Assert.Equal(64, session.Experiment.Data.Info.Count);
    }

    private IReadOnlyList<string> Faults(params string[] settings) => Assert.Throws<ConfigurationException>(() => Create(settings).Dispose()).Faults;

    private TrainingSession Create(string[] settings) =>
        _services.GetRequiredService<SessionFactory>().Create(_services.GetRequiredService<RecipeReader>().ReadText(Recipe, "recipe", settings));
}
