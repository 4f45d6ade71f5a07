using Parallax.Host.Configuration;
using Parallax.Host.Embeddings;
using Parallax.Host.Plugins;
using Parallax.Host.Tests.Plugins;

namespace Parallax.Host.Tests.Embeddings;

public sealed class EmbeddingMetadataTests : IDisposable
{
    private const string Recipe = """
        data: {name: silence, path: here}
        method: {name: hum}
        backbone: {name: ear}
        """;

    private readonly PluginProjects _projects = new();
    private readonly RecipeReader _reader;
    private readonly PluginCatalog _catalog;

    public EmbeddingMetadataTests()
    {
        _projects.Add("SoundPlugins");
        _catalog = PluginCatalog.Discover(new([_projects.Root], []));
        _reader = new(_catalog);
    }

    public void Dispose() => _projects.Dispose();

    [Theory]
    [InlineData("data.decodeSmaller=false")]
    [InlineData("data.onError=stop")]
    [InlineData("data.evaluationResize=40")]
    [InlineData("clips.testSampling=back-to-back")]
    [InlineData("clips.testCropPlaces=corners")]
    [InlineData("trainer.precision=bf16")]
    [InlineData("evaluation.batchSize=7")]
    public void SettingsOf_OptionThatChangesFeatures_IsAnother(string change) => Assert.NotEqual(Settings(), Settings(change));

    [Theory]
    [InlineData("trainer.seed=9")]
    [InlineData("trainer.epochs=9")]
    [InlineData("tracking.systemMetricsInterval=9s")]
    public void SettingsOf_OptionOfTraining_IsTheSame(string change) => Assert.Equal(Settings(), Settings(change));

    [Fact]
    public void SettingsOf_OptionOfWhatReadsTheImages_IsAnother()
    {
        var configuration = _reader.ReadText(Recipe, "recipe", []);
        var echo = _catalog.Get(PluginKind.Augmentation, "echo");

        string Of(params (string Key, object Value)[] options) =>
            EmbeddingMetadata.SettingsOf(configuration, PluginChoice.From(echo, options.ToDictionary(option => option.Key, option => option.Value)));

        Assert.Equal(Of(), Of());
        Assert.NotEqual(Of(), Of(("strength", 0.125)));
        Assert.NotEqual(Of(), EmbeddingMetadata.SettingsOf(configuration, configuration.Dataset));
    }

    private string Settings(params string[] overrides)
    {
        var configuration = _reader.ReadText(Recipe, "recipe", overrides);

        return EmbeddingMetadata.SettingsOf(configuration, configuration.Dataset);
    }
}
