using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Host.Distributed;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>Work over the data set before an epoch: it ends early when it is asked to, and labels are made when they are read.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class EpochWorkTests : IDisposable
{
    private readonly TrainingBench _bench = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly DisposeScope _scope = torch.NewDisposeScope();
    private readonly List<string> _calls = [];

    public void Dispose()
    {
        _scope.Dispose();
        _stop.Dispose();
        _bench.Dispose();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    public void Run_StoppedBeforeAnEpoch_WritesACheckpointOfTheLastStepAndIsGoneOnWithFromThere(int epoch, bool asksItself)
    {
        Checkpoint? checkpoint = null;
        var (whole, stopped, resumed) = (Method(), Method(), Method());
        stopped.Work = context =>
        {
            if (context.Epoch == epoch)
            {
                _stop.Cancel();
                if (asksItself)
                {
                    context.Stop.ThrowIfCancellationRequested();
                }
            }
        };
        using var first = _bench.Session(stopped);

        var completed = Run(first, s => checkpoint = TrainingBench.Checkpoint(s));
        using var second = _bench.Session(resumed);
        using (checkpoint)
        {
            second.Restore(checkpoint!);
        }

        var goesOn = second.Progress.Position;
        Assert.True(new Trainer(second, TrainerCallbacks.None, TimeProvider.System).Run(CancellationToken.None));
        using var third = _bench.Session(whole);
        new Trainer(third, TrainerCallbacks.None, TimeProvider.System).Run(CancellationToken.None);

        Assert.False(completed);
        Assert.Equal($"checkpoint {4 * epoch}", _calls[^1]);
        Assert.Equal(new TrainingPosition(4 * epoch, epoch, 0), goesOn);
        Assert.Equal(Enumerable.Range(epoch, 2 - epoch), resumed.Epochs);
        Assert.Equal(whole.Weight, resumed.Weight);
    }

    [Fact]
    public void Run_WorkThatIsCancelledByItself_IsAFault()
    {
        var method = Method();
        method.Work = _ => throw new OperationCanceledException("its own");
        using var session = _bench.Session(method);

        Assert.Equal("its own", Assert.Throws<OperationCanceledException>(() => Run(session)).Message);
    }

    [Fact]
    public void Run_WorkThatIsNotNeeded_IsLeftOut()
    {
        var method = Method();
        method.IsNeeded = false;
        using var session = _bench.Session(method);

        Run(session);

        Assert.Empty(method.Epochs);
    }

    [Fact]
    public void Run_EpochInWhichWorkIsNotDue_IsTrainedWithoutIt()
    {
        var method = Method();
        method.Due = epoch => epoch == 1;
        using var session = _bench.Session(method);

        Assert.True(Run(session));
        Assert.Equal([1], method.Epochs);
    }

    [Fact]
    public void Run_LabelsAreRead_GivesThoseOfAllImages()
    {
        var method = Method();
        List<long[]> read = [];
        method.Work = context => read.Add([.. context.Labels!.data<long>()]);
        using var session = _bench.Session(method);

        Run(session);

        var expected = Enumerable.Range(0, TrainingBench.Images).Select(index => (long)(index % 2)).ToArray();
        Assert.Equal([expected, expected], read);   // before each of two epochs
    }

    [Fact]
    public void Labels_ReadTwice_AreMadeOnceAndNotBefore()
    {
        var made = 0;
        EpochContext context = new(0, null!, NullLogger.Instance)
        {
            ReadLabels = () =>
            {
                made++;

                return torch.ones(1);
            },
        };
        var before = made;

        Assert.Same(context.Labels, context.Labels);
        Assert.Equal((0, 1), (before, made));
    }

    [Fact]
    public void Agree_OneThatWasAskedToStop_LeavesTheWork()
    {
        var agreed = new AgreedStop(World.Alone, _stop.Token);
        var after = false;
        Assert.False(agreed.Run(agreed.Agree));
        _stop.Cancel();

        Assert.True(agreed.Run(() =>
        {
            agreed.Agree();
            after = true;
        }));
        Assert.False(after);
    }

    private bool Run(TrainingSession session, Action<TrainingSession>? onCheckpoint = null) => new Trainer(
        session,
        new(
            report => _calls.Add($"step {report.Step}"), _ => { },
            s =>
            {
                _calls.Add($"checkpoint {s.Progress.Position.Step}");
                onCheckpoint?.Invoke(s);
            }),
        TimeProvider.System).Run(_stop.Token);

    private static WorkMethod Method()
    {
        torch.manual_seed(11);

        return new();
    }

    private sealed class WorkMethod : Module, IMethod, IEpochPhase
    {
        private readonly LineBackbone backbone = new(1);

        public WorkMethod()
            : base(nameof(WorkMethod)) => RegisterComponents();

        public Action<EpochContext> Work { get; set; } = _ => { };

        public List<int> Epochs { get; } = [];

        public bool IsNeeded { get; set; } = true;

        public Func<int, bool> Due { get; set; } = _ => true;

        public IBackbone Backbone => backbone;

        public float Weight => backbone.Weight.item<float>();

        public ViewPlan Views => ViewPlan.Same(1, new([]));

        public bool IsDue(int epoch) => Due(epoch);

        public void BeforeEpoch(EpochContext context)
        {
            Epochs.Add(context.Epoch);
            Work(context);
            using var features = context.Features.Extract(images => images.flatten(1));
        }

        public StepOutput Step(Batch batch, StepContext context) => new(backbone.Weight * batch.Views[0].mean());
    }
}
