using System.Globalization;
using Parallax.Host.Tracking;

namespace Parallax.Host.Watching;

/// <summary>A verdict, and when it was given.</summary>
/// <param name="Step">At which step.</param>
/// <param name="Text">The word and its cause.</param>
internal sealed record VerdictChange(long Step, string Text);

/// <summary>What a stored run says about its training.</summary>
/// <param name="Run">The run.</param>
internal sealed record RunView(StoredRun Run)
{
    /// <summary>Metric of the loss.</summary>
    public const string LossKey = "train/loss";

    /// <summary>Metric of the speed.</summary>
    public const string SpeedKey = "speed/images_per_second";

    private const string BatchSizeKey = "trainer.batchSize", MaxStepsKey = "trainer.maxSteps";
    private const int ShownOfAnId = 8;

    /// <summary>A run that logs nothing for so long may be gone: the machine is measured every ten seconds by default.</summary>
    private static readonly TimeSpan LongSilence = TimeSpan.FromMinutes(5);

    /// <summary>Name shown.</summary>
    public string Name => Run.Name.Length > 0 ? Run.Name : Run.RunId;

    /// <summary>The beginning of the identifier, as commands take it.</summary>
    public string ShortId => Run.RunId[..Math.Min(ShownOfAnId, Run.RunId.Length)];

    /// <summary>Whether it says that it is being trained.</summary>
    public bool IsRunning => Run.Status == RunStatus.Running;

    /// <summary>Whether it is a training, and not one of the evaluations of one.</summary>
    public bool IsTraining => Loss is not null || !Run.Tags.ContainsKey(MlflowTags.ParentRunId);

    /// <summary>The last loss; null before the first.</summary>
    public MetricPoint? Loss => Run.Metrics.GetValueOrDefault(LossKey);

    /// <summary>Images per second at the end; null where that is not logged.</summary>
    public double? Speed => Run.Metrics.GetValueOrDefault(SpeedKey)?.Value;

    /// <summary>Optimizer steps done.</summary>
    public long Step => Loss?.Step ?? 0;

    /// <summary>Optimizer steps of the whole run; null where it does not say.</summary>
    public long? TotalSteps => Number(Run.Tags, RunTags.Steps) ?? Number(Run.Params, MaxStepsKey);

    /// <summary>How much is done, a fraction; null where the length is not known.</summary>
    public double? Share => TotalSteps is { } total and > 0 ? Math.Clamp((double)Step / total, 0, 1) : null;

    /// <summary>Time to the last step at the last speed, without the evaluations; null where it cannot be told.</summary>
    public TimeSpan? Left => IsRunning && TotalSteps is { } total && Speed is { } speed and > 0 && Number(Run.Params, BatchSizeKey) is { } batch
        && TimeSpan.MaxValue.TotalSeconds / 2 > Math.Max(0, total - Step) * batch / speed
            ? TimeSpan.FromSeconds(Math.Max(0, total - Step) * batch / speed)
            : null;

    /// <summary>What the training does, in a word; null before that is told.</summary>
    public string? Verdict => RunTags.VerdictOf(Run.Tags);

    /// <summary>Why that is said.</summary>
    public string? Cause => Run.Tags.GetValueOrDefault(RunTags.VerdictCause);

    /// <summary>What to change; null or empty when there is nothing.</summary>
    public string? Advice => Run.Tags.GetValueOrDefault(RunTags.VerdictAdvice);

    /// <summary>The verdicts of the run, the newest first.</summary>
    public IReadOnlyList<VerdictChange> Verdicts =>
    [
        .. Run.Tags.Where(tag => tag.Key.StartsWith(RunTags.VerdictAt, StringComparison.Ordinal))
            .Select(tag => (Step: Parse(tag.Key[RunTags.VerdictAt.Length..]), Text: tag.Value)).Where(change => change.Step is not null)
            .Select(change => new VerdictChange(change.Step!.Value, change.Text)).OrderByDescending(change => change.Step),
    ];

    /// <summary>When it started.</summary>
    public DateTimeOffset Start => Run.Started;

    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? End => Run.Ended;

    /// <summary>Since when a run that says it is being trained has logged nothing; null when that is not long.</summary>
    /// <param name="now">The time.</param>
    public DateTimeOffset? SilentSince(DateTimeOffset now)
    {
        var last = StoredRun.TimeOf(Run.Metrics.Values.Select(point => point.Timestamp).Append(Run.StartTime).Max());

        return IsRunning && now - last > LongSilence ? last : null;
    }

    private static long? Number(IReadOnlyDictionary<string, string> pairs, string key) => Parse(pairs.GetValueOrDefault(key));

    private static long? Parse(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
