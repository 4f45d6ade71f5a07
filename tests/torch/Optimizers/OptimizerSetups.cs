namespace Parallax.Torch.Tests.Optimizers;

/// <summary>Every optimizer with settings that reach each branch of its arithmetic.</summary>
public static class OptimizerSetups
{
    public static readonly IReadOnlyDictionary<string, Func<IReadOnlyList<Parameter>, FusedOptimizer>> All = new Dictionary<string,
        Func<IReadOnlyList<Parameter>, FusedOptimizer>>
    {
        ["sgd"] = p => new FusedSgd(p, new() { LearningRate = 0.1 }),
        ["sgd-decay"] = p => new FusedSgd(p, new() { LearningRate = 0.1, WeightDecay = 0.01 }),
        ["sgd-momentum"] = p => new FusedSgd(p, new() { LearningRate = 0.1, Momentum = 0.9, Dampening = 0.2, WeightDecay = 0.01 }),
        ["sgd-nesterov"] = p => new FusedSgd(p, new() { LearningRate = 0.1, Momentum = 0.9, WeightDecay = 0.01, Nesterov = true }),
        ["adam"] = p => new FusedAdam(p, new() { LearningRate = 0.01, WeightDecay = 0.1 }),
        ["adam-amsgrad"] = p => new FusedAdam(p, new() { LearningRate = 0.01, AmsGrad = true }),
        ["adamw"] = p => new FusedAdamW(p, new() { LearningRate = 0.01, Beta2 = 0.95, WeightDecay = 0.1 }),
        ["lars"] = p => Lars(p, LarsVariant.NormOfDecayedGrad),
        ["lars-classic"] = p => Lars(p, LarsVariant.ClassicMomentum),
        ["lars-sum"] = p => Lars(p, LarsVariant.SumOfNorms),
        ["lars-clip"] = p => Lars(p, LarsVariant.SumOfNorms, clip: true),
        ["lars-larc"] = p => Lars(p, LarsVariant.Larc),
        ["lamb"] = p => new Lamb(p, new() { LearningRate = 0.02 }),
        ["lamb-free"] = p => new Lamb(p,
            new() { LearningRate = 0.02, WeightDecay = 0, AlwaysAdapt = true, TrustClip = true, GradientAveraging = false, BiasCorrection = false },
                maxGradientNorm: 0),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    private static Lars Lars(IReadOnlyList<Parameter> parameters, LarsVariant variant, bool clip = false) =>
        new(parameters, new() { LearningRate = 0.3, WeightDecay = 0.01, TrustCoefficient = 0.02, Variant = variant, ClipLearningRate = clip });
}
