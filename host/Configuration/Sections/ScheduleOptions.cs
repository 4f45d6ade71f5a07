using System.ComponentModel.DataAnnotations;

namespace Parallax.Host.Configuration;

/// <summary>Section <c>schedule</c>: the learning rate over the run.</summary>
public sealed record ScheduleOptions : IValidatableObject
{
    /// <summary>Course after warm-up. Chen et al., "Improved Baselines", 2020: cosine-epoch; ours is the smooth one.</summary>
    public ScheduleName Name { get; init; } = ScheduleName.Cosine;

    /// <summary>Epochs over which the learning rate rises to its peak; fractions are allowed. He et al., CVPR 2020: 0.</summary>
    [Range(0.0, 100_000.0)]
    public double WarmupEpochs { get; init; }

    /// <summary>Learning rate at the beginning of the warm-up as a fraction of the peak, in [0, 1]. Most papers: 0; VISSL: 0.25.</summary>
    [Range(0.0, 1.0)]
    public double WarmupStartRatio { get; init; }

    /// <summary>Learning rate at the end of a cosine as a fraction of the peak, in [0, 1]. Chen et al., 2020: 0.</summary>
    [Range(0.0, 1.0)]
    public double FinalRatio { get; init; }

    /// <summary>Epochs at which multistep multiplies by <c>gamma</c>, rising. He et al., CVPR 2020: 120 and 160 of 200.</summary>
    public IReadOnlyList<int> Milestones { get; init; } = [];

    /// <summary>Factor at each milestone, a fraction in (0, 1]. He et al., CVPR 2020: 0.1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Gamma { get; init; } = 0.1;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Name == ScheduleName.Multistep && Milestones.Count == 0)
        {
            yield return new("schedule.name is multistep, but schedule.milestones is empty. Give the epochs, for example [120, 160].", [nameof(Milestones)]);
        }

        if (Milestones.Any(epoch => epoch < 1) || !Milestones.SequenceEqual(Milestones.Order().Distinct()))
        {
            yield return new($"schedule.milestones is [{string.Join(", ", Milestones)}]; expected epochs from 1 on, rising.", [nameof(Milestones)]);
        }
    }
}
