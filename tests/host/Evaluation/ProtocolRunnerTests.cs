using Microsoft.Extensions.DependencyInjection;
using Parallax.Host.Configuration;
using Parallax.Host.Evaluation;
using Parallax.Host.Plugins;
using Parallax.Host.Tests.Plugins;
using Parallax.Host.Terminal;

namespace Parallax.Host.Tests.Evaluation;

public sealed class ProtocolRunnerTests : IDisposable
{
    private readonly PluginProjects _projects = new();
    private readonly ServiceProvider _services;

    public ProtocolRunnerTests()
    {
        var folder = _projects.Add("SoundPlugins");
        _services = Composition.Create(CliOutput.Silent, new([], [folder]));
    }

    private PluginCatalog Catalog => _services.GetRequiredService<PluginCatalog>();

    public void Dispose()
    {
        _services.Dispose();
        _projects.Dispose();
    }

    [Fact]
    public void Create_OptionsOfTheRecipe_ReachTheProtocol()
    {
        var recipe = new RecipeReader(Catalog).ReadText(
            "data: {name: silence, path: here}\nmethod: {name: hum}\nbackbone: {name: ear}\nevaluation: {applause: {hands: 4}}", "recipe.yaml", []);

        Assert.Equal(4, Accuracy(recipe.Protocols));
        Assert.Equal(2, Accuracy(new Dictionary<string, PluginChoice>()));   // its default
    }

    [Fact]
    public void Run_Identity_IsAnotherWithOtherOptions()
    {
        var given = new RecipeReader(Catalog).ReadText(
            "data: {name: silence, path: here}\nmethod: {name: hum}\nbackbone: {name: ear}\nevaluation: {applause: {hands: 4}}", "recipe.yaml", []).Protocols;
        var own = new Dictionary<string, PluginChoice>();

        Assert.Equal(1, Result(own).Identity.Version);
        Assert.Matches("^[0-9a-f]{16}$", Result(own).Identity.Options);
        Assert.Equal(Result(own).Identity, Result(own).Identity);
        Assert.NotEqual(Result(own).Identity, Result(given).Identity);
    }

    [Fact]
    public void Create_UnknownNames_AreAllTold()
    {
        var fault = Assert.Throws<ConfigurationException>(() => Create(new Dictionary<string, PluginChoice>(), "aplause", "applause", "boo"));

        Assert.Equal(2, fault.Faults.Count);
        Assert.Contains("Did you mean 'applause'?", fault.Faults[0], StringComparison.Ordinal);
    }

    private double Accuracy(IReadOnlyDictionary<string, PluginChoice> configured) => Result(configured).Result.Accuracy;

    private ProtocolResult Result(IReadOnlyDictionary<string, PluginChoice> configured)
    {
        using var scope = torch.NewDisposeScope();
        var features = new FeatureSet(torch.zeros(2, 1), torch.zeros(2, dtype: torch.int64), 2);
        var result = Assert.Single(Create(configured, "applause").Run(_ => (features, features), NoTraining, NoLayers, NoHead, () => null).Results);

        Assert.Equal("applause", result.Protocol);
        return result;
    }

    private static ProtocolResult NoTraining(string name, ITrainingEvaluator protocol) => throw new InvalidOperationException(name);

    private static ProtocolResult NoHead(string name, IClassHeadEvaluator protocol) => throw new InvalidOperationException(name);

    private static EvaluationResult NoLayers(ILayerEvaluator protocol) => throw new InvalidOperationException();

    private ProtocolRunner Create(IReadOnlyDictionary<string, PluginChoice> configured, params string[] names) =>
        new(ProtocolRunner.Choose(Catalog, configured, names), _services.GetRequiredService<PluginFactory>(), seed: 1);
}
