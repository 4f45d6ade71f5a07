namespace Parallax.Host.Training;

/// <summary>Says what a training does: learning, saturated, collapsed or diverging, from the loss, the embeddings and the norm of the gradient.</summary>
/// <remarks>
/// The thresholds were set by the 24 runs of the table in docs/leaderboards.md that have a verdict; none of them diverged, so those of divergence are
/// estimates. Nothing here sees labels: a run that learns what random features know already looks like one that learns.
/// </remarks>
/// <param name="method">What it declares decides which advice fits a collapse.</param>
/// <param name="totalSteps">Optimizer steps of the run.</param>
/// <param name="before">What was seen before the run was resumed; null at its beginning.</param>
internal sealed class VerdictWatch(IMethod method, long totalSteps, VerdictHistory? before = null)
{
    /// <summary>The trend is that of the later half of the run, of at least so many reports: a shorter one changed with every dozen of steps.</summary>
    private const int LeastReports = 10;

    /// <summary>Standard errors of the slope beyond which there is a trend. Reports that follow each other closely count for more than they are worth, so it is
    /// more than the usual 2.</summary>
    private const double Significant = 3;

    /// <summary>Share of the fall so far that counts as falling: below it a long run would be called learning for a change that nobody needs.</summary>
    private const double LeastFall = 0.01;

    /// <summary>A loss above its start by so many times its size diverges. A queue that fills doubled it, in a run that learned.</summary>
    private const double Growth = 2;

    /// <summary>A gradient so many times as large as it used to be, under a loss that grows, says the same earlier.</summary>
    private const double GradientGrowth = 10;

    /// <summary>Embeddings of fewer directions than this learned nothing in any run but one, of fewer than <see cref="SomeDirections"/> when their spread is
    /// small, too.</summary>
    private const double FewDirections = 3, SomeDirections = 5, SmallSpread = 0.4;

    /// <summary>Reports in a row that must be so: the embeddings of many runs are narrow for some steps at their beginning.</summary>
    private const int NarrowReports = 5;

    /// <summary>Reports in a row that must say the same before it is told.</summary>
    private const int SustainedReports = 3;

    private const long SettlingSteps = 50;
    private const double SettlingShare = 0.05;

    private readonly CollapseWatch _collapse = new(method, totalSteps, before?.Collapse);
    private readonly ThinnedSeries _losses = new(before?.Losses, before?.LossThinning), _ranks = new(before?.Ranks, before?.RankThinning),
        _gradients = new(before?.Gradients, before?.GradientThinning);

    private TrainingState? _candidate = before?.Candidate;
    private int _seen = before?.Seen ?? 0, _narrow = before?.Narrow ?? 0;

    /// <summary>What was told last; null while nothing can be said.</summary>
    public Verdict? Current { get; private set; } = before?.Current;

    /// <summary>What it has seen so far: one that begins with it goes on as this one would.</summary>
    public VerdictHistory History => new([.. _losses.Means], [.. _ranks.Means], [.. _gradients.Means], _candidate, _seen, _narrow, Current, _collapse.History)
    {
        LossThinning = _losses.Thinning, RankThinning = _ranks.Thinning, GradientThinning = _gradients.Thinning,
    };

    /// <summary>The collapse that was told last; null while the embeddings are healthy.</summary>
    public string? Collapse => _collapse.Verdict;

    /// <summary>Takes in a logged step.</summary>
    /// <returns>What to tell about a collapse, and whether <see cref="Current"/> is another than before.</returns>
    public (string? Collapse, bool IsChanged) Observe(StepReport report)
    {
        var told = report.Health is { } health ? Observe(health, report.Step) : null;
        _losses.Add(report.Loss);
        report.Diagnostics.Where(value => value.Name == StepResult.GradientNormName).ToList().ForEach(value => _gradients.Add(value.Value));
        var now = Decide(report.Health);
        _seen = now?.State == _candidate ? _seen + 1 : 1;
        _candidate = now?.State;
        var isAtOnce = _collapse.Verdict is not null;   // it has been seen for some reports already
        var isChanged = now is not null && now.State != Current?.State && (isAtOnce || _seen >= SustainedReports);
        Current = isChanged || now?.State == Current?.State ? now : Current;

        return (told, isChanged);
    }

    /// <summary>Takes in a step whose loss is no finite number, which ends the run: <see cref="Current"/> is that it diverges.</summary>
    public void ObserveNonFinite(StepReport report)
    {
        var course = _losses.Count == 0 ? ""
            : FormattableString.Invariant($", from {_losses.First[0]:G4} at the start to {_losses.Last[^1]:G4} at the report before");
        Current = new(
            TrainingState.Diverging, FormattableString.Invariant($"the loss is {report.Loss} at step {report.Step}{course}"), Verdict.OfDivergence);
    }

    private string? Observe(EmbeddingHealth health, long step)
    {
        _ranks.Add(health.EffectiveRank);
        var isNarrow = health.EffectiveRank < FewDirections || (health.EffectiveRank < SomeDirections && health.Spread < SmallSpread);
        _narrow = isNarrow && step >= Math.Max(SettlingSteps, totalSteps * SettlingShare) ? _narrow + 1 : 0;

        return _collapse.Observe(health, step);
    }

    private Verdict? Decide(EmbeddingHealth? health)
    {
        if (_collapse.Verdict is { } collapse)
        {
            var parts = collapse.Split(". ", 2);

            return new(TrainingState.Collapsed, parts[0], parts[^1]);
        }

        if (_losses.Count < LeastReports)
        {
            return null;
        }

        var window = Math.Max(LeastReports, _losses.Count / 2);
        var loss = Trend.Of(_losses.Recent(window));

        return Diverging(loss) ?? Narrow(health) ?? Learning(loss, window)
            ?? new(TrainingState.Saturated, FormattableString.Invariant($"the loss has not fallen for {window} reports, {loss.Mean:G4} on average"),
                "At the end of a schedule that is as it should be. Before it, make the task harder (augmentations, masks), or change "
                    + "optimizer.baseLearningRate.");
    }

    private Verdict? Diverging(Trend loss)
    {
        var start = Median(_losses.First.Take(SustainedReports));
        var isHigh = loss.Mean > start + (Growth * Math.Abs(start));
        if (loss.Significance < Significant || !(isHigh || HasGrownGradient()))
        {
            return null;
        }

        var cause = isHigh ? $"the loss grows, from {start:G4} at the start to {loss.Last:G4}"
            : (FormattableString)$"the loss grows, from {loss.First:G4} to {loss.Last:G4}, and the gradient is more than {GradientGrowth} times what it was";

        return new(TrainingState.Diverging, FormattableString.Invariant(cause), Verdict.OfDivergence);
    }

    private bool HasGrownGradient() => _gradients.Count >= 2 * LeastReports
        && Median(_gradients.Last.TakeLast(LeastReports)) > GradientGrowth * Median(_gradients.Before(LeastReports));

    private Verdict? Narrow(EmbeddingHealth? health) => health is null || _narrow < NarrowReports ? null
        : new(TrainingState.Collapsed, FormattableString.Invariant(
                $"the embeddings lie in few directions (effective rank {health.EffectiveRank:F1} of {Math.Min(health.Rows, health.Width)}, ")
                + FormattableString.Invariant($"spread {health.Spread:F2} of 1)"),
            "Compare with untrained features (parallax evaluate RUN --protocol NAME --random). Lower optimizer.baseLearningRate, or, with a target network, "
                + "raise its momentum.");

    private Verdict? Learning(Trend loss, long window)
    {
        var fall = loss.First - loss.Last;
        if (loss.Significance < -Significant && fall > LeastFall * (Median(_losses.First.Take(SustainedReports)) - loss.Last))
        {
            return new(TrainingState.Learning, FormattableString.Invariant($"the loss falls, from {loss.First:G4} to {loss.Last:G4} in {window} reports"), "");
        }

        var ranks = _ranks.Count >= window ? Trend.Of(_ranks.Recent(window)) : default;

        return ranks.Significance > Significant
            ? new(TrainingState.Learning, FormattableString.Invariant(
                $"the embeddings use more directions, an effective rank of {ranks.Last:F1} after {ranks.First:F1} in {window} reports"), "")
            : null;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];

        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
