using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>The loss scale of fp16 around clipping, updates and checkpoints, with gradients of fp32: the arithmetic is the same.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class LossScaleTests : IDisposable
{
    private readonly TrainingBench _bench = new();
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _bench.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(65536)]
    public void Step_ClipNorm_ClipsTheGradientAndNotItsMultiple(double scale)
    {
        var method = TrainingBench.Method();
        using var driver = Driver(method, scale, out _, "optimizer.baseLearningRate=1");
        var (weight, bias) = (method.Weight.clone(), method.Bias.clone());

        var norm = Move(driver, method, clipNorm: 0.5);   // by hand: sqrt(96 * 9 + 2 * 16)

        Assert.Equal(Math.Sqrt(896), norm!.item<double>(), tolerance: 1e-3);
        Assert.Equal(3 * 0.5 / Math.Sqrt(896), (weight - method.Weight).mean().item<float>(), tolerance: 1e-6);
        Assert.Equal(4 * 0.5 / Math.Sqrt(896), (bias - method.Bias).mean().item<float>(), tolerance: 1e-6);
    }

    [Fact]
    public void Step_ClipNormAboveTheNorm_ChangesNothing()
    {
        var method = TrainingBench.Method();
        using var driver = Driver(method, 1024, out _, "optimizer.baseLearningRate=1");
        var weight = method.Weight.clone();

        Move(driver, method, clipNorm: 30);   // sqrt(896) is 29.93

        Assert.Equal(3, (weight - method.Weight).mean().item<float>(), tolerance: 1e-4);
    }

    [Fact]
    public void Step_ClipNormPerTensor_ClipsTheGradientsAndNotTheirMultiples()
    {
        var method = TrainingBench.Method();
        using var driver = Driver(method, 4096, out _, "optimizer.baseLearningRate=1", "trainer.clipGradNormPer=tensor");
        var (weight, bias) = (method.Weight.clone(), method.Bias.clone());

        Move(driver, method, clipNorm: 6);   // norms by hand: 3 sqrt 96 = 29.4 and 4 sqrt 2 = 5.66

        Assert.Equal(6, (method.Weight - weight).norm().item<float>(), tolerance: 1e-4);
        Assert.Equal(4 * Math.Sqrt(2), (method.Bias - bias).norm().item<float>(), tolerance: 1e-4);
    }

    [Fact]
    public void Step_SeveralMicroBatches_MoveAsWithoutScale()
    {
        var (scaled, plain) = (TrainingBench.Method(), TrainingBench.Method());
        using var one = Driver(scaled, 256, out _, "optimizer.momentum=0.9", "optimizer.weightDecay=0.1");
        using var other = _bench.Driver(plain, "optimizer.momentum=0.9", "optimizer.weightDecay=0.1");

        for (var step = 0; step < 3; step++)
        {
            Move(one, scaled, clipNorm: 0, step, parts: 2);
            Move(other, plain, clipNorm: 0, step, parts: 2);
        }

        Assert.True(scaled.Weight.allclose(plain.Weight, rtol: 0, atol: 1e-6));
    }

    [Fact]
    public void Step_Overflow_IsSkippedHalvesTheScaleAndLeavesNoTrace()
    {
        var (method, untouched) = (TrainingBench.Method(), TrainingBench.Method());
        using var driver = Driver(method, 1024, out var scaler, "optimizer.momentum=0.9", "optimizer.weightDecay=0.1");
        using var reference = _bench.Driver(untouched, "optimizer.momentum=0.9", "optimizer.weightDecay=0.1");
        var weight = method.Weight.clone();

        driver.ZeroGradients();
        driver.Backward(method.Weight.sum() * float.MaxValue);
        driver.Step(step: 0, clipNorm: 1);
        var (afterOverflow, scale) = (method.Weight.clone(), scaler.SaveState()["scale"].item<float>());
        Move(driver, method, clipNorm: 0, step: 1);
        Move(reference, untouched, clipNorm: 0, step: 1);

        Assert.True(afterOverflow.eq(weight).all().item<bool>());
        Assert.Equal(512, scale);
        Assert.Equal(512, scaler.SaveState()["scale"].item<float>());
        Assert.True(method.Weight.allclose(untouched.Weight, rtol: 0, atol: 1e-6));   // no momentum is left of the overflow
    }

    [Fact]
    public void Step_GoodSteps_GrowTheScaleAfterTheInterval_AndAnOverflowBeginsItAnew()
    {
        var method = TrainingBench.Method();
        using var driver = Driver(method, 64, out var scaler);
        List<double> scales = [];

        foreach (var overflows in new[] { false, true, false, false, false, false })
        {
            driver.ZeroGradients();
            driver.Backward(overflows ? method.Weight.sum() * float.MaxValue : method.Weight.sum());
            driver.Step(step: 0, clipNorm: 0);
            scales.Add(scaler.SaveState()["scale"].item<float>());
        }

        Assert.Equal([64, 32, 32, 32, 64, 64], scales);   // grows after three in a row
    }

    [Fact]
    public void Restore_OfAnotherDriver_TakesScaleAndCount()
    {
        var (first, second) = (TrainingBench.Method(), TrainingBench.Method());
        using var one = Driver(first, 64, out _);
        using var other = Driver(second, 1024, out var scaler);
        Move(one, first, clipNorm: 0);
        Move(one, first, clipNorm: 0);

        other.Restore(one.StateTensors().ToDictionary());
        var restored = scaler.SaveState()["scale"].item<float>();
        Move(other, second, clipNorm: 0);

        Assert.Equal((64, 128), (restored, scaler.SaveState()["scale"].item<float>()));   // the third good step in a row
    }

    [Fact]
    public void Run_OverflowInTheFirstStep_GoesOnFromTheSecond()
    {
        var method = new LineMethod { Momentum = new(0, 0), When = MomentumUpdate.AfterOptimizerStep };
        var scaler = new GradScaler(torch.CPU, initialScale: 1e38, backoffFactor: 0.01);
        using var session = _bench.Session(method, scaler, "schedule.name=cosine", "trainer.maxSteps=4");
        List<double> rates = [];

        new Trainer(session, TrainerCallbacks.None with { OnStep = report => rates.Add(report.LearningRate) }, TimeProvider.System).Run(CancellationToken.None);

        // A skipped step is a step: the schedule and the momentum go on, the weights are what they were.
        Assert.Equal([1, 1], method.Seen.Take(2).Select(micro => micro.Weight));
        Assert.Equal([0.1, 0.0853553390593274, 0.05, 0.0146446609406726], rates, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.NotEqual(1, method.Seen[2].Weight);
        Assert.Equal(4, session.Progress.Position.Step);
    }

    private OptimizerDriver Driver(TinyMethod method, double scale, out GradScaler scaler, params string[] overrides)
    {
        scaler = new GradScaler(torch.CPU, scale, growthInterval: 3);

        return _bench.Driver(method, scaler, overrides);
    }

    // Gradients 3 for each of 96 weights and 4 for each of 2 biases.
    private static Tensor? Move(OptimizerDriver driver, TinyMethod method, double clipNorm, long step = 0, int parts = 1)
    {
        driver.ZeroGradients();
        for (var part = 0; part < parts; part++)
        {
            driver.Backward(((method.Weight.sum() * 3) + (method.Bias.sum() * 4)) / parts);
        }

        return driver.Step(step, clipNorm);
    }
}
