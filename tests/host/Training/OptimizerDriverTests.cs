using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

[Collection(GeneratorCollection.Name)]
public sealed class OptimizerDriverTests : IDisposable
{
    private readonly TrainingBench _bench = new();
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public void Create_MethodWithoutTrainableParameters_IsAFaultAndNotASilentRun()
    {
        var method = TrainingBench.Method();
        foreach (var parameter in method.parameters())
        {
            parameter.requires_grad = false;
        }

        var fault = Assert.Throws<ConfigurationException>(() => _bench.Driver(method));

        Assert.Contains("has no parameter to train", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", 0.1)]
    [InlineData("linear", 0.1 * 4 / 256)]
    [InlineData("sqrt", 0.1 * 2)]
    public void LearningRateAt_Scaling_FollowsTheBatchSize(string scaling, double expected)
    {
        using var driver = _bench.Driver(new(), $"optimizer.scaleLearningRate={scaling}");

        Assert.Equal(expected, driver.LearningRateAt(0), tolerance: 1e-15);
    }

    [Fact]
    public void LearningRateAt_CosineCutByMaxSteps_EndsThere()
    {
        using var driver = _bench.Driver(new(), "schedule.name=cosine", "trainer.maxSteps=6");

        Assert.Equal(0.1, driver.LearningRateAt(0), tolerance: 1e-15);
        Assert.Equal(0.05, driver.LearningRateAt(3), tolerance: 1e-15);   // by hand: half of the way, cos(pi / 2) = 0
        Assert.Equal(0, driver.LearningRateAt(6), tolerance: 1e-15);
    }

    [Fact]
    public void LearningRateAt_FinalRatio_IsTheShareThatStays()
    {
        using var driver = _bench.Driver(new(), "schedule.name=cosine", "schedule.finalRatio=0.2");

        Assert.Equal(0.02, driver.LearningRateAt(8), tolerance: 1e-15);
    }

    [Theory]
    [InlineData("cosine")]
    [InlineData("constant")]
    public void LearningRateAt_Warmup_RisesFromZeroToThePeak(string schedule)
    {
        using var driver = _bench.Driver(new(), $"schedule.name={schedule}", "schedule.warmupEpochs=0.5");

        Assert.Equal([0, 0.05, 0.1], new long[] { 0, 1, 2 }.Select(driver.LearningRateAt));   // half an epoch is two steps
    }

    [Fact]
    public void LearningRateAt_PerEpochSchedules_ChangeAtEpochsOnly()
    {
        using var cosine = _bench.Driver(new(), "schedule.name=cosine-epoch");
        using var steps = _bench.Driver(new(), "schedule.name=multistep", "schedule.milestones=[1]");

        Assert.Equal([0.1, 0.1, 0.05, 0.05], new long[] { 0, 3, 4, 7 }.Select(step => Math.Round(cosine.LearningRateAt(step), 12)));
        Assert.Equal([0.1, 0.1, 0.01, 0.01], new long[] { 0, 3, 4, 7 }.Select(step => Math.Round(steps.LearningRateAt(step), 12)));
    }

    [Theory]
    [InlineData(0.5, 0, 2)]    // half an epoch is two steps: 0 and 1
    [InlineData(0, 3, 3)]
    [InlineData(0.5, 1, 2)]    // the longer counts
    [InlineData(0.5, 5, 5)]
    public void Step_FrozenParameter_MovesFromThenOn(double epochs, long steps, int firstMove)
    {
        var method = new TinyMethod
        {
            ParameterRules = [new(p => p.Name.EndsWith("bias", StringComparison.Ordinal), FrozenEpochs: epochs, FrozenSteps: steps)],
        };
        using var driver = _bench.Driver(method);
        var (weight, bias) = (method.Weight.clone(), method.Bias.clone());

        Move(driver, method, step: firstMove - 1);
        var (weightMoved, biasMoved) = (!method.Weight.allclose(weight), !method.Bias.allclose(bias));
        Move(driver, method, step: firstMove);

        Assert.True(weightMoved);
        Assert.False(biasMoved);
        Assert.False(method.Bias.allclose(bias));
    }

    [Fact]
    public void Step_RuleWithoutSchedule_KeepsThePeakLearningRate()
    {
        var method = new TinyMethod { ParameterRules = [new(p => p.IsNormOrBias, FollowsSchedule: false)] };
        using var driver = _bench.Driver(method, "schedule.name=cosine");
        var (weight, bias) = (method.Weight.clone(), method.Bias.clone());

        driver.ZeroGradients();
        driver.Backward(method.Weight.sum() + method.Bias.sum());
        driver.Step(step: 7, clipNorm: 0);   // the last step of a cosine

        Assert.Equal(0.1, (bias - method.Bias).max().item<float>(), tolerance: 1e-5);
        Assert.InRange((weight - method.Weight).max().item<float>(), 0, 0.05);
    }

    [Fact]
    public void Step_ClipNorm_MovesByThatLengthAndReturnsTheNormBefore()
    {
        var method = new TinyMethod();
        using var driver = _bench.Driver(method, "optimizer.baseLearningRate=1");
        var before = Concatenate(method);
        driver.ZeroGradients();
        driver.Backward((method.Weight.sum() * 3) + (method.Bias.sum() * 4));   // gradient norm by hand: sqrt(96 * 9 + 2 * 16)

        var norm = driver.Step(step: 0, clipNorm: 0.5);

        Assert.Equal(Math.Sqrt(896), norm!.item<double>(), tolerance: 1e-4);
        Assert.Equal(0.5, (Concatenate(method) - before).norm().item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Step_ClipNormPerTensor_BoundsEachParameterByItself()
    {
        var method = new TinyMethod();
        using var driver = _bench.Driver(method, "optimizer.baseLearningRate=1", "trainer.clipGradNormPer=tensor");
        var (weight, bias) = (method.Weight.clone(), method.Bias.clone());
        driver.ZeroGradients();
        driver.Backward((method.Weight.sum() * 3) + (method.Bias.sum() * 0.1));   // norms by hand: 3 sqrt(96) and 0.1 sqrt(2)

        var norm = driver.Step(step: 0, clipNorm: 0.5);

        Assert.Equal(Math.Sqrt((9 * 96) + 0.02), norm!.item<double>(), tolerance: 1e-4);
        Assert.Equal(0.5, (method.Weight - weight).norm().item<float>(), tolerance: 1e-5);
        Assert.Equal(0.1 * Math.Sqrt(2), (method.Bias - bias).norm().item<float>(), tolerance: 1e-5);
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("lars")]
    [InlineData("lamb")]
    public void Step_WeightDecayEnd_IsTheDecayOfThatStep(string optimizer)
    {
        string[] overrides = [$"optimizer.name={optimizer}", "optimizer.excludeNormAndBias=true"];
        var (moving, constant) = (TrainingBench.Method(), TrainingBench.Method());
        using var scheduled = _bench.Driver(moving, [.. overrides, "optimizer.weightDecay=0.1", "optimizer.weightDecayEnd=0.5"]);
        using var fixedDecay = _bench.Driver(constant, [.. overrides, "optimizer.weightDecay=0.3"]);

        Move(scheduled, moving, step: 4);   // half of 8 steps: by hand 0.5 - 0.4 / 2
        Move(fixedDecay, constant, step: 4);

        Assert.True(moving.Weight.allclose(constant.Weight, rtol: 0, atol: 1e-7));
        Assert.True(moving.Bias.eq(constant.Bias).all().item<bool>());   // without decay at the start, without it later
    }

    [Fact]
    public void Step_WeightDecayEnd_ChangesFromStepToStep()
    {
        var (early, late) = (TrainingBench.Method(), TrainingBench.Method());
        using var one = _bench.Driver(early, "optimizer.weightDecayEnd=0.5");
        using var other = _bench.Driver(late, "optimizer.weightDecayEnd=0.5");

        Move(one, early, step: 0);
        Move(other, late, step: 7);

        Assert.False(early.Weight.allclose(late.Weight));
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("lars")]
    [InlineData("lamb")]
    public void Restore_OfAnotherDriver_MakesTheSameStep(string optimizer)
    {
        string[] overrides = [$"optimizer.name={optimizer}", "optimizer.momentum=0.9", "optimizer.weightDecay=0.01", "optimizer.excludeNormAndBias=true"];
        var (first, second) = (TrainingBench.Method(), TrainingBench.Method());
        using var one = _bench.Driver(first, overrides);
        using var other = _bench.Driver(second, overrides);
        Move(one, first, step: 0);
        var afterOne = first.Weight.clone();
        second.load_state_dict(first.state_dict());

        other.Restore(one.StateTensors().ToDictionary());
        Move(one, first, step: 1);
        Move(other, second, step: 1);

        Assert.False(first.Weight.allclose(afterOne, rtol: 0, atol: 0));
        Assert.True(first.Weight.eq(second.Weight).all().item<bool>());
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("lars")]
    [InlineData("lamb")]
    public void BeginEpoch_ParametersThatAreRenewed_AreForgotten(string optimizer)
    {
        var method = TrainingBench.Method(() => new()
        {
            ParameterRules = [new(p => p.Name.EndsWith("weight", StringComparison.Ordinal)) { RenewedEveryEpochs = 2 }],
        });
        using var driver = _bench.Driver(method, $"optimizer.name={optimizer}", "optimizer.momentum=0.9");
        Move(driver, method, step: 0);

        driver.BeginEpoch(1);
        var atOdd = Kept(driver);
        driver.BeginEpoch(2);
        var atEven = Kept(driver);

        Assert.Contains(atOdd, name => name.Contains("weight/", StringComparison.Ordinal));
        Assert.DoesNotContain(atEven, name => name.Contains("weight/", StringComparison.Ordinal));
        Assert.Contains(atEven, name => name.Contains("bias/", StringComparison.Ordinal));

        // names of what is neither empty nor zero
        static List<string> Kept(OptimizerDriver driver) =>
            [.. driver.StateTensors().Where(t => t.Value.ne(0).any().item<bool>()).Select(t => t.Key)];
    }

    [Fact]
    public void Step_WithoutMomentum_TakesTheGradientAlone()
    {
        var method = TrainingBench.Method(() => new()
        {
            ParameterRules = [new(p => p.Name.EndsWith("weight", StringComparison.Ordinal)) { HasMomentum = false }],
        });
        using var driver = _bench.Driver(method, "optimizer.name=sgd", "optimizer.momentum=0.9", "optimizer.nesterov=true");
        Move(driver, method, step: 0);
        var (weight, bias) = (method.Weight.detach().clone(), method.Bias.detach().clone());

        Move(driver, method, step: 1);

        Assert.True(method.Weight.allclose(weight * 0.8));     // rate 0.1, gradient 2 w
        Assert.False(method.Bias.allclose(bias * 0.8));
    }

    private static void Move(OptimizerDriver driver, TinyMethod method, long step)
    {
        driver.ZeroGradients();
        driver.Backward(method.Weight.pow(2).sum() + method.Bias.pow(2).sum());
        driver.Step(step, clipNorm: 0);
    }

    private static Tensor Concatenate(TinyMethod method) => torch.cat([method.Weight.flatten(), method.Bias]).detach().clone();
}
