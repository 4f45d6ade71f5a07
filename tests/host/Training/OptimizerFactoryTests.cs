using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>Every key of section <c>optimizer</c> reaches the rule it names.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class OptimizerFactoryTests : IDisposable
{
    private const double Rate = 0.05;

    private static readonly string[] Overrides =
    [
        "optimizer.baseLearningRate=0.05", "schedule.name=cosine", "optimizer.momentum=0.8", "optimizer.weightDecay=0.3", "optimizer.beta1=0.7",
        "optimizer.beta2=0.95", "optimizer.eps=0.01",
        "optimizer.trustCoefficient=0.02",
    ];

    private static readonly AdamOptions AdamSettings = new() { LearningRate = Rate, Beta1 = 0.7, Beta2 = 0.95, Epsilon = 0.01, WeightDecay = 0.3 };

    private static readonly Dictionary<string, Func<Parameter[], FusedOptimizer>> Rules = new()
    {
        ["name=sgd"] = p => new FusedSgd(p, new() { LearningRate = Rate, Momentum = 0.8, WeightDecay = 0.3 }),
        ["name=sgd optimizer.nesterov=true"] = p => new FusedSgd(p, new() { LearningRate = Rate, Momentum = 0.8, WeightDecay = 0.3, Nesterov = true }),
        ["name=adam"] = p => new FusedAdam(p, AdamSettings),
        ["name=adamw"] = p => new FusedAdamW(p, AdamSettings),
        ["name=lamb"] = p => new Lamb(p, new LambOptions { LearningRate = Rate, Beta1 = 0.7, Beta2 = 0.95, Epsilon = 0.01, WeightDecay = 0.3 }),
        ["name=lars"] = p => new Lars(p, LarsOf(LarsVariant.NormOfDecayedGrad)),
        ["name=lars optimizer.larsVariant=norm-of-decayed-grad"] = p => new Lars(p, LarsOf(LarsVariant.NormOfDecayedGrad)),
        ["name=lars optimizer.larsVariant=classic-momentum"] = p => new Lars(p, LarsOf(LarsVariant.ClassicMomentum)),
        ["name=lars optimizer.larsVariant=sum-of-norms"] = p => new Lars(p, LarsOf(LarsVariant.SumOfNorms)),
        ["name=lars optimizer.larsVariant=sum-of-norms-clipped"] = p => new Lars(p, LarsOf(LarsVariant.SumOfNorms) with { ClipLearningRate = true }),
        ["name=lars optimizer.larsVariant=larc"] = p => new Lars(p, LarsOf(LarsVariant.Larc)),
    };

    private readonly TrainingBench _bench = new();
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public static TheoryData<string> Names => new(Rules.Keys);

    public void Dispose()
    {
        _scope.Dispose();
        _bench.Dispose();
    }

    [Theory, MemberData(nameof(Names))]
    public void Step_ThreeTimes_MovesAsTheRuleWithTheseNumbers(string name)
    {
        var (moved, expected) = Move(name);

        Assert.True(moved.eq(expected).all().item<bool>());
    }

    [Fact]
    public void Step_OtherKeys_MoveOtherwise()
    {
        var ends = Rules.Keys.Select(name => Move(name).Moved.sum().item<float>()).ToList();

        // the default written out is itself, and larc is sum-of-norms when it is said which parameters are adapted
        Assert.Equal(ends.Count - 2, ends.Distinct().Count());
    }

    // Three steps of a cosine, with gradients that are not along the weights.
    private (Tensor Moved, Tensor Expected) Move(string name)
    {
        var method = TrainingBench.Method();
        Parameter[] parameters = [new(method.Weight.detach().clone()), new(method.Bias.detach().clone())];
        using var driver = _bench.Driver(method, [.. Overrides, .. $"optimizer.{name}".Split(' ')]);
        using var rule = Rules[name](parameters);
        var slope = torch.arange(96, dtype: float32).view(2, 48) / 96;
        for (var step = 0; step < 3; step++)
        {
            driver.ZeroGradients();
            driver.Backward((method.Weight.pow(2).sum() * (step + 1)) + (method.Weight * slope).sum() + method.Bias.pow(3).sum());
            (parameters[0].grad, parameters[1].grad) = (method.Weight.grad!.clone(), method.Bias.grad!.clone());
            driver.Step(step, clipNorm: 0);
            rule.Groups[0].LearningRate = driver.LearningRateAt(step);
            rule.step();
        }

        return (torch.cat([method.Weight.flatten(), method.Bias]), torch.cat([parameters[0].flatten(), parameters[1]]));
    }

    // Without exclusion of vectors, biases are adapted as well.
    private static LarsOptions LarsOf(LarsVariant variant) =>
        new() { LearningRate = Rate, Momentum = 0.8, WeightDecay = 0.3, TrustCoefficient = 0.02, Variant = variant, ExcludeVectors = false };
}
