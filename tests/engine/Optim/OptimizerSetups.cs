namespace Parallax.Engine.Tests.Optim;

/// <summary>Every optimizer with settings that reach each branch of its arithmetic.</summary>
public static class OptimizerSetups
{
    public static readonly IReadOnlyDictionary<string, Func<IReadOnlyList<Parameter>, OptimizerHelper>> All = new Dictionary<string, Func<IReadOnlyList<Parameter>, OptimizerHelper>>
    {
        ["sgd"] = p => torch.optim.SGD(p, 0.1),
        ["sgd-decay"] = p => torch.optim.SGD(p, 0.1, weight_decay: 0.01),
        ["sgd-momentum"] = p => torch.optim.SGD(p, 0.1, momentum: 0.9, dampening: 0.2, weight_decay: 0.01),
        ["sgd-nesterov"] = p => torch.optim.SGD(p, 0.1, momentum: 0.9, weight_decay: 0.01, nesterov: true),
        ["sgd-maximize"] = p => torch.optim.SGD(p, 0.1, momentum: 0.9, maximize: true),
        ["adam"] = p => torch.optim.Adam(p, 0.01, weight_decay: 0.1),
        ["adam-amsgrad"] = p => torch.optim.Adam(p, 0.01, amsgrad: true, maximize: true),
        ["adamw"] = p => torch.optim.AdamW(p, 0.01, beta2: 0.95, weight_decay: 0.1),
        ["lars"] = p => Lars(p, LarsVariant.NormOfDecayedGrad),
        ["lars-classic"] = p => Lars(p, LarsVariant.ClassicMomentum),
        ["lars-sum"] = p => Lars(p, LarsVariant.SumOfNorms),
        ["lars-clip"] = p => Lars(p, LarsVariant.SumOfNorms, clip: true),
        ["lars-larc"] = p => Lars(p, LarsVariant.Larc),
        ["lamb"] = p => new Lamb(p, new() { LearningRate = 0.02 }),
        ["lamb-free"] = p => new Lamb(p, new() { LearningRate = 0.02, WeightDecay = 0, AlwaysAdapt = true, TrustClip = true, GradientAveraging = false, BiasCorrection = false }, maxGradientNorm: 0),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    private static Lars Lars(IReadOnlyList<Parameter> parameters, LarsVariant variant, bool clip = false) =>
        new(parameters, new() { LearningRate = 0.3, WeightDecay = 0.01, TrustCoefficient = 0.02, Variant = variant, ClipLearningRate = clip });
}
