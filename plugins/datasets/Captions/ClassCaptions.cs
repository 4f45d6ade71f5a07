using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Datasets;

/// <summary>Settings of <c>class-captions</c>, section <c>data</c>.</summary>
public sealed record ClassCaptionsOptions : ImageFileOptions
{
    /// <summary>Captions; {} stands for the name of the class, underscores as spaces. Image i gets number i mod their count. Ours: one.</summary>
    public IReadOnlyList<string> Templates { get; init; } = ["a photo of a {}."];

    /// <inheritdoc/>
    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Templates.Count == 0)
        {
            yield return new("data.templates is empty; expected captions such as 'a photo of a {}.'.", [nameof(Templates)]);
        }

        foreach (var template in Templates.Where(template => !template.Contains(ClassCaptionsSource.Place, StringComparison.Ordinal)))
        {
            yield return new($"data.templates has '{template}' without a {{}} for the name of the class. Expected for example 'a photo of a {{}}.'.",
                [nameof(Templates)]);
        }

        foreach (var fault in base.Validate(validationContext))
        {
            yield return fault;
        }
    }
}

/// <summary>Class folders as <see cref="ImageFolderSource"/> reads them; each image has a caption that is made from the name of its class.</summary>
/// <remarks>
/// For trying methods that learn from captions on data that have classes only. Such captions tell what labels tell and no more: numbers measured after them are
/// not those of a method without labels, which the run says.
/// </remarks>
[Plugin("class-captions", Options = typeof(ClassCaptionsOptions),
    Summary = "Image files as SPLIT/CLASS/* in a folder or an uncompressed tar, with captions made from class names", Family = "image-text")]
public sealed class ClassCaptionsSource(ClassCaptionsOptions options, IImageDecoder decoder) : IDatasetSource
{
    internal const string Place = "{}";
    private readonly ImageFolderSource _images = new(options, decoder);

    /// <inheritdoc/>
    public IImageDataset Open(DatasetSplit split)
    {
        var images = _images.Open(split);
        if (images.Info.Classes.Count > 0)
        {
            return new ClassCaptionDataset(images, options.Templates);
        }

        images.Dispose();

        throw new ConfigurationException($"{images.Info.Location} has no class folders, so no captions can be made from class names. Expected "
            + "SPLIT/CLASS/*, or images with captions of their own: data.name image-text.");
    }

    /// <inheritdoc/>
    public bool Has(DatasetSplit split) => _images.Has(split);

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings => _images.FileEndings;
}
