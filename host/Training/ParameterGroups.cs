namespace Parallax.Host.Training;

/// <summary>Parameters that share how they are optimized.</summary>
/// <param name="Names">State-dictionary names, in order.</param>
/// <param name="LearningRateScale">Factor on the learning rate.</param>
/// <param name="WeightDecayScale">Factor on the weight decay.</param>
/// <param name="Adapted">Whether layer-wise adaptation (LARS, LAMB) applies.</param>
/// <param name="FrozenEpochs">Not moved during this many first epochs.</param>
/// <param name="FrozenSteps">Nor during this many first steps.</param>
/// <param name="FollowsSchedule">Whether the learning rate follows the schedule, or stays at its peak.</param>
/// <param name="HasMomentum">Whether steps have momentum.</param>
/// <param name="RenewedEveryEpochs">The method makes the parameters new before every so many epochs; 0 never.</param>
internal sealed record ParameterGroup(
    IReadOnlyList<string> Names, double LearningRateScale, double WeightDecayScale, bool Adapted, double FrozenEpochs, long FrozenSteps,
    bool FollowsSchedule, bool HasMomentum, int RenewedEveryEpochs)
{
    /// <summary>Groups the named parameters: the method's rules first, then the exclusion of biases and norms from decay and adaptation.</summary>
    /// <param name="parameters">Trainable parameters: name and number of dimensions.</param>
    /// <param name="method">Its rules count where it declares any.</param>
    /// <param name="excludeNormAndBias">1-D parameters get neither weight decay nor adaptation.</param>
    public static IReadOnlyList<ParameterGroup> Build(IEnumerable<(string Name, long Dimensions)> parameters, IMethod method, bool excludeNormAndBias)
    {
        var rules = (method as IParameterGroups)?.ParameterRules ?? [];
        var standard = new ParameterRule(_ => true);

        return
        [
            .. parameters
                .Select(p => (p.Name, Excluded: excludeNormAndBias && p.Dimensions <= 1,
                    Rule: rules.FirstOrDefault(r => r.Matches(new(p.Name, p.Dimensions))) ?? standard))
                .GroupBy(p => (p.Excluded, Decay: p.Excluded ? 0 : p.Rule.WeightDecayScale,
                    Rule: p.Rule with { Matches = standard.Matches, WeightDecayScale = 1 }))
                .Select(g => new ParameterGroup([.. g.Select(p => p.Name)], g.Key.Rule.LearningRateScale, g.Key.Decay, !g.Key.Excluded,
                    g.Key.Rule.FrozenEpochs, g.Key.Rule.FrozenSteps, g.Key.Rule.FollowsSchedule, g.Key.Rule.HasMomentum, g.Key.Rule.RenewedEveryEpochs)),
        ];
    }
}
