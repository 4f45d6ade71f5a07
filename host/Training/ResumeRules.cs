using Parallax.Host.Configuration;
using Parallax.Host.Data;

namespace Parallax.Host.Training;

/// <summary>What may differ between a run and its continuation, and what would make nonsense of it.</summary>
internal static class ResumeRules
{
    // What is trained, and the order of its images. Another value would silently be another experiment.
    private static readonly string[] FixedSections = ["method", "backbone", "views"];
    private static readonly string[] FixedKeys = ["data.name", "data.imageSize", "data.shareSeed", "trainer.seed", "optimizer.name"];

    // What shapes the training but may change on the way; the rest (tracking, evaluation, where and how fast) is nobody's concern.
    private static readonly string[] ToldSections = ["data", "optimizer", "schedule"];
    private static readonly string[] ToldKeys =
    [
        "trainer.epochs", "trainer.maxSteps", "trainer.batchSize", "trainer.accumulation", "trainer.precision", "trainer.batchNorm", "trainer.clipGradNorm",
        "trainer.clipGradNormPer",
    ];

    /// <summary>Compares the settings a run was trained with to those it shall go on with.</summary>
    /// <param name="before">Its resolved recipe.</param>
    /// <param name="now">The settings now.</param>
    /// <param name="directory">Its folder.</param>
    /// <returns>What has changed and is allowed to, for the user; empty when nothing has.</returns>
    /// <exception cref="ConfigurationException">Something has changed that must not.</exception>
    public static string Compare(string before, ResolvedConfiguration now, RunDirectory directory)
    {
        var changes = Changes(Options(before, directory.RecipePath), Options(RunDirectory.RecipeOf(now), "the recipe"));
        var renamed = changes.Where(change => change.Key.EndsWith(".name", StringComparison.Ordinal)).Select(change => SectionOf(change.Key)).ToHashSet();
        List<string> faults =
        [
            .. changes.Where(change => FixedSections.Contains(SectionOf(change.Key)) || FixedKeys.Contains(change.Key))
                .Where(change => change.Key.EndsWith(".name", StringComparison.Ordinal) || !renamed.Contains(SectionOf(change.Key)))
                .Select(change => $"{change.Key} is '{change.Now}', but run {directory.Record.RunId} was started with '{change.Before}'. Resume it with its "
                    + $"own recipe: {directory.RecipePath}"),
        ];
        if (faults.Count > 0)
        {
            throw new ConfigurationException(faults);
        }

        return string.Join(", ", changes.Where(change => ToldSections.Contains(SectionOf(change.Key)) || ToldKeys.Contains(change.Key))
            .Select(change => $"{change.Key} {change.Now} (before: {change.Before})"));
    }

    /// <summary>Compares where a run stands and what it had read to the run that is planned and what there is to read.</summary>
    /// <exception cref="ConfigurationException">What is left of the run cannot be told, or is less than nothing.</exception>
    public static void Require(CheckpointState state, string path, TrainingPlan plan, RunInfo run)
    {
        var (position, faults) = (state.Position, new List<string>());
        if (position.Epoch > plan.Epochs || (position.Epoch == plan.Epochs && position.Samples > 0))
        {
            faults.Add($"trainer.epochs is {plan.Epochs}, but '{path}' has trained {Done(position, SampleNoun.Of(run.HasVideos))}. Raise it to at least "
                + $"{position.Epoch + (position.Samples > 0 ? 1 : 0)}, or {HowToMeasure(path)}");
        }

        if (plan.MaxSteps < position.Step)
        {
            faults.Add($"trainer.maxSteps is {plan.MaxSteps}, but '{path}' has trained {position.Step} steps. Raise it, or {HowToMeasure(path)}");
        }

        if (state.Data is { } before)
        {
            faults.AddRange(Compare(before, TrainedData.Of(run), position, path, SampleNoun.Of(run.HasVideos)));
        }
        else if (position.Samples > plan.Images)
        {
            faults.Add($"'{path}' stands behind {position.Samples} {SampleNoun.Of(run.HasVideos)} of an epoch, and '{run.Data.Location}' has only "
                + $"{plan.Images}. Use the data as they were.");
        }

        if (faults.Count > 0)
        {
            throw new ConfigurationException(faults);
        }
    }

    private static string HowToMeasure(string path) => $"measure what there is: {ShellCommand.Of(["evaluate", path, "--protocol", "NAME"])}";

    private static IEnumerable<string> Compare(TrainedData before, TrainedData now, TrainingPosition position, string path, string noun)
    {
        if (before.ImageSize != now.ImageSize)
        {
            yield return $"The images have {now.ImageSize} pixels a side, but '{path}' was trained at {before.ImageSize}. Set data.imageSize: "
                + $"{before.ImageSize}, or start a new run.";
        }

        if (before.ClassNames != now.ClassNames)
        {
            yield return $"The data have {now.Classes} classes, but those of '{path}' had "
                + $"{before.Classes}{(before.Classes == now.Classes ? " of other names" : "")}: "
                + "labels would change their meaning. Use the data as they were, or start a new run.";
        }

        if (position.Samples > 0 && (before.Count, before.Digest) != (now.Count, now.Digest))
        {
            yield return $"The data have changed ({before.Count} {noun} before, {now.Count} now), and '{path}' stands in the middle of epoch "
                + $"{position.Epoch + 1}: which of its {noun} are left cannot be told. "
                + "Use the data as they were, or go on from a checkpoint at the end of an epoch with --resume FILE.";
        }
    }

    /// <summary>Where a restored session goes on, in a line.</summary>
    /// <param name="session">At its position.</param>
    /// <param name="checkpoint">Where it comes from; null when there was none.</param>
    public static string Describe(TrainingSession session, Checkpoint? checkpoint)
    {
        if (checkpoint is null)
        {
            return "The run has no checkpoint yet: starting again from step 0, in the same run.";
        }

        var (position, run, now) = (session.Progress.Position, session.Experiment.Run, TrainedData.Of(session.Experiment.Run));
        var (left, noun) = (session.Progress.TotalSteps - position.Step, SampleNoun.Of(run.HasVideos));
        var data = checkpoint.State.Data is { } before && (before.Count, before.Digest) != (now.Count, now.Digest)
            ? $" The data have changed: {before.Count} {noun} before, {now.Count} now."
            : "";

        return $"Resuming at step {position.Step} from '{checkpoint.Path}': {Done(position, noun)} of {run.Epochs} done, "
            + (left == 0 ? "nothing is left to train." : $"{left} steps of {run.BatchSize} {noun} left.") + data
            + (checkpoint.State.Data?.Constants?.Difference(session.Experiment.Data.Info) is { } difference ? $" {difference}" : "");
    }

    /// <summary>How much of a run is done, in words.</summary>
    private static string Done(TrainingPosition position, string noun) =>
        $"{position.Epoch} epoch{(position.Epoch == 1 ? "" : "s")}{(position.Samples > 0 ? $" and {position.Samples} {noun}" : "")}";

    private static List<(string Key, string Before, string Now)> Changes(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now) =>
    [
        .. now.Keys.Union(before.Keys).Where(key => before.ContainsKey(key) && now.ContainsKey(key) || SectionOf(key) == key)
            .Select(key => (key, before.GetValueOrDefault(key, "none"), now.GetValueOrDefault(key, "none"))).Where(option => option.Item2 != option.Item3),
    ];

    // One text per option of a section, however deep it goes. An option that only one side has belongs to another version of the program.
    private static Dictionary<string, string> Options(string recipe, string origin) => OptionsTree.Flatten(RecipeTree.Parse(recipe, origin))
        .GroupBy(leaf => leaf.Key.StartsWith("views", StringComparison.Ordinal) ? "views" : string.Join('.', leaf.Key.Split('.').Take(2)))
        .ToDictionary(group => group.Key, group => group.Count() == 1 && group.Key != "views"
            ? group.Single().Value
            : string.Join(", ", group.Select(leaf => $"{leaf.Key}: {leaf.Value}")));

    private static string SectionOf(string key) => key.Split('.')[0];
}
