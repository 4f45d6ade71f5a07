using Parallax.Host.Configuration;

namespace Parallax.Host.Training;

/// <summary>Builds the optimizer of section <c>optimizer</c> over parameter groups, in their order.</summary>
internal static class OptimizerFactory
{
    /// <summary>Learning rates are set before every step; what stands here is never used.</summary>
    private const double Unset = 0;

    public static FusedOptimizer Create(
        Configuration.OptimizerOptions options, IReadOnlyList<ParameterGroup> groups, IReadOnlyDictionary<string, Parameter> parameters)
    {
        return options.Name switch
        {
            OptimizerName.Sgd => new FusedSgd(
                Groups((group, decay) => new SgdOptions
                {
                    LearningRate = Unset, Momentum = group.HasMomentum ? options.Momentum : 0, Nesterov = group.HasMomentum && options.Nesterov,
                    WeightDecay = decay,
                })),
            OptimizerName.Adam => new FusedAdam(Groups(Adam)),
            OptimizerName.AdamW => new FusedAdamW(Groups(Adam)),
            OptimizerName.Lars => new Lars(groups.Select(group => new OptimizerGroup<LarsOptions>(Members(group), Lars(options, group, Decay(group))))),
            OptimizerName.Lamb => new Lamb(
                Groups((group, decay) => new LambOptions
                {
                    LearningRate = Unset, Beta1 = Beta1(group), Beta2 = options.Beta2, Epsilon = options.Eps, WeightDecay = decay,
                })),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Name, "Unknown optimizer."),
        };

        IEnumerable<Parameter> Members(ParameterGroup group) => group.Names.Select(name => parameters[name]);

        double Decay(ParameterGroup group) => options.WeightDecay * group.WeightDecayScale;

        double Beta1(ParameterGroup group) => group.HasMomentum ? options.Beta1 : 0;

        AdamOptions Adam(ParameterGroup group, double decay) =>
            new() { LearningRate = Unset, Beta1 = Beta1(group), Beta2 = options.Beta2, Epsilon = options.Eps, WeightDecay = decay };

        IEnumerable<OptimizerGroup<T>> Groups<T>(Func<ParameterGroup, double, T> settings)
            where T : FusedOptimizerOptions => groups.Select(group => new OptimizerGroup<T>(Members(group), settings(group, Decay(group))));
    }

    // A group without adaptation takes the plain step: a trust coefficient cannot say that, excluding vectors can (its members are vectors).
    private static LarsOptions Lars(Configuration.OptimizerOptions options, ParameterGroup group, double decay) => new()
    {
        LearningRate = Unset,
        Momentum = group.HasMomentum ? options.Momentum : 0,
        WeightDecay = decay,
        TrustCoefficient = options.TrustCoefficient,
        ExcludeVectors = !group.Adapted,
        Variant = options.LarsVariant switch
        {
            Configuration.LarsVariant.NormOfDecayedGrad => Torch.LarsVariant.NormOfDecayedGrad,
            Configuration.LarsVariant.ClassicMomentum => Torch.LarsVariant.ClassicMomentum,
            Configuration.LarsVariant.SumOfNorms or Configuration.LarsVariant.SumOfNormsClipped => Torch.LarsVariant.SumOfNorms,
            Configuration.LarsVariant.Larc => Torch.LarsVariant.Larc,
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.LarsVariant, "Unknown variant of LARS."),
        },
        ClipLearningRate = options.LarsVariant == Configuration.LarsVariant.SumOfNormsClipped,
    };
}
