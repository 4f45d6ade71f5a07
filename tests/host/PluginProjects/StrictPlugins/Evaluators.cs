namespace StrictPlugins;

/// <summary>A protocol that fails when it is asked for a number.</summary>
[Plugin("boo")]
public sealed class BooEvaluator : IEvaluator
{
    public EvaluationResult Evaluate(FeatureSet train, FeatureSet test, long seed, IProgress<double>? progress = null) =>
        throw new InvalidOperationException("The audience has left.");
}

/// <summary>A protocol that knows before which data it cannot measure on.</summary>
[Plugin("encore")]
public sealed class EncoreEvaluator : IEvaluator, IEvaluationRequirements
{
    public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => train.Count >= 1000 ? [] : [$"{train.Count} listeners are no "
        + "audience; expected 1000."];

    public EvaluationResult Evaluate(FeatureSet train, FeatureSet test, long seed, IProgress<double>? progress = null) =>
        throw new InvalidOperationException("Nobody may ask.");
}
