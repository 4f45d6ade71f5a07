using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Experiments;
using Parallax.Host.Plugins;
using Parallax.Host.Training;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>What every protocol that trains must declare.</summary>
public sealed class TrainingEvaluatorConformanceTests
{
    private static readonly string[] _transformer =
        ["backbone.name=vit", "backbone.size=tiny", "backbone.width=32", "backbone.depth=2", "backbone.heads=4", "backbone.patchSize=8"];

    public static TheoryData<string> Protocols =>
    [
        .. ConformanceHost.Catalog.Of(PluginKind.Evaluator).Where(plugin => plugin.Type.IsAssignableTo(typeof(ITrainingEvaluator)))
            .Select(plugin => plugin.Name),
    ];

    [Theory, MemberData(nameof(Protocols))]
    public void Step_LossIsFinite_AndItsGradientReachesWhatClassifies(string name)
    {
        using var session = Session(name);
        var (classifier, experiment) = (Create(name, session.Experiment), session.Experiment);
        using var batches = session.Loader.Epoch(0).GetEnumerator();   // a batch is valid until its enumeration goes on or ends
        Assert.True(batches.MoveNext());
        var batch = experiment.ToDevice(batches.Current);
        ((Module)classifier).train();
        var before = experiment.Module.state_dict().ToDictionary(entry => entry.Key, entry => Tensors.Values(entry.Value.to(float32).flatten()));

        using var generator = new Generator(1);
        var loss = classifier.Step(batch, new(0, 10, 0, generator)).Loss;
        loss.backward();

        Assert.True(float.IsFinite(loss.item<float>()));
        var trained = ((Module)classifier).named_parameters().Where(entry => entry.parameter.requires_grad).ToList();
        Assert.Contains(trained, entry => entry.parameter.grad is { } gradient && gradient.abs().sum().item<float>() > 0);
        ((Module)classifier).eval();
        using (no_grad())
        {
            var heads = (classifier as IHeadedClassifier)?.Heads.Count ?? 1;
            Assert.Equal([batch.Size, experiment.Run.Data.Classes.Count * heads], classifier.Classify(batch.Views[0]).shape);
        }

        Assert.All(experiment.Module.state_dict(), entry => Assert.Equal(before[entry.Key], Tensors.Values(entry.Value.to(float32).flatten())));
    }

    [Theory, MemberData(nameof(Protocols))]
    public void Views_OfTheClassifier_CanBeMade(string name)
    {
        using var session = Session(name);

        var views = ConformanceHost.Get<ExperimentFactory>().CreateViews(Create(name, session.Experiment).Views, session.Experiment.Run);

        Assert.NotEmpty(Assert.Single(views));
    }

    [Theory, MemberData(nameof(Protocols))]
    public void Training_Numbers_MakeSense(string name)
    {
        var training = Protocol(name).Training;

        Assert.InRange(training.WarmupEpochs, 0, training.Epochs);
        Assert.InRange(training.FinalLearningRate, 0, training.BaseLearningRate * training.BatchSize / 256);
    }

    /// <summary>A run with a small transformer, or with a small network where the protocol cannot measure that, of clips where it measures only
    /// those.</summary>
    private static TrainingSession Session(string name)
    {
        (string Method, string[] Overrides)[] runs = [("supervised", _transformer), ("supervised", []), ("cvrl", [])];
        foreach (var (method, overrides) in runs)
        {
            var session = ConformanceHost.Session(method, overrides);
            if (!Protocol(name).Faults(session.Experiment.Method.Backbone).Any())
            {
                return session;
            }

            session.Dispose();
        }

        throw new InvalidOperationException($"The protocol '{name}' measures none of the small backbones.");
    }

    private static IClassifier Create(string name, Experiment experiment)
    {
        var protocol = Protocol(name);
        var copies = ConformanceHost.Get<ExperimentFactory>();
        manual_seed(1);

        return protocol.CreateClassifier(() => copies.CopyBackbone(experiment, protocol.Training.Backbone), experiment.Run);
    }

    private static ITrainingEvaluator Protocol(string name) => PluginChoice.From(ConformanceHost.Catalog.Get(PluginKind.Evaluator, name))
        .Create<ITrainingEvaluator>(ConformanceHost.Get<PluginFactory>());
}
