using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Parallax.Plugins.Datasets;

/// <summary>Settings of <c>idx</c>, section <c>data</c>.</summary>
public sealed record IdxOptions : DatasetOptions
{
    /// <summary>Folder with the four files <c>train-images-idx3-ubyte</c>, <c>train-labels-idx1-ubyte</c>, <c>t10k-images-idx3-ubyte</c> and
    /// <c>t10k-labels-idx1-ubyte</c>, raw or <c>.gz</c>.</summary>
    [Required]
    public string Path { get; init; } = "";
}

/// <summary>Grey images in the IDX layout of MNIST and its relatives (Fashion-MNIST, KMNIST), held in memory.</summary>
/// <remarks>LeCun, Cortes, Burges, "The MNIST database of handwritten digits". Classes are named by their numbers.</remarks>
[Plugin("idx", Options = typeof(IdxOptions), Summary = "Grey images in the IDX layout of MNIST, raw or gzip", Family = "files")]
public sealed class IdxSource(IdxOptions options) : IDatasetSource
{
    private readonly Lazy<IdxImages> _train = new(() => IdxImages.Load(options.Path, "train"));

    /// <inheritdoc/>
    public IImageDataset Open(DatasetSplit split)
    {
        var train = _train.Value;
        var images = split == DatasetSplit.Train ? train : IdxImages.Load(options.Path, "t10k");
        if (images.Size != train.Size || images.Labels.Max() > train.Labels.Max())
        {
            throw new ConfigurationException(
                $"The splits in {images.Location} do not belong together: training has {train.Size} images and labels to {train.Labels.Max()}, test "
                    + $"{images.Size} and labels to {images.Labels.Max()}.");
        }

        var statistics = options.Statistics(1) ?? train.Statistics.Value;
        string[] classes = [.. Enumerable.Range(0, train.Labels.Max() + 1).Select(c => c.ToString(CultureInfo.InvariantCulture))];
        using var digest = new ContentDigest();
        var info = new DatasetInfo("idx", split, images.Labels.Length, classes, 1, images.Size, statistics.Mean, statistics.Std,
            digest.Add(images.Pixels).Add(images.Labels).Finish(), images.Location);

        return new ByteImageDataset(info, images.Pixels, images.Labels);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings => ["-ubyte", "-ubyte.gz"];

    /// <summary>Images and labels of one split.</summary>
    private sealed record IdxImages(string Location, ImageSize Size, byte[] Pixels, byte[] Labels)
    {
        public Lazy<ChannelStatistics> Statistics { get; } = new(() => ChannelStatistics.OfBytes(Pixels, 1, Size.Height * Size.Width));

        public static IdxImages Load(string path, string prefix)
        {
            var folder = DataPath.Require(path, "a folder with train-images-idx3-ubyte.gz and the three files that belong to it");
            var images = IdxFile.Read(Find(folder, $"{prefix}-images-idx3-ubyte"), IdxFile.ImageMagic);
            var labelPath = Find(folder, $"{prefix}-labels-idx1-ubyte");
            var labels = IdxFile.Read(labelPath, IdxFile.LabelMagic);
            if (images.Sizes[0] != labels.Sizes[0])
            {
                throw new ConfigurationException(
                    $"{labelPath} has {labels.Sizes[0]} labels, but the images beside it are {images.Sizes[0]}. The two files are not from the same data "
                        + "set; copy or download both again.");
            }

            return new IdxImages(folder, new(images.Sizes[1], images.Sizes[2]), images.Values, labels.Values);
        }

        private static string Find(string folder, string name)
        {
            if (!Directory.Exists(folder))
            {
                throw new ConfigurationException($"data.path {folder} is a file. Expected the folder that holds {name} or {name}.gz.");
            }

            string[] candidates = [Path.Combine(folder, name), Path.Combine(folder, name + ".gz")];

            return candidates.FirstOrDefault(File.Exists) ?? throw new ConfigurationException(
                $"{folder} has no {name} or {name}.gz; it {DataPath.Contents(folder)}. Point data.path at the folder with the four IDX files.");
        }
    }
}
