using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using SoundLibrary;

namespace SoundPlugins;

/// <summary>How the echo corner is shaped.</summary>
public enum EchoShape
{
    /// <summary>A square.</summary>
    Square,

    /// <summary>A square with round corners.</summary>
    RoundedSquare,
}

/// <summary>Options of <see cref="EchoAugmentation"/>.</summary>
public sealed record EchoOptions : IValidatableObject
{
    /// <summary>Share of the sound that comes back, a fraction in [0, 1). Ours.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Strength { get; init; } = 0.5;

    /// <summary>Number of echoes.</summary>
    [Range(1, 9)]
    public int Count { get; init; } = 2;

    /// <summary>Shape.</summary>
    public EchoShape Shape { get; init; } = EchoShape.Square;

    /// <summary>Delays, one per echo; empty draws them.</summary>
    public IReadOnlyList<double> Delays { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Delays.Count > 0 && Delays.Count != Count)
        {
            yield return new($"delays has {Delays.Count} entries for {Count} echoes. Give one per echo, or none.", [nameof(Delays)]);
        }
    }
}

/// <summary>Uses a library of its own, its options and a logger.</summary>
[Plugin("echo", Options = typeof(EchoOptions), Summary = "Repeats itself.", Family = "sound",
    Paper = "On Echoes", Authors = "N. Nymph", Venue = "Mountain Letters", Year = 2001, ArXiv = "0101.00001")]
public sealed class EchoAugmentation(EchoOptions options, ILogger logger) : IAugmentation
{
    public int ParameterCount
    {
        get
        {
            logger.LogDebug("Counting {Count} echoes.", options.Count);
            return Doubler.Double(options.Count);
        }
    }

    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters) => parameters.Clear();

    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
    }
}

/// <summary>Has no options and asks for something the host does not have.</summary>
[Plugin("needy")]
public sealed class NeedyAugmentation(IFormatProvider format) : IAugmentation
{
    public int ParameterCount => format.GetHashCode();

    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters) => parameters.Clear();

    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
    }
}

/// <summary>Options of <see cref="SilenceSource"/>.</summary>
public sealed record SilenceOptions
{
    /// <summary>Where the files are.</summary>
    [Required]
    public string? Path { get; init; }
}

/// <summary>A data set with a path that has nothing in it.</summary>
[Plugin("silence", Options = typeof(SilenceOptions), Summary = "Nothing.")]
public sealed class SilenceSource(SilenceOptions options) : IDatasetSource
{
    public IImageDataset Open(DatasetSplit split) => throw new ConfigurationException($"data.path: {options.Path} is empty.");
}
