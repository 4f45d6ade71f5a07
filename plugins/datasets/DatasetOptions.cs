using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Datasets;

/// <summary>Settings that every data set takes: the constants of the normalisation.</summary>
public abstract record DatasetOptions : IValidatableObject
{
    /// <summary>Mean per channel in [0, 1]; empty means computed from the training images: all where they lie in memory, else 512 of them.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [];

    /// <summary>Standard deviation per channel; empty means computed as the mean.</summary>
    public IReadOnlyList<double> Std { get; init; } = [];

    /// <inheritdoc/>
    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Mean.Count != Std.Count)
        {
            yield return new($"data.mean has {Mean.Count} numbers and data.std has {Std.Count}. Give one of each per channel, or neither, to compute them.",
                [nameof(Mean), nameof(Std)]);
        }

        if (Std.Any(s => s <= 0))
        {
            yield return new($"data.std holds {Std.Min()}, but a standard deviation is above 0.", [nameof(Std)]);
        }
    }

    /// <summary>The constants as they are given; null when there are none.</summary>
    /// <exception cref="ConfigurationException">They do not fit the images.</exception>
    internal ChannelStatistics? Statistics(int channels) =>
        Mean.Count == 0 ? null
        : Mean.Count == channels ? new(Mean, Std)
        : throw new ConfigurationException($"data.mean has {Mean.Count} numbers, but these images have {channels} channels. Give {channels}, or none, "
            + "to compute them.");
}
