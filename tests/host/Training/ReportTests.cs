using Microsoft.Extensions.Time.Testing;
using Parallax.Host.Distributed;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>What a step reports, and when it is shown.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class ReportTests : IDisposable
{
    private readonly TrainingBench _bench = new();
    private readonly FakeTimeProvider _time = new();
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public void Run_Report_HasTheMeanLossOfTheStepItsEpochAndItsGradientNorm()
    {
        var method = new LineMethod();
        using var session = _bench.Session(method, "trainer.accumulation=2", "trainer.clipGradNorm=100", "trainer.logEverySteps=1");
        List<StepReport> reports = [];

        new Trainer(session, TrainerCallbacks.None with { OnStep = reports.Add }, TimeProvider.System).Run(CancellationToken.None);

        Assert.Equal(Enumerable.Range(1, 8).Select(step => (long)step), reports.Select(report => report.Step));
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1], reports.Select(report => report.Epoch));
        Assert.All(reports, report => Assert.Equal((8, 2), (report.TotalSteps, report.Epochs)));
        foreach (var report in reports)
        {
            List<MicroBatch> parts = [.. method.Seen.Where(micro => micro.Step == report.Step - 1)];
            var mean = parts.SelectMany(micro => micro.Indices).Average();
            Assert.Equal(parts[0].Weight * mean, report.Loss, tolerance: 1e-4);
            Assert.Equal(mean, report.Diagnostics.Single(d => d.Name == "gradient_norm").Value, tolerance: 1e-4);
        }
    }

    [Fact]
    public void Run_Time_FallsToThePhaseItWasSpentIn()
    {
        var method = new SlowMethod(_time);
        using var session = _bench.Session(method, "trainer.accumulation=2", "trainer.maxSteps=2");
        List<StepReport> reports = [];

        new Trainer(session, TrainerCallbacks.None with { OnStep = reports.Add }, _time).Run(CancellationToken.None);

        // Four seconds forward and one in the memory, which belongs to the update: every step anew.
        Assert.All(reports, report => Assert.Equal(new(0, 0.8, 0, 0.2), report.Split));
        Assert.All(reports, report => Assert.Equal(4 / 5.0, report.ImagesPerSecond, tolerance: 1e-9));
        Assert.Equal([TimeSpan.FromSeconds(5), TimeSpan.Zero], reports.Select(report => report.Remaining));
    }

    [Theory]
    [InlineData(0.2, 0.3, 0.3, 0.2, "forward")]
    [InlineData(0.21, 0.79, 0, 0, "data")]
    [InlineData(0.1, 0.2, 0.6, 0.1, "backward")]
    [InlineData(0.1, 0.2, 0.2, 0.5, "optimizer")]
    public void ToString_Shares_NameTheLimit(double data, double forward, double backward, double optimizer, string limit) =>
        Assert.EndsWith($"(limit: {limit})", new TimeSplit(data, forward, backward, optimizer).ToString(), StringComparison.Ordinal);

    [Fact]
    public void OnStep_LongWaitsForData_AreToldOnceWithWhatToChange()
    {
        using var text = new StringWriter { NewLine = "\n" };
        var progress = new ConsoleProgress(new(TextWriter.Null, text, isTerminal: false), _time);

        for (var step = 1; step <= 9; step++)
        {
            progress.OnStep(Report(step) with { Split = new(step == 1 ? 0.1 : 0.4, 0.3, 0.2, 0.1) });
        }

        var line = Assert.Single(text.ToString().Split('\n'), line => line.StartsWith("Data limit", StringComparison.Ordinal));
        Assert.Contains("trainer.workers", line, StringComparison.Ordinal);
        Assert.StartsWith("Data limit: of the last steps, 40 % of the time was spent", line, StringComparison.Ordinal);
        Assert.Contains("Where images are files, 'parallax pack", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(14.99, 1)]
    [InlineData(15, 2)]
    public void OnStep_NoTerminal_WritesAgainAfterFifteenSeconds(double seconds, int lines)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var progress = new ConsoleProgress(new(TextWriter.Null, text, isTerminal: false), _time);

        progress.OnStep(Report(1));
        _time.Advance(TimeSpan.FromSeconds(seconds));
        progress.OnStep(Report(2));

        Assert.Equal(lines, text.ToString().Count(letter => letter == '\n'));
    }

    [Fact]
    public void ReadHealth_SeveralMicroBatches_LooksAtTheLast()
    {
        using var result = new StepResult(World.Alone);
        result.Add(new(torch.tensor(0f)) { Embedding = torch.ones(4, 3), Positive = -torch.ones(4, 3) });
        result.Add(new(torch.tensor(0f)) { Embedding = torch.eye(3), Positive = torch.eye(3), Targets = torch.eye(3) });

        var health = result.ReadHealth()!;

        Assert.Equal((3, 3), (health.Rows, health.TargetWidth));
        Assert.Equal(0, health.Alignment!.Value, tolerance: 1e-6);
    }

    private static StepReport Report(long step) => new(step, 100, 1, 5, 1, 0.1, [], 1, null, new(1, 0, 0, 0));

    /// <summary>Two seconds forward per micro-batch, one second to remember.</summary>
    private sealed class SlowMethod(FakeTimeProvider time) : LineModule, IMethod, IFeatureMemory
    {
        public ViewPlan Views => ViewPlan.Same(1, new([]));

        public StepOutput Step(Batch batch, StepContext context)
        {
            time.Advance(TimeSpan.FromSeconds(2));

            return new(Line.Weight * 1) { Remember = [new(this, batch.Indices.to(float32).unsqueeze(1))] };
        }

        public void Remember(Tensor rows, Tensor? tags) => time.Advance(TimeSpan.FromSeconds(1));
    }

    private abstract class LineModule : Module
    {
        private readonly LineBackbone line = new(1);

        protected LineModule()
            : base(nameof(LineModule)) => RegisterComponents();

        protected LineBackbone Line => line;

        public IBackbone Backbone => line;
    }
}
