using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Parallax.Host.Configuration;

/// <summary>Section <c>data</c>: what the run learns from. The options of the data set stand in the same section.</summary>
public sealed record DataOptions : IValidatableObject
{
    /// <summary>Name of the data set; <c>parallax list datasets</c> shows all.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>File or folder of the data set, relative to the current folder; data sets without files take none.</summary>
    public string? Path { get; init; }

    /// <summary>What happens when a sample cannot be read: it is skipped, counted and named, or the run stops. Ours.</summary>
    public ErrorPolicy OnError { get; init; } = ErrorPolicy.Skip;

    /// <summary>Whether training decodes a JPEG by 2, 4 or 8 smaller where the crops of all its views shrink it at least twice as much; false decodes
    /// everything at full size. Ours.</summary>
    public bool DecodeSmaller { get; init; } = true;

    /// <summary>Height and width of the main views in pixels; null takes the data set's own size. Ours.</summary>
    [Range(8, 2048)]
    public int? ImageSize { get; init; }

    /// <summary>Shorter side in pixels to which an image is resized before the central crop of an evaluation; null takes the size of the views. 256 for views
    /// of 224 is usual.</summary>
    [Range(8, 4096)]
    public int? EvaluationResize { get; init; }

    /// <summary>Share of the training images that the run learns from, a fraction in (0, 1], whatever their classes; a smaller share is part of a larger one.
    /// Protocols have all training images as their labelled bank. Sun et al., ICCV 2017: 0.03 to 1; ours: all.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Share { get; init; } = 1;

    /// <summary>Seed by which images are drawn for <c>share</c> and <c>longTail</c>; null takes trainer.seed, so that runs of several seeds learn from several
    /// draws. Ours.</summary>
    [Range(0L, long.MaxValue)]
    public long? ShareSeed { get; init; }

    /// <summary>How many times as many images the first class has as the last, in a long tail of classes: class c of C keeps the share
    /// longTail^(-c / (C - 1)) of its images; 1 keeps all. Cui et al., CVPR 2019: 10 to 200.</summary>
    [Range(1.0, 100_000.0)]
    public double LongTail { get; init; } = 1;

    /// <summary>Regular expression that finds the source of a sample in its name: what its first parentheses take, or all of it; clips of one recording have
    /// one source. Empty: sources are not known. UCF101: <c>(v_\w+_g\d+)_c\d+</c>.</summary>
    public string? GroupPattern { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        string? fault = null;
        try
        {
            _ = Pattern();
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            fault = $"data.groupPattern is '{GroupPattern}': {e.Message.TrimEnd('.')}. Expected a regular expression without references or look-around.";
        }

        return fault is null ? [] : [new(fault, [nameof(GroupPattern)])];
    }

    /// <summary><see cref="GroupPattern"/>, in time that grows with the name only.</summary>
    internal Regex Pattern() => new(GroupPattern ?? "", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
