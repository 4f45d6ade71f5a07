using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Evaluators;

/// <summary>What holds for the epochs at which the learning rate of a classifier drops.</summary>
internal static class MilestoneRule
{
    /// <summary>A fault unless they are epochs from 1 on, rising.</summary>
    /// <param name="milestones">The option <c>milestones</c>.</param>
    public static IEnumerable<ValidationResult> Faults(IReadOnlyList<int> milestones)
    {
        if (milestones.Any(epoch => epoch < 1) || !milestones.SequenceEqual(milestones.Order().Distinct()))
        {
            yield return new($"milestones is [{string.Join(", ", milestones)}]; expected epochs from 1 on, rising.", [nameof(PerLayerOptions.Milestones)]);
        }
    }
}
