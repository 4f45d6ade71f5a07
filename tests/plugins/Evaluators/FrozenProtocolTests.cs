using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Evaluation;
using Parallax.Host.Plugins;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Evaluators;

/// <summary>A protocol that says it freezes its copy of the backbone has no number where it does not.</summary>
public sealed class FrozenProtocolTests
{
    private static readonly string[] _network =
        ["backbone.name=resnet18", "backbone.stem=cifar-maxpool", "backbone.width=0.125", "data.count=32", "data.testCount=16"];

    [Theory]
    [InlineData(true, false, "bn1.bias")]             // weights learn
    [InlineData(false, true, "bn1.num_batches_tracked")]   // weights do not, and statistics follow the labelled images
    public void Measure_CopyThatDoesNotStayFrozen_HasAReasonInPlaceOfANumber(bool learns, bool inTraining, string first)
    {
        var fault = Assert.Throws<InvalidOperationException>(() => Measured(new Probe(learns, inTraining) { FreezesBackbone = true }));

        Assert.StartsWith($"It declares that it freezes the backbone, and weights or buffers of its copy changed while it trained: {first}, ", fault.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, true)]   // what it says is so
    [InlineData(true, true, false)]    // it says nothing: it may train the backbone
    public void Measure_CopyAsDeclared_HasANumber(bool learns, bool inTraining, bool freezes) =>
        Assert.InRange(Measured(new Probe(learns, inTraining) { FreezesBackbone = freezes }).Result.Accuracy, 0, 1);

    [Fact]
    public void FreezesBackbone_OfTheProbes_IsDeclared()
    {
        var trained = ConformanceHost.Catalog.Of(PluginKind.Evaluator).Where(plugin => plugin.Type.IsAssignableTo(typeof(ITrainingEvaluator))).ToList();

        Assert.Contains("fine-tuning", trained.Select(plugin => plugin.Family));
        Assert.All(trained, plugin => Assert.Equal(
            plugin.Family != "fine-tuning" && !plugin.Name.Contains("finetuned", StringComparison.Ordinal),
            PluginChoice.From(plugin).Create<ITrainingEvaluator>(ConformanceHost.Get<PluginFactory>()).FreezesBackbone));
    }

    private static ProtocolResult Measured(Probe protocol)
    {
        using var session = ConformanceHost.Session("supervised", _network);

        return ConformanceHost.Get<IClassifierTrainer>()
            .Measure(session.Experiment, "probe", protocol, session.Experiment.Data, TestContext.Current.CancellationToken);
    }

    /// <summary>A linear probe that may forget to freeze its copy.</summary>
    private sealed class Probe(bool learns, bool inTraining) : ITrainingEvaluator
    {
        public ClassifierTraining Training => new(Epochs: 1, BatchSize: 16, BaseLearningRate: 0.1) { Optimizer = ClassifierOptimizer.Sgd };

        public bool FreezesBackbone { get; init; }

        public IEnumerable<string> Faults(IBackbone backbone) => [];

        public IClassifier CreateClassifier(BackboneFactory copies, RunInfo run) => new Classifier(copies(), run.Data.Classes.Count, learns, inTraining);
    }

    private sealed class Classifier : Module, IClassifier
    {
        private readonly IBackbone backbone;
        private readonly Module<Tensor, Tensor> head;
        private readonly bool _inTraining;

        public Classifier(IBackbone backbone, int classes, bool learns, bool inTraining)
            : base(nameof(Classifier))
        {
            (this.backbone, _inTraining, head) = (backbone, inTraining, Linear(backbone.FeatureDim, classes));
            foreach (var parameter in ((Module)backbone).parameters())
            {
                parameter.requires_grad = learns;
            }

            RegisterComponents();
        }

        public IBackbone Backbone => backbone;

        public ViewPlan Views => ViewPlan.Same(1, new([new("normalize")]));

        public StepOutput Step(Batch batch, StepContext context)
        {
            ((Module)backbone).train(_inTraining);

            return new(F.cross_entropy(head.call(backbone.call(batch.Views[0])), batch.Labels!));
        }

        public Tensor Classify(Tensor images) => head.call(backbone.call(images));
    }
}
