using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Datasets;

/// <summary>Settings of <c>image-text</c>, section <c>data</c>.</summary>
public sealed record ImageTextOptions : DatasetOptions
{
    /// <summary>
    /// Training images with captions: a folder of <c>NAME.jpg</c> and <c>NAME.txt</c>; a tar of such files, several as a folder of them, as
    /// <c>shard-{000..009}.tar</c> or as a <c>.txt</c> that lists them; or a table of paths and captions, <c>.csv</c>, <c>.tsv</c> or <c>.parquet</c>.
    /// </summary>
    [Required]
    public string Path { get; init; } = "";

    /// <summary>Held-out images with captions, in one of the same forms; empty for none.</summary>
    public string? TestPath { get; init; }

    /// <summary>Column of a table that has the path of each image, relative to the table's folder or absolute.</summary>
    public string PathColumn { get; init; } = "path";

    /// <summary>Column of a table that has the captions.</summary>
    public string CaptionColumn { get; init; } = "caption";

    /// <summary>3 decodes to RGB, 1 to grey.</summary>
    [AllowedValues(1, 3)]
    public int Channels { get; init; } = 3;

    /// <summary>Key of the recipe that names the column of texts, for messages.</summary>
    internal string CaptionKey { get; init; } = "captionColumn";

    /// <summary>Whether a row of a table may have no text.</summary>
    internal bool TakesEmptyCaptions { get; init; }
}

/// <summary>Images with captions of their own.</summary>
/// <remarks>
/// <para>Tars have the layout of webdataset: <c>KEY.jpg</c> (or another format that <c>image-folder</c> reads) and <c>KEY.txt</c> in UTF-8; they are mapped
/// into memory and never unpacked. Of files, names decide what belongs together, in every folder by itself. Rules on hidden files, links and damaged archives
/// are those of <c>image-folder</c>.</para>
/// <para>Images without a caption, and captions without an image, are left out, and told. Order: shards as they are given, in each by path; tables row by
/// row. Captions are taken as they are, without spaces around them.</para>
/// </remarks>
[Plugin("image-text", Options = typeof(ImageTextOptions),
    Summary = "Images with captions: files or tar shards of KEY.jpg and KEY.txt, or a CSV, TSV or Parquet table", Family = "image-text")]
public sealed class ImageTextSource(ImageTextOptions options, IImageDecoder decoder) : IDatasetSource
{
    private const string Expected =
        "a folder or tar shards of NAME.jpg and NAME.txt, or a table of paths and captions (.csv, .tsv, .parquet)";

    private ChannelStatistics? _statistics;

    /// <inheritdoc/>
    public IImageDataset Open(DatasetSplit split)
    {
        var samples = Samples(split);
        try
        {
            var survey = Survey(samples);
            _statistics ??= options.Statistics(options.Channels) ?? (split == DatasetSplit.Train ? survey.Statistics(options.Channels) : TrainStatistics());
            var info = new DatasetInfo("image-text", split, samples.Count, [], options.Channels, survey.SharedSize(), _statistics.Mean, _statistics.Std,
                samples.Digest(survey.Digest()), samples.Location)
            {
                Layout = samples.Layout,
                LeftOut = samples.LeftOut,
                Captions = CaptionOrigin.Written,
            };

            return new ImageTextDataset(samples, decoder, info);
        }
        catch
        {
            samples.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool Has(DatasetSplit split) => split == DatasetSplit.Train || !string.IsNullOrEmpty(options.TestPath);

    /// <inheritdoc/>
    /// <remarks>Images alone are none of it.</remarks>
    public IReadOnlyList<string> FileEndings => [".txt", ".tar", ".csv", ".tsv", ".parquet"];

    private CaptionedFiles Samples(DatasetSplit split)
    {
        if (!Has(split))
        {
            throw new ConfigurationException($"data.testPath is empty: '{options.Path}' has no held-out images. Expected {Expected}.");
        }

        var (path, key) = split == DatasetSplit.Train ? (options.Path, "data.path") : (options.TestPath!, "data.testPath");
        if (Shards.IsPattern(path))
        {
            return PairedFiles.Of(Path.GetFullPath(path), Shards.OfPattern(path, key));
        }

        var location = DataPath.Require(path, Expected, key);

        return Path.GetExtension(location).ToLowerInvariant() switch
        {
            ".csv" => CaptionTable.Read(location, options, delimiter: ","),
            ".tsv" => CaptionTable.Read(location, options, delimiter: "\t"),
            ".parquet" => ParquetTable.Read(location, options),
            ".txt" => PairedFiles.Of(location, Shards.OfList(location, key)),
            _ => PairedFiles.Of(location, Shards.OfFolder(location)),
        };
    }

    private ChannelStatistics TrainStatistics()
    {
        using var train = Samples(DatasetSplit.Train);

        return Survey(train).Statistics(options.Channels);
    }

    private FileSurvey Survey(CaptionedFiles samples) => new(samples.Count, samples.ImageAt, decoder);
}
