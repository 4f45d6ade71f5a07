using Parallax.Host.Evaluation;
using Parallax.Host.Tests.Data;
using Parallax.Host.Tests.Training;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Evaluation;

/// <summary>A network or a data set that gives something else each time has no number.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class SecondLookTests : IDisposable
{
    private readonly TrainingBench _bench = new();
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public void Fault_SameImagesAndFeatures_IsNone()
    {
        using var session = _bench.Session(TrainingBench.Method(), "evaluation.batchSize=8");
        using var held = new FakeDataset(20);

        Assert.Null(Fault(session, session.Experiment.Method, held));
    }

    [Fact]
    public void Fault_ImagesChangedAtRandom_NamesTheDataSet()
    {
        using var session = _bench.Session(TrainingBench.Method(), "evaluation.batchSize=8");
        using var held = new Shaken(new FakeDataset(20));

        var fault = Fault(session, session.Experiment.Method, held);

        Assert.IsType<ConfigurationException>(fault);
        Assert.StartsWith("The held-out images of 'memory' are not the same when they are read again: the data set 'silence' changes them at random.",
            fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fault_FeaturesThatCountCalls_NamesTheBackbone()
    {
        using var session = _bench.Session(TrainingBench.Method(), "evaluation.batchSize=8");
        using var held = new FakeDataset(20);

        var fault = Fault(session, new Measured(new Counting(inBuffer: false)), held);

        Assert.StartsWith("The backbone Counting gives other features for the same images the second time in evaluation mode; they differ by 50 % of ",
            fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fault_BufferThatCountsCalls_IsNamed()
    {
        using var session = _bench.Session(TrainingBench.Method(), "evaluation.batchSize=8");
        using var held = new FakeDataset(20);

        var fault = Fault(session, new Measured(new Counting(inBuffer: true)), held);

        Assert.StartsWith("The backbone Counting changes itself while it computes features in evaluation mode. ", fault!.Message, StringComparison.Ordinal);
        Assert.Contains(": calls.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fault_ImagesThatCannotBeRead_AreLeftToTheProtocols()
    {
        using var session = _bench.Session(TrainingBench.Method(), "evaluation.batchSize=8");
        using var held = new FakeDataset(2, corrupt: [0, 1]);

        Assert.Null(Fault(session, session.Experiment.Method, held));
    }

    private static Exception? Fault(TrainingSession session, IMethod method, IImageDataset held) => SecondLook.Fault(
        session.Experiment with { Method = method }, held, new(method.Backbone), CancellationToken.None);

    /// <summary>A data set whose images are brighter each time.</summary>
    private sealed class Shaken(FakeDataset inner) : IImageDataset
    {
        private float _brightness;

        public DatasetInfo Info => inner.Info;

        public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null)
        {
            inner.Read(index, image, smallestSide);
            image.Pixels.Fill(_brightness += 0.01f);
        }

        public int Label(long index) => inner.Label(index);

        public void Dispose() => inner.Dispose();
    }

    /// <summary>Features 2, then 1, then 2 / 3: divided by the number of calls; or always 1, with a buffer that counts them.</summary>
    private sealed class Counting : Module<Tensor, Tensor>, IBackbone
    {
        private readonly Tensor calls = torch.zeros(1);
        private readonly bool _inBuffer;
        private int _calls;

        public Counting(bool inBuffer)
            : base(nameof(Counting))
        {
            _inBuffer = inBuffer;
            RegisterComponents();
        }

        public int FeatureDim => 2;

        public override Tensor forward(Tensor input)
        {
            _calls++;
            if (_inBuffer)
            {
                calls.add_(1);
            }

            return torch.ones(input.shape[0], 2) * (_inBuffer ? 1 : 2.0 / _calls);
        }
    }

    private sealed class Measured : Module, IMethod
    {
        private readonly Counting backbone;

        public Measured(Counting backbone)
            : base(nameof(Measured))
        {
            this.backbone = backbone;
            RegisterComponents();
        }

        public IBackbone Backbone => backbone;

        public ViewPlan Views => ViewPlan.Same(1, new([]));

        public StepOutput Step(Batch batch, StepContext context) => throw new NotSupportedException("It is only measured.");
    }
}
