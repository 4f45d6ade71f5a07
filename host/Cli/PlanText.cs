using Parallax.Host.Data;
using Parallax.Host.Planning;

namespace Parallax.Host.Cli;

/// <summary>A plan for people.</summary>
internal static class PlanText
{
    public static void Write(CliOutput output, RunPlan plan)
    {
        List<string[]> rows =
        [
            ["speed", $"{SpeedText.Of(plan.Steps.ImagesPerSecond, plan.AreVideos)}; {plan.Steps.Split}"],
            .. plan.Alternatives.Select(other => (string[])["tried", $"{other.Setting}: {Describe(other, plan.AreVideos)}"]),
            ["time", FormattableString.Invariant($"{Duration(plan.Time.TotalSeconds)}: {Duration(plan.Time.TrainingSeconds)} for {plan.TotalSteps:N0} steps ")
                + FormattableString.Invariant($"of {plan.BatchSize:N0} {SampleNoun.Of(plan.AreVideos)}, ")
                + (plan.Time.WorkSeconds > 0 ? $"{Duration(plan.Time.WorkSeconds)} for work before epochs, " : "")
                + FormattableString.Invariant($"{Duration(plan.Time.OnlineSeconds)} for evaluations meanwhile, ")
                + FormattableString.Invariant($"{Duration(plan.Time.FinalSeconds)} for those at the end")],
            ["memory", plan.Memory is { } memory ? Describe(memory, plan.AreVideos) : "not measured: it is that of the GPU"],
            ["disk", FormattableString.Invariant($"{SizeText.Of(plan.Disk.TotalBytes)}: {plan.Disk.Checkpoints} checkpoints of ")
                + FormattableString.Invariant($"{SizeText.Of(plan.Disk.CheckpointBytes)}, the backbone; {SizeText.Of(plan.Disk.FreeBytes)} free")],
            .. plan.Data.Select(split => (string[])["data", Describe(split)]),
            .. plan.Duplicates is { } duplicates ? (IEnumerable<string[]>)[["data", $"{duplicates}, among those looked at"]] : [],
            .. plan.Advice.Select(advice => (string[])["change", advice]),
        ];
        output.Table(["", "found"], rows);
    }

    private static string Describe(Alternative other, bool areVideos) =>
        other.ImagesPerSecond is { } speed ? SpeedText.Of(speed, areVideos) : "cannot be trained";

    private static string Describe(MemoryCost memory, bool areVideos) => $"{SizeText.Of(memory.RunBytes)} at its peak"
        + (memory.EvaluationBytes > 0 ? " or more (evaluations were measured on parts of the data)" : "")
        + (memory.EvaluationBytes > memory.PeakBytes ? $", {SizeText.Of(memory.PeakBytes)} of it in steps" : "")
        + (memory.BytesPerImage is { } each
            ? FormattableString.Invariant($", {SizeText.Of(each)} for each {SampleNoun.Of(areVideos, count: 1)} of a micro-batch")
            : "")
        + (memory.LargestBatch is { } largest
            ? FormattableString.Invariant($"; batches of up to {largest:N0} fit into the {SizeText.Of(memory.FreeBytes)} that are free")
            : "");

    private static string Describe(SplitScan split)
    {
        string?[] parts =
        [
            FormattableString.Invariant($"{split.Split}: {split.Images:N0} {SampleNoun.Of(split.AreVideos, split.Images)}, {split.LookedAt:N0} looked at"),
            split.UnreadableCount == 0 ? "all can be read"
                : $"{split.UnreadableCount} cannot be read ({string.Join("; ", split.Unreadable)})",
            split is { Smallest: { } smallest, Largest: { } largest } ? smallest == largest ? $"{smallest} pixels" : $"{smallest} to {largest} pixels" : null,
            split.Learned is { } learned ? FormattableString.Invariant($"the run learns from {learned:N0} of them") : null,
            split is { SmallestClass: { } few, LargestClass: { } many }
                ? few.Images == many.Images ? FormattableString.Invariant($"{few.Images:N0} {SampleNoun.Of(split.AreVideos, few.Images)} in each class")
                : FormattableString.Invariant($"{few.Images:N0} ('{few.Name}') to {many.Images:N0} ('{many.Name}') {SampleNoun.Of(split.AreVideos)} a class")
                : null,
        ];

        return string.Join(", ", parts.OfType<string>());
    }

    private static string Duration(double seconds) => seconds switch
    {
        < 90 => FormattableString.Invariant($"{seconds:N0} s"),
        < 5400 => FormattableString.Invariant($"{seconds / 60:N0} min"),
        _ => FormattableString.Invariant($"{seconds / 3600:N1} h"),
    };
}
