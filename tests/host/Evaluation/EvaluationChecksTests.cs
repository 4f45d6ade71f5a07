using Parallax.Host.Evaluation;
using Parallax.Host.Tests.Data;
using Parallax.Host.Tests.Training;

namespace Parallax.Host.Tests.Evaluation;

/// <summary>A number says what it was measured on, and there is none where that was not as it should be.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class EvaluationChecksTests : IDisposable
{
    private readonly TrainingBench _bench = new();
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public void Change_NothingHappened_IsNone()
    {
        var trunk = new Trunk();
        var (first, second) = (new TrunkFingerprint(trunk), new TrunkFingerprint(trunk));

        Assert.Null(first.Change());
        Assert.Equal(first.Digest, second.Digest);
        Assert.Matches("^[0-9a-f]{16}$", first.Digest);
    }

    [Theory]
    [InlineData("layer.weight")]
    [InlineData("norm.running_mean")]
    public void Change_OneWeightOrBuffer_IsNamed(string name)
    {
        var trunk = new Trunk();
        var before = new TrunkFingerprint(trunk);
        using (torch.no_grad())
        {
            trunk.state_dict()[name].flatten()[1].add_(1e-6);
        }

        Assert.Contains($"changed while protocols ran: {name}.", before.Change(), StringComparison.Ordinal);
        Assert.NotEqual(before.Digest, new TrunkFingerprint(trunk).Digest);
    }

    [Fact]
    public void Change_EverythingMoved_NamesThreeAndCountsTheRest()
    {
        var trunk = new Trunk();
        var before = new TrunkFingerprint(trunk);
        using (torch.no_grad())
        {
            trunk.state_dict().Values.ToList().ForEach(tensor => tensor.add_(1));
        }

        Assert.Contains(" and 4 more. A number of it", before.Change(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ProtocolThatChangesTheBackbone_HasAReasonInPlaceOfANumber_AndSoHaveLaterOnes()
    {
        var trunk = new Trunk();
        var before = new TrunkFingerprint(trunk);
        var runner = new ProtocolRunner(
            [("sound", new Measuring(() => { })), ("unsound", new Measuring(() => trunk.Spoil())), ("later", new Measuring(() => { }))], seed: 0);

        var measured = runner.Run(
            _ => (Set(), Set()), (name, _) => throw new InvalidOperationException(name), _ => throw new InvalidOperationException(),
            (name, _) => throw new InvalidOperationException(name), before.Change);

        Assert.Equal(["sound"], measured.Results.Select(result => result.Protocol));
        Assert.Equal(["unsound", "later"], measured.Failures.Select(failure => failure.Protocol));
        Assert.All(measured.Failures, failure => Assert.Contains("layer.weight", failure.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Run_StopBetweenProtocols_HasToldTheNumbersBefore()
    {
        using var stop = new CancellationTokenSource();
        List<string> begun = [];
        List<ProtocolResult> told = [];
        var runner = new ProtocolRunner(
            [("first", new Measuring(() => { })), ("second", new Measuring(stop.Cancel)), ("third", new Measuring(() => { }))], seed: 0);

        Assert.Throws<OperationCanceledException>(() => runner.Run(
            _ => (Set(), Set()), (name, _) => throw new InvalidOperationException(name), _ => throw new InvalidOperationException(),
            (name, _) => throw new InvalidOperationException(name), () => null,
            new(begun.Add, told.Add, _ => { }), stop.Token));

        Assert.Equal(["first", "second"], begun);
        Assert.Equal(["first", "second"], told.Select(result => result.Protocol));
    }

    [Fact]
    public void Run_ChoiceOnTheTestImages_IsTakenOnlyWhereAnOptionAsksForIt()
    {
        var runner = new ProtocolRunner(
            [("secret", new Choosing(NumberChoice.TestSet, allowed: false)), ("open", new Choosing(NumberChoice.TestSet, allowed: true)),
                ("quiet", new Choosing(NumberChoice.CrossValidation, allowed: true)), ("honest", new Choosing(NumberChoice.CrossValidation, allowed: false))],
            seed: 0);

        var measured = runner.Run(
            _ => (Set(), Set()), (name, _) => throw new InvalidOperationException(name), _ => throw new InvalidOperationException(),
            (name, _) => throw new InvalidOperationException(name), () => null);

        var failure = Assert.Single(measured.Failures);
        Assert.Equal("secret", failure.Protocol);
        Assert.StartsWith("It chose by the test images, and no option of it asked for that.", failure.Reason, StringComparison.Ordinal);
        Assert.Equal(
            [("open", NumberChoice.TestSet), ("quiet", NumberChoice.TestSet), ("honest", NumberChoice.CrossValidation)],
            measured.Results.Select(result => (result.Protocol, result.Result.ChosenBy)));
    }

    [Fact]
    public void Features_Contents_TellTestImagesThatAreTrainingImages()
    {
        using var session = _bench.Session(TrainingBench.Method());
        using var train = new FakeDataset(10);
        using var test = new FakeDataset(5);            // pixels 0, 0.2, ... are those of the even ones of ten
        using var larger = new FakeDataset(5) { Size = new(6, 6) };

        var (bank, queries) = (FeatureExtractor.Features(session.Experiment, train, 0), FeatureExtractor.Features(session.Experiment, test, 0));
        var found = DuplicateImages.Of(bank.Contents, queries.Contents);

        Assert.Equal(new(5, 5), found);
        Assert.Equal("5 of 5 test images are training images, too", found.ToString());
        Assert.Equal(bank.Contents, FeatureExtractor.Contents(session.Experiment, train, 0, CancellationToken.None));
        Assert.Equal(0, DuplicateImages.Of(bank.Contents, FeatureExtractor.Contents(session.Experiment, larger, 0, CancellationToken.None)).Count);
    }

    [Fact]
    public void Features_BackboneThatStaysInTrainingMode_IsRefused()
    {
        using var session = _bench.Session(TrainingBench.Method());
        var stubborn = session.Experiment with { Method = new StubbornMethod() };

        var fault = Assert.Throws<InvalidOperationException>(() => FeatureExtractor.Evaluating(stubborn, () => 0));

        Assert.StartsWith("The module 'layer' of the backbone Trunk stays in training mode after eval()", fault.Message, StringComparison.Ordinal);
    }

    private static FeatureSet Set() => new(torch.zeros(2, 1), torch.zeros(2, dtype: torch.int64), 2);

    private sealed class Measuring(Action during) : IEvaluator
    {
        public EvaluationResult Evaluate(FeatureSet train, FeatureSet test, long seed, IProgress<double>? progress = null)
        {
            during();

            return new(0.5, 0.5, new Dictionary<string, double>());
        }
    }

    private sealed class Choosing(NumberChoice by, bool allowed) : IEvaluator, ITestSetChoice
    {
        public bool ChoosesOnTest => allowed;

        public EvaluationResult Evaluate(FeatureSet train, FeatureSet test, long seed, IProgress<double>? progress = null) =>
            new(0.5, 0.5, new Dictionary<string, double>()) { ChosenBy = by };
    }

    private sealed class Trunk : Module<Tensor, Tensor>, IBackbone
    {
        private readonly Module<Tensor, Tensor> layer = nn.Linear(3, 4);
        private readonly Module<Tensor, Tensor> norm = nn.BatchNorm1d(4);

        public Trunk()
            : base(nameof(Trunk)) => RegisterComponents();

        public int FeatureDim => 4;

        public override Tensor forward(Tensor input) => norm.call(layer.call(input));

        public void Spoil()
        {
            using var noGradients = torch.no_grad();
            parameters().First().add_(1);
        }

        public void Wake() => layer.train();
    }

    /// <summary>Its backbone cannot be put into evaluation mode.</summary>
    private sealed class StubbornMethod : Module, IMethod
    {
        private readonly Trunk trunk = new();

        public StubbornMethod()
            : base(nameof(StubbornMethod)) => RegisterComponents();

        public IBackbone Backbone => trunk;

        public ViewPlan Views => ViewPlan.Same(1, new([]));

        public StepOutput Step(Batch batch, StepContext context) => throw new NotSupportedException("It is only measured.");

        public override void train(bool on = true)
        {
            base.train(on);
            trunk.Wake();
        }
    }
}
