using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Datasets;

/// <summary>Settings of data sets that read class folders, section <c>data</c>.</summary>
public abstract record FolderOptions : DatasetOptions
{
    /// <summary>
    /// A folder, or an uncompressed tar archive, with <c>SPLIT/CLASS/*</c>, whatever folders are around. Also <c>CLASS/*</c> or files without folders, for
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

    /// <summary>Looks for the splits.</summary>
    /// <param name="location">The folder or archive that is there.</param>
    /// <param name="kind">Which files count.</param>
    /// <exception cref="ConfigurationException">What is there cannot be read, has no training split, or can be read in more than one way.</exception>
    internal SplitLayout LayoutOf(string location, FileKind kind) => LayoutOf(location, FileStores.List(location, kind));

    /// <summary>Looks for the splits among files.</summary>
    /// <param name="location">Where they are, for messages.</param>
    /// <param name="listing">The files.</param>
    /// <exception cref="ConfigurationException">There is no training split, or they can be read in more than one way.</exception>
    internal SplitLayout LayoutOf(string location, FileListing listing) => new(location, listing, Layout, NullIfEmpty(TrainSplit), NullIfEmpty(TestSplit));

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
