using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Parts;

/// <summary>What the semi-supervised methods of S4L take.</summary>
public abstract record SemiSupervisedOptions : IRunRequirements
{
    /// <summary>Share of the training images whose class is used, a fraction in (0, 1]; as many of each class, chosen by the seed. S4L, section 4: 0.1 or
    /// 0.01.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double LabelFraction { get; init; } = 0.1;

    /// <inheritdoc/>
    public abstract IEnumerable<string> Faults(RunInfo run);
}
