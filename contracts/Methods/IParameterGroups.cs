namespace Parallax.Contracts;

/// <summary>Declares how parameters differ in learning rate, weight decay or when they start to learn.</summary>
public interface IParameterGroups
{
    /// <summary>Rules; the first that matches a parameter counts. Parameters without a rule follow the optimizer's settings.</summary>
    IReadOnlyList<ParameterRule> ParameterRules { get; }
}

/// <summary>A deviation from the optimizer's settings for some parameters.</summary>
/// <param name="Matches">Whether a parameter is meant.</param>
/// <param name="LearningRateScale">Factor on the learning rate.</param>
/// <param name="WeightDecayScale">Factor on the weight decay.</param>
/// <param name="FrozenEpochs">The parameter does not move during this many first epochs; fractions are allowed.</param>
/// <param name="FrozenSteps">It does not move during this many first optimizer steps, whatever the accumulation. With both, the longer counts.</param>
/// <param name="FollowsSchedule">Whether the learning rate follows the schedule, or stays at its peak for the whole run.</param>
public sealed record ParameterRule(
    Func<ParameterInfo, bool> Matches, double LearningRateScale = 1, double WeightDecayScale = 1, double FrozenEpochs = 0, long FrozenSteps = 0,
    bool FollowsSchedule = true)
{
    /// <summary>Whether steps have momentum (SGD, LARS) or an average of gradients (Adam, AdamW, LAMB), or each takes the gradient of its batch
    /// alone.</summary>
    public bool HasMomentum { get; init; } = true;

    /// <summary>The method makes these parameters new before every so many epochs, the first included (<see cref="IEpochPhase"/>): the optimizer then forgets
    /// what it gathered about them. 0 where it never does.</summary>
    public int RenewedEveryEpochs { get; init; }
}

/// <summary>A trainable parameter.</summary>
/// <param name="Name">As in the method's state dictionary.</param>
/// <param name="Dimensions">Number of dimensions.</param>
public readonly record struct ParameterInfo(string Name, long Dimensions)
{
    /// <summary>Whether it is a bias or a scale of a normalisation layer: what has at most one dimension.</summary>
    public bool IsNormOrBias => Dimensions <= 1;

    /// <summary>Whether it belongs to the module stored under a field of the method.</summary>
    /// <param name="field">Name of the field, for example <c>predictor</c>.</param>
    public bool IsIn(string field) => Name.StartsWith(field + ".", StringComparison.Ordinal);
}
