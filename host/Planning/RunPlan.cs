using System.Text.Json.Serialization;
using Parallax.Host.Evaluation;

namespace Parallax.Host.Planning;

/// <summary>What a run will take, measured before it begins.</summary>
/// <param name="TotalSteps">Optimizer steps.</param>
/// <param name="BatchSize">Images of each.</param>
/// <param name="Steps">What the steps cost.</param>
/// <param name="Alternatives">Settings that were tried, the fastest first.</param>
/// <param name="Memory">Memory; null on a GPU, whose own memory is not measured.</param>
/// <param name="Time">Time of the whole run.</param>
/// <param name="Disk">Room on disk.</param>
/// <param name="Data">What was found in the training images and, where there are any, the held-out ones.</param>
/// <param name="Duplicates">Held-out images that are training images, too, among those looked at; null without held-out images.</param>
/// <param name="Advice">What to change.</param>
internal sealed record RunPlan(
    long TotalSteps, int BatchSize, StepCost Steps, IReadOnlyList<Alternative> Alternatives, MemoryCost? Memory, TimeCost Time, DiskCost Disk,
    IReadOnlyList<SplitScan> Data, DuplicateImages? Duplicates, IReadOnlyList<string> Advice)
{
    /// <summary>Whether the images are videos.</summary>
    [JsonIgnore]
    public bool AreVideos => Data.Any(split => split.AreVideos);
}
