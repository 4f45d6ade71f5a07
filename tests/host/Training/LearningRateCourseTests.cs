using Parallax.Host.Tests.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>Every kind of schedule, at every step: as it is asked for, as it moves a weight, as it is reported.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class LearningRateCourseTests : IDisposable
{
    private const double Peak = 0.1;
    private const int StepsPerEpoch = 4, Epochs = 4, Steps = 16;

    // The learning rate of step t, from 0, by hand.
    private static readonly Dictionary<string, (int Steps, Func<int, double> Rate)> Courses = new()
    {
        ["schedule.name=constant"] = (Steps, _ => Peak),
        ["schedule.name=constant schedule.warmupEpochs=0.75"] = (Steps, t => t < 3 ? Peak * t / 3 : Peak),
        ["schedule.name=constant schedule.warmupEpochs=0.7"] = (Steps, t => t < 3 ? Peak * t / 3 : Peak),   // 2.8 steps are three
        ["schedule.name=constant schedule.warmupEpochs=0.6"] = (Steps, t => t < 2 ? Peak * t / 2 : Peak),   // 2.4 are two
        ["schedule.name=constant schedule.warmupEpochs=1 schedule.warmupStartRatio=0.25"] = (Steps, t => Peak * (t < 4 ? 0.25 + (0.75 * t / 4) : 1)),
        ["schedule.name=cosine schedule.warmupEpochs=1 schedule.warmupStartRatio=0.5"] = (Steps, t => Peak * (t < 4 ? 0.5 + (0.5 * t / 4) : Half(t - 4, 12))),
        ["schedule.name=cosine"] = (Steps, t => Peak * Half(t, 16)),
        ["schedule.name=cosine schedule.finalRatio=0.2"] = (Steps, t => Peak * (0.2 + (0.8 * Half(t, 16)))),
        ["schedule.name=cosine schedule.warmupEpochs=0.5 schedule.finalRatio=0.2"] = (Steps, t => Peak * (t < 2 ? t / 2.0 : 0.2 + (0.8 * Half(t - 2, 14)))),
        ["schedule.name=cosine schedule.warmupEpochs=1 trainer.maxSteps=10"] = (10, t => Peak * (t < 4 ? t / 4.0 : Half(t - 4, 6))),
        ["schedule.name=cosine-epoch"] = (Steps, t => Peak * Half(t / 4, 4)),
        ["schedule.name=cosine-epoch schedule.warmupEpochs=1.5"] = (Steps, t => Peak * Half(t / 4, 4) * Math.Min(1, t / 6.0)),
        ["schedule.name=cosine-epoch trainer.maxSteps=9"] = (9, t => Peak * Half(t / 4, 3)),   // nine steps begin three epochs
        ["schedule.name=cosine-epoch trainer.maxSteps=8"] = (8, t => Peak * Half(t / 4, 2)),
        ["schedule.name=multistep schedule.milestones=[1,3]"] = (Steps, t => Peak * (t < 4 ? 1 : t < 12 ? 0.1 : 0.01)),
        ["schedule.name=multistep schedule.milestones=[1,3] schedule.gamma=0.5 schedule.warmupEpochs=1.25"] = (Steps,
            t => Peak * (t < 4 ? 1 : t < 12 ? 0.5 : 0.25) * Math.Min(1, t / 5.0)),
        ["schedule.name=multistep schedule.milestones=[1,3] trainer.maxSteps=6"] = (6, t => Peak * (t < 4 ? 1 : 0.1)),
        ["schedule.name=cosine optimizer.scaleLearningRate=linear optimizer.baseLearningRate=6.4"] = (Steps, t => 6.4 * 4 / 256 * Half(t, 16)),
        ["schedule.name=cosine optimizer.scaleLearningRate=sqrt optimizer.baseLearningRate=0.03"] = (Steps, t => 0.03 * 2 * Half(t, 16)),
    };

    private readonly TrainingBench _bench = new();
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public static TheoryData<string> Names => new(Courses.Keys);

    public void Dispose()
    {
        _scope.Dispose();
        _bench.Dispose();
    }

    [Theory, MemberData(nameof(Names))]
    public void Run_EveryStep_MovesAndReportsWithItsOwnRate(string name)
    {
        var (steps, rate) = Courses[name];
        var method = new LineMethod();
        var (run, record) = RecordedRun.Create();
        using var session = _bench.Session(method, [$"trainer.epochs={Epochs}", "trainer.accumulation=2", .. name.Split(' ')]);
        var observer = new TrackingObserver(run);
        List<double> reported = [], asked = [];

        new Trainer(session, TrainerCallbacks.None with
        {
            OnStep = report =>
            {
                reported.Add(report.LearningRate);
                asked.Add(session.Optimizer.LearningRateAt(report.Step - 1));
                observer.OnStep(report);
            },
        }, TimeProvider.System).Run(CancellationToken.None);

        List<double> expected = [.. Enumerable.Range(0, steps).Select(rate)];
        Assert.Equal(expected, asked, Close);
        Assert.Equal(expected, reported, Close);
        Assert.Equal(expected.Select((value, t) => (t + 1L, value)), record.Metrics.Where(m => m.Name == "train/learning_rate").Select(m => (m.Step, m.Value)),
            (a, b) => a.Item1 == b.Item1 && Close(a.Item2, b.Item2));
        var weight = 1.0;
        for (var t = 0; t < steps; t++)
        {
            List<MicroBatch> parts = [.. method.Seen.Where(micro => micro.Step == t)];
            Assert.All(parts, micro => Assert.Equal(weight, micro.Weight, tolerance: 1e-4));
            weight -= expected[t] * parts.SelectMany(micro => micro.Indices).Average();
        }

        Assert.Equal(weight, method.Weight, tolerance: 1e-4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]   // the bias is free from here on
    [InlineData(8)]
    [InlineData(15)]
    public void Step_Groups_HaveTheirOwnRates(int step)
    {
        var method = new TinyMethod
        {
            ParameterRules =
            [
                new(p => p.Name.EndsWith("backbone.layer.bias", StringComparison.Ordinal), LearningRateScale: 0.5, FrozenEpochs: 0.5, FollowsSchedule: false),
                new(p => p.Name.EndsWith("backbone.layer.weight", StringComparison.Ordinal), LearningRateScale: 10),
            ],
        };
        using var driver = _bench.Driver(method, $"trainer.epochs={Epochs}", "schedule.name=cosine");
        var (weight, bias, other) = (method.Weight.clone(), method.Bias.clone(), method.FollowerWeight.clone());
        driver.ZeroGradients();
        driver.Backward(method.Weight.sum() + method.Bias.sum() + method.FollowerWeight.sum());

        driver.Step(step, clipNorm: 0);

        var rate = Peak * Half(step, Steps);
        Assert.Equal(10 * rate, (weight - method.Weight).mean().item<float>(), tolerance: 1e-5);
        Assert.Equal(step < 2 ? 0 : 0.5 * Peak, (bias - method.Bias).mean().item<float>(), tolerance: 1e-5);
        Assert.Equal(rate, (other - method.FollowerWeight).mean().item<float>(), tolerance: 1e-5);
    }

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(4, 0.1585786437626905)]    // 0.5 - 0.4 (1 + cos(pi / 4)) / 2
    [InlineData(8, 0.3)]
    [InlineData(15, 0.4961570560806461)]   // 0.5 - 0.4 (1 + cos(15 pi / 16)) / 2
    public void Step_WeightDecayCourse_IsThatOfTheStepTimesTheFactorOfTheGroup(int step, double decay)
    {
        var method = new TinyMethod { ParameterRules = [new(p => p.Name.EndsWith("backbone.layer.weight", StringComparison.Ordinal), WeightDecayScale: 2)] };
        using var driver = _bench.Driver(
            method, $"trainer.epochs={Epochs}", "optimizer.weightDecay=0.1", "optimizer.weightDecayEnd=0.5", "optimizer.excludeNormAndBias=true",
            "optimizer.baseLearningRate=1");
        var (weight, bias, other) = (method.Weight.clone(), method.Bias.clone(), method.FollowerWeight.clone());
        driver.ZeroGradients();
        driver.Backward((method.Weight.sum() + method.Bias.sum() + method.FollowerWeight.sum()) * 0);   // nothing but the decay moves

        driver.Step(step, clipNorm: 0);

        Assert.Equal(1 - (2 * decay), (method.Weight / weight).mean().item<float>(), tolerance: 1e-5);
        Assert.Equal(1 - decay, (method.FollowerWeight / other).mean().item<float>(), tolerance: 1e-5);
        Assert.True(method.Bias.eq(bias).all().item<bool>());
    }

    private static double Half(int done, int of) => 0.5 * (1 + Math.Cos(Math.PI * done / of));

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-12;
}
