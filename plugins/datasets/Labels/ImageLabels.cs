using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Datasets;

/// <summary>Settings of <c>image-labels</c>, section <c>data</c>.</summary>
public sealed record ImageLabelsOptions : DatasetOptions
{
    /// <summary>A table of training images and the classes that each shows, <c>.csv</c>, <c>.tsv</c> or <c>.parquet</c>.</summary>
    [Required]
    public string Path { get; init; } = "";

    /// <summary>The same for held-out images; empty for none.</summary>
    public string? TestPath { get; init; }

    /// <summary>Column that has the path of each image, relative to the table's folder or absolute.</summary>
    public string PathColumn { get; init; } = "path";

    /// <summary>Column that has the classes of each image, with semicolons between them: <c>dog;?chair;person</c>; one behind a question mark is not
    /// counted.</summary>
    public string LabelsColumn { get; init; } = "labels";

    /// <summary>3 decodes to RGB, 1 to grey.</summary>
    [AllowedValues(1, 3)]
    public int Channels { get; init; } = 3;
}

/// <summary>Images that may show several classes each, or none, from a table.</summary>
/// <remarks>Classes are those that some training image shows, in the order of their names. What else is true of tables is said of <c>image-text</c>.</remarks>
[Plugin("image-labels", Options = typeof(ImageLabelsOptions), Family = "files",
    Summary = "Images that show several classes each: a CSV, TSV or Parquet table of paths and classes")]
public sealed class ImageLabelsSource : IDatasetSource
{
    private const string Expected = "a table of paths and classes (.csv, .tsv, .parquet)";
    private static readonly string[] _tables = [".csv", ".tsv", ".parquet"];

    private readonly ImageLabelsOptions _options;
    private readonly ImageTextSource _images;   // classes are what it takes for captions
    private IReadOnlyList<string>? _classes;

    /// <summary>Takes the tables from the options.</summary>
    public ImageLabelsSource(ImageLabelsOptions options, IImageDecoder decoder)
    {
        _options = options;
        _images = new(new()
        {
            Path = options.Path, TestPath = options.TestPath, PathColumn = options.PathColumn, CaptionColumn = options.LabelsColumn,
            CaptionKey = "labelsColumn", TakesEmptyCaptions = true, Channels = options.Channels, Mean = options.Mean, Std = options.Std,
        }, decoder);
    }

    /// <inheritdoc/>
    public IImageDataset Open(DatasetSplit split)
    {
        RequireTable(DatasetSplit.Train);
        RequireTable(split);
        var images = (ImageTextDataset)_images.Open(split);
        try
        {
            return new ImageLabelsDataset(images, _classes ??= split == DatasetSplit.Train ? ImageLabelsDataset.ClassesOf(images) : TrainClasses());
        }
        catch
        {
            images.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool Has(DatasetSplit split) => _images.Has(split);

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings => _tables;

    private IReadOnlyList<string> TrainClasses()
    {
        using var train = (ImageTextDataset)_images.Open(DatasetSplit.Train);

        return ImageLabelsDataset.ClassesOf(train);
    }

    private void RequireTable(DatasetSplit split)
    {
        var (path, key) = split == DatasetSplit.Train ? (_options.Path, "data.path") : (_options.TestPath ?? "", "data.testPath");
        if (path.Length > 0 && !_tables.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
        {
            throw new ConfigurationException($"{key} is '{path}'; expected {Expected}. Images in class folders are read with data.name image-folder.");
        }
    }
}
