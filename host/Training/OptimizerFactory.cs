using Parallax.Engine;
using Parallax.Host.Configuration;

namespace Parallax.Host.Training;

/// <summary>Builds the optimizer of section <c>optimizer</c> over parameter groups, in their order.</summary>
internal static class OptimizerFactory
{
    /// <summary>Learning rates are set before every step; what stands here is never used.</summary>
    private const double Unset = 0;

    public static OptimizerHelper Create(Configuration.OptimizerOptions options, IReadOnlyList<ParameterGroup> groups, IReadOnlyDictionary<string, Parameter> parameters)
    {
        IEnumerable<Parameter> Of(ParameterGroup group) => group.Names.Select(name => parameters[name]);
        double Decay(ParameterGroup group) => options.WeightDecay * group.WeightDecayScale;

        return options.Name switch
        {
            OptimizerName.Sgd => new SGD(
                groups.Select(g => new SGD.ParamGroup(Of(g), Unset, options.Momentum, weight_decay: Decay(g), nesterov: options.Nesterov)), Unset),
            OptimizerName.Adam => new Adam(
                groups.Select(g => new Adam.ParamGroup(Of(g), Unset, options.Beta1, options.Beta2, options.Eps, Decay(g))), Unset),
            OptimizerName.AdamW => new AdamW(
                groups.Select(g => new AdamW.ParamGroup(Of(g), Unset, options.Beta1, options.Beta2, options.Eps, Decay(g))), Unset),
            OptimizerName.Lars => new Lars(groups.Select(g => new ParamGroup<LarsOptions>(Of(g), Lars(options, g, Decay(g)))), new LarsOptions()),
            OptimizerName.Lamb => new Lamb(
                groups.Select(g => new ParamGroup<LambOptions>(Of(g), new() { LearningRate = Unset, Beta1 = options.Beta1, Beta2 = options.Beta2, Epsilon = options.Eps, WeightDecay = Decay(g) })),
                new LambOptions()),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Name, "Unknown optimizer."),
        };
    }

    /// <summary>Changes the weight decay of a group between two steps.</summary>
    public static void SetWeightDecay(ParamGroup group, double weightDecay)
    {
        switch (group.Options)
        {
            case SGD.Options sgd: sgd.weight_decay = weightDecay; break;
            case AdamOptions adam: adam.weight_decay = weightDecay; break;
            case LarsOptions lars: lars.WeightDecay = weightDecay; break;
            case LambOptions lamb: lamb.WeightDecay = weightDecay; break;
            default: throw new ArgumentOutOfRangeException(nameof(group), group.Options, "Unknown optimizer.");
        }
    }

    // A group without adaptation takes the plain step: a trust coefficient cannot say that, excluding vectors can (its members are vectors).
    private static LarsOptions Lars(Configuration.OptimizerOptions options, ParameterGroup group, double decay) => new()
    {
        LearningRate = Unset,
        Momentum = options.Momentum,
        WeightDecay = decay,
        TrustCoefficient = options.TrustCoefficient,
        ExcludeVectors = !group.Adapted,
        Variant = options.LarsVariant switch
        {
            Configuration.LarsVariant.NormOfDecayedGrad => Engine.LarsVariant.NormOfDecayedGrad,
            Configuration.LarsVariant.ClassicMomentum => Engine.LarsVariant.ClassicMomentum,
            Configuration.LarsVariant.SumOfNorms or Configuration.LarsVariant.SumOfNormsClipped => Engine.LarsVariant.SumOfNorms,
            Configuration.LarsVariant.Larc => Engine.LarsVariant.Larc,
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.LarsVariant, "Unknown variant of LARS."),
        },
        ClipLearningRate = options.LarsVariant == Configuration.LarsVariant.SumOfNormsClipped,
    };
}
