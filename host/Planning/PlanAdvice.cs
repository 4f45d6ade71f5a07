using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Training;

namespace Parallax.Host.Planning;

/// <summary>What to change before a long run, from what was measured.</summary>
internal static class PlanAdvice
{
    /// <summary>A setting must be faster by this factor: below, the difference is that of two measurements of the same.</summary>
    private const double WorthIt = 1.05;

    private const double Rare = 0.1;   // of the images of the largest class

    /// <param name="configuration">The recipe.</param>
    /// <param name="steps">What its steps cost.</param>
    /// <param name="alternatives">What was tried.</param>
    /// <param name="memory">Memory; null where it was not measured.</param>
    /// <param name="disk">Room on disk.</param>
    /// <param name="data">What was found in the data.</param>
    /// <param name="duplicates">Held-out images that are training images, too.</param>
    /// <param name="use">How busy the machine was meanwhile, and with what.</param>
    public static IReadOnlyList<string> Of(
        ResolvedConfiguration configuration, StepCost steps, IReadOnlyList<Alternative> alternatives, MemoryCost? memory, DiskCost disk,
        IReadOnlyList<SplitScan> data, long duplicates, (double Cores, double MachineShare, double OthersShare) use)
    {
        var areVideos = data.Any(split => split.AreVideos);
        var noun = SampleNoun.Of(areVideos);

        return
        [
            .. ProcessorUse.IsShared(use)
                ? [FormattableString.Invariant($"Other programs use {use.OthersShare * use.Cores:F1} of {use.Cores:F0} cores: speeds and times are those ")
                    + "beside them. End them, and plan again."]
                : (IEnumerable<string>)[],
            .. from other in alternatives
               where other.ImagesPerSecond > steps.ImagesPerSecond * Worth(use)
               let speed = SpeedText.Of(other.ImagesPerSecond ?? 0, areVideos)
               select $"--set {other.Setting}: {speed} in place of {SpeedText.Number(steps.ImagesPerSecond)}.",
            .. steps.Split.Limit == Phase.Data
                ? [$"Steps wait for {noun}. 'parallax pack' decodes them once; smaller files, or trainer.workers: auto, help too."]
                : (IEnumerable<string>)[],
            .. memory is { LargestBatch: { } largest } && largest < configuration.Trainer.BatchSize
                ? [$"trainer.batchSize {configuration.Trainer.BatchSize} does not fit into the memory that is free: {largest} does, or a larger "
                    + "trainer.accumulation where the method allows it."]
                : (IEnumerable<string>)[],
            .. disk.TotalBytes > disk.FreeBytes
                ? ["The disk has too little room: lower trainer.keepCheckpoints, set tracking.logCheckpoints or tracking.logModel: false, or name another "
                    + "trainer.outputDirectory."]
                : (IEnumerable<string>)[],
            .. data.Where(split => split.UnreadableCount > 0).Select(split => $"{split.UnreadableCount} {SampleNoun.Of(areVideos, split.UnreadableCount)} of "
                + $"the {split.Split} split cannot be read, for example {split.Unreadable[0]}. Repair or remove them."),
            .. data.Where(split => split.SmallestClass?.Images < Rare * split.LargestClass?.Images).Select(split => FormattableString.Invariant(
                $"Classes of the {split.Split} split are uneven: '{split.SmallestClass!.Name}' has {split.SmallestClass.Images:N0} ")
                    + FormattableString.Invariant($"{SampleNoun.Of(areVideos, split.SmallestClass.Images)}, ")
                    + FormattableString.Invariant($"'{split.LargestClass!.Name}' {split.LargestClass.Images:N0}.")),
            .. duplicates > 0
                ? [$"{duplicates} held-out {noun} are training {noun}, too: what is measured on them is known already."]
                : (IEnumerable<string>)[],
        ];
    }

    // Between two measurements others may have taken more or less: what could be explained by that is no reason to change a setting.
    private static double Worth((double Cores, double MachineShare, double OthersShare) use) =>
        ProcessorUse.IsShared(use) ? WorthIt / Math.Max(0.1, 1 - use.OthersShare) : WorthIt;
}
