using Parallax.Host.Tests.Data;
using Parallax.Host.Tests.Training;
using Parallax.Host.Training;
using Parallax.Host.Verification;

namespace Parallax.Host.Tests.Verification;

[Collection(GeneratorCollection.Name)]
public sealed class FirstBatchTests : IDisposable
{
    private readonly TrainingBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(4, 2)]
    [InlineData(5, 2)]   // the last image is left out
    [InlineData(7, 3)]
    public void Halves_OfABatch_AreAsLargeAndTogetherItsEvenPart(int size, int half)
    {
        using var scope = torch.NewDisposeScope();
        using var session = _bench.Session(TrainingBench.Method(), $"trainer.batchSize={size}");
        using var batch = new FirstBatch(session);

        var halves = batch.Halves;

        Assert.Equal(size, batch.Whole.Size);
        Assert.Equal([half, half], halves.Select(part => part.Size));
        Assert.Equal(batch.Whole.Indices.data<long>().Take(2 * half), halves.SelectMany(part => part.Indices.data<long>().ToArray()));
        Assert.Equal(batch.Whole.Indices.data<long>().Take(2 * half), batch.Even.Indices.data<long>());
    }

    [Fact]
    public void Halves_OfABatchWithSources_HaveThoseOfTheirImages()
    {
        using var scope = torch.NewDisposeScope();
        using var session = _bench.Session(TrainingBench.Method(), "trainer.batchSize=5");
        var sources = SourceGroupsTests.Of("g[0-9]", [.. Enumerable.Range(0, TrainingBench.Images).Select(image => $"g{image / 4} {image}")]);
        var known = new TrainingSession(session.Experiment with { Sources = sources }, session.Loader, session.Optimizer);   // its parts are the other's
        using var batch = new FirstBatch(known);
        var images = batch.Whole.Indices.data<long>().ToArray();

        var halves = batch.Halves;

        Assert.False(batch.Whole.Sources!.IsInvalid);   // it outlives the scope in which the batch was made
        Assert.Equal(images.Select(image => image / 4), batch.Whole.Sources.data<long>().ToArray());
        Assert.Equal(images.Take(4).Select(image => image / 4), halves.SelectMany(part => part.Sources!.data<long>().ToArray()));
        known.Randomness.Dispose();
    }

    [Fact]
    public void Run_MethodWithWorkBeforeTheEpoch_HasItsLabels()
    {
        using var scope = torch.NewDisposeScope();
        using var session = _bench.Session(new LabellingMethod());
        using var batch = new FirstBatch(session);
        using var before = batch.Run([batch.Whole]);

        BatchTrial.BeginEpoch(session, TimeProvider.System, CancellationToken.None);
        using var after = batch.Run([batch.Whole]);

        Assert.Equal(0, Gradients.Norm(before.Gradients.Values));
        Assert.NotEqual(0, Gradients.Norm(after.Gradients.Values));
        Assert.Throws<OperationCanceledException>(() => BatchTrial.BeginEpoch(session, TimeProvider.System, new(canceled: true)));
    }

    [Fact]
    public void Run_HalvesOfAnOddBatch_GiveTheGradientsOfItsEvenPart()
    {
        using var scope = torch.NewDisposeScope();
        using var session = _bench.Session(TrainingBench.Method(), "trainer.batchSize=5");
        using var batch = new FirstBatch(session);

        using var even = batch.Run([batch.Even]);
        using var halves = batch.Run(batch.Halves);

        Assert.NotEmpty(even.Gradients);
        Assert.Equal(even.Loss, halves.Loss, tolerance: 1e-6 * (1 + Math.Abs(even.Loss)));
        Assert.InRange(GradientDifference.Of(even.Gradients, halves.Gradients).Together, 0, 1e-5);
    }

    /// <summary>Its loss is zero until work before an epoch has given images labels.</summary>
    private sealed class LabellingMethod : Module, IMethod, IEpochPhase
    {
        private readonly LineBackbone backbone = new(1);
        private double _label;

        public LabellingMethod()
            : base(nameof(LabellingMethod)) => RegisterComponents();

        public IBackbone Backbone => backbone;

        public ViewPlan Views => ViewPlan.Same(1, new([]));

        public void BeforeEpoch(EpochContext context)
        {
            context.Stop.ThrowIfCancellationRequested();
            _label = 1;
        }

        public StepOutput Step(Batch batch, StepContext context) => new(backbone.call(batch.Views[0]).mean() * _label);   // []
    }
}
