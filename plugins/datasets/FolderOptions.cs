using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Datasets;

/// <summary>What is kept in memory after an image was decoded.</summary>
public enum ImageCache
{
    /// <summary>Nothing; every epoch decodes again.</summary>
    None,

    /// <summary>Every image at full size, one byte per sample: for small images. 16-bit files become 8-bit.</summary>
    Decoded,
}

/// <summary>Settings of data sets that read class folders, section <c>data</c>.</summary>
public abstract record FolderOptions : DatasetOptions
{
    /// <summary>
    /// A folder, or an uncompressed tar archive, with <c>SPLIT/CLASS/*</c>, whatever folders are around. Also <c>CLASS/*</c> or images without folders, for
    /// training only.
    /// </summary>
    [Required]
    public string Path { get; init; } = "";

    /// <summary>
    /// How folders are read: auto takes those with the usual names as splits, else all as classes, and refuses what can be both; splits takes them as splits
    /// whatever is beside them; flat takes all as classes, whatever they are called.
    /// </summary>
    public DataLayout Layout { get; init; }

    /// <summary>Folder of the training images, by name or path; empty looks for <c>train</c> or <c>training</c>, in upper or lower case.</summary>
    public string? TrainSplit { get; init; }

    /// <summary>
    /// Folder of the test images, by name or path; empty looks for <c>test</c>, <c>testing</c>, <c>val</c>, <c>validation</c> or <c>valid</c>, in this order,
    /// first for one with classes.
    /// </summary>
    public string? TestSplit { get; init; }

    /// <summary>3 decodes to RGB, 1 to grey.</summary>
    [AllowedValues(1, 3)]
    public int Channels { get; init; } = 3;

    /// <summary>Whether decoded images stay in memory.</summary>
    public ImageCache Cache { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Layout == DataLayout.Flat && !(string.IsNullOrEmpty(TrainSplit) && string.IsNullOrEmpty(TestSplit)))
        {
            yield return new(
                "data.layout is flat, where there are no splits, but data.trainSplit or data.testSplit names one. Remove one of them.", [nameof(Layout)]);
        }

        foreach (var fault in base.Validate(validationContext))
        {
            yield return fault;
        }
    }
}
