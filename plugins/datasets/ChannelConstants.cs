using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Datasets;

/// <summary>The rules for <c>data.mean</c> and <c>data.std</c>, which every data set takes.</summary>
internal static class ChannelConstants
{
    public static IEnumerable<ValidationResult> Validate(IReadOnlyList<double> mean, IReadOnlyList<double> std)
    {
        if (mean.Count != std.Count)
        {
            yield return new($"data.mean has {mean.Count} numbers and data.std has {std.Count}. Give one of each per channel, or neither, to compute them.",
                ["Mean", "Std"]);
        }

        if (std.Any(s => s <= 0))
        {
            yield return new($"data.std holds {std.Min()}, but a standard deviation is above 0.", ["Std"]);
        }
    }

    /// <summary>Checks that the constants fit the images.</summary>
    public static ChannelStatistics? For(int channels, IReadOnlyList<double> mean, IReadOnlyList<double> std) =>
        mean.Count == 0 || mean.Count == channels
            ? ChannelStatistics.Given(mean, std)
            : throw new ConfigurationException($"data.mean has {mean.Count} numbers, but these images have {channels} channels. Give {channels}, or none, "
                + "to compute them.");
}
