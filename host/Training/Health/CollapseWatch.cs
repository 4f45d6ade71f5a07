using System.Text.Json.Serialization;

namespace Parallax.Host.Training;

/// <summary>Follows the health of the embeddings over a run and says, once, when they collapse: what happened, why that usually is, and what to
/// change.</summary>
/// <param name="method">What it declares decides which advice fits.</param>
/// <param name="totalSteps">Optimizer steps of the run.</param>
/// <param name="before">What was seen before the run was resumed; null at its beginning.</param>
internal sealed class CollapseWatch(IMethod method, long totalSteps, CollapseHistory? before = null)
{
    /// <summary>Below this spread all embeddings are practically one point.</summary>
    public const double PointSpread = 0.1;

    private const double LineRank = 1.5, UnusedUsage = 1.5, FlatEntropy = 0.9995;
    private const int SustainedReports = 3;
    private const long SettlingSteps = 50;          // an untrained network gives all images much the same embedding
    private const double SettlingShare = 0.05;
    private const double FlatAllowedShare = 0.25;   // targets are flat at the start of many healthy runs

    private Collapse _candidate = before?.Candidate ?? default, _told = before?.Told ?? default;
    private int _seen = before?.Seen ?? 0;

    /// <summary>The last verdict that was given; null while the embeddings are healthy.</summary>
    public string? Verdict { get; private set; } = before?.Verdict;

    /// <summary>What it has seen so far.</summary>
    public CollapseHistory History => new(_candidate, _seen, _told, Verdict);

    /// <summary>Takes in the numbers of a logged step.</summary>
    /// <returns>A verdict to tell, the first time that a collapse has lasted for some reports, or that it is over; else null.</returns>
    public string? Observe(EmbeddingHealth health, long step)
    {
        var now = step < Math.Max(SettlingSteps, totalSteps * SettlingShare) ? Collapse.None : Classify(health, step);
        _seen = now == _candidate ? _seen + 1 : 1;
        _candidate = now;
        if (_seen < SustainedReports || now == _told)
        {
            return null;
        }

        _told = now;
        if (now == Collapse.None)
        {
            Verdict = null;
            return FormattableString.Invariant($"The embeddings recovered at step {step}: {Numbers(health)}.");
        }

        return Verdict = FormattableString.Invariant($"Collapse at step {step}: {Describe(now, health)} ({Numbers(health)}). {Advice(now)}");
    }

    private Collapse Classify(EmbeddingHealth health, long step) => health switch
    {
        { Spread: < PointSpread } => Collapse.Point,
        { EffectiveRank: < LineRank } => Collapse.Line,
        { Usage: { } usage, TargetWidth: var width } when usage * width < UnusedUsage => Collapse.OneTarget,
        { TargetEntropy: > FlatEntropy } when step > totalSteps * FlatAllowedShare => Collapse.FlatTargets,
        _ => Collapse.None,
    };

    private static string Describe(Collapse kind, EmbeddingHealth health) => kind switch
    {
        Collapse.Point => "all images have nearly the same embedding",
        Collapse.Line => "all embeddings lie on one line",
        Collapse.OneTarget => $"nearly all images are assigned to one of the {health.TargetWidth} targets",
        _ => $"the targets are flat over all {health.TargetWidth} columns and say nothing",
    };

    private string Advice(Collapse kind) => kind switch
    {
        Collapse.OneTarget => "The assignments are not balanced: lower the sharpness of the targets (a higher target temperature or epsilon), keep the "
            + "prototypes frozen for longer, or lower optimizer.baseLearningRate.",
        Collapse.FlatTargets => "The targets are too soft: lower the temperature of the target side, or train its centre more slowly.",
        _ when method is IMomentumPairs { MomentumPairs.Count: > 0 } => "A loss that only pulls together is won by a constant: check that targets carry no "
            + "gradient and that the online side has its predictor or the loss its negatives, raise the momentum of the target, or lower "
            + "optimizer.baseLearningRate.",
        _ => "A loss that only pulls together is won by a constant: check that one side of the loss carries no gradient and that the predictor is there, "
            + "or that the loss has negatives; else lower optimizer.baseLearningRate or raise schedule.warmupEpochs.",
    };

    private static string Numbers(EmbeddingHealth health) =>
        FormattableString.Invariant($"spread {health.Spread:F3} of 1, effective rank {health.EffectiveRank:F1} of {Math.Min(health.Rows, health.Width)}");
}

/// <summary>How embeddings collapse.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Collapse>))]
internal enum Collapse
{
    /// <summary>They do not.</summary>
    None,

    /// <summary>All are the same.</summary>
    Point,

    /// <summary>All lie on one line.</summary>
    Line,

    /// <summary>All are assigned to one target.</summary>
    OneTarget,

    /// <summary>All targets are flat.</summary>
    FlatTargets,
}

/// <summary>What a <see cref="CollapseWatch"/> has seen.</summary>
/// <param name="Candidate">What the last report looked like.</param>
/// <param name="Seen">Reports in a row that looked so.</param>
/// <param name="Told">What was told last.</param>
/// <param name="Verdict">The words of it; null while the embeddings are healthy.</param>
internal sealed record CollapseHistory(Collapse Candidate, int Seen, Collapse Told, string? Verdict);
