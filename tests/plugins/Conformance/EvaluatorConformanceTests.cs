using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>What every protocol on frozen features must measure.</summary>
public sealed class EvaluatorConformanceTests
{
    private const int Classes = 4, Width = 16;

    /// <summary>Protocols on frozen features; what looks at more has tests of its own.</summary>
    public static TheoryData<string> Protocols =>
        [.. ConformanceHost.Catalog.Of(PluginKind.Evaluator).Where(plugin => plugin.Type.IsAssignableTo(typeof(IEvaluator))).Select(plugin => plugin.Name)];

    [Theory, MemberData(nameof(Protocols))]
    public void Evaluate_SeparableFeatures_IsNearlyPerfect(string name)
    {
        using var scope = torch.NewDisposeScope();

        var result = Create(name).Evaluate(Clusters(400, noise: 0.1, seed: 1), Clusters(100, noise: 0.1, seed: 2), seed: 0);

        Assert.InRange(result.Accuracy, 0.97, 1.0);
        Assert.InRange(result.BestAccuracy, result.Accuracy, 1.0);
    }

    [Theory, MemberData(nameof(Protocols))]
    public void Evaluate_FeaturesWithoutInformation_IsNearChance(string name)
    {
        using var scope = torch.NewDisposeScope();

        var result = Create(name).Evaluate(Clusters(800, noise: 1e4, seed: 1), Clusters(400, noise: 1e4, seed: 2), seed: 0);

        // chance is 0.25, four standard deviations of 400 draws are 0.09; labellings that have nothing in common share no information
        Assert.InRange(result.Accuracy, result.Metric == "NMI" ? 0 : 0.12, 0.38);
    }

    [Theory, MemberData(nameof(Protocols))]
    public void Evaluate_SameSeed_GivesTheSameNumber(string name)
    {
        using var scope = torch.NewDisposeScope();
        var (train, test) = (Clusters(300, noise: 1.5, seed: 1), Clusters(200, noise: 1.5, seed: 2));

        Assert.Equal(Create(name).Evaluate(train, test, seed: 5).Accuracy, Create(name).Evaluate(train, test, seed: 5).Accuracy);
    }

    // Class c lies around 3 times unit vector c.
    private static FeatureSet Clusters(int count, double noise, long seed)
    {
        torch.manual_seed(seed);
        var labels = torch.arange(count) % Classes;   // [N]
        var centres = torch.eye(Classes, Width) * 3;   // [C, F]

        return new(centres.index_select(0, labels) + (torch.randn(count, Width) * noise), labels, Classes);
    }

    private static IEvaluator Create(string name) =>
        PluginChoice.From(ConformanceHost.Catalog.Get(PluginKind.Evaluator, name)).Create<IEvaluator>(ConformanceHost.Get<PluginFactory>());
}
